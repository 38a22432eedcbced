"""Every plugin hook: a plugin implements some of these functions.

Those named `register_...` answer lists of providers and do nothing else; the dispatcher calls what was registered,
each provider isolated from the others. The others are told what happened.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from mailhelper_core.model.embedder import Embedder
from mailhelper_core.model.extension import ActionType, Classifier, Condition, ReadyRule, SourceType
from mailhelper_core.model.news import (
    JobFinished,
    MessageProcessed,
    MessageStored,
    Metric,
    OperationDelivered,
    RuleMatched,
)
from mailhelper_core.model.provider import Provider
from mailhelper_core.model.recognizer import Recognizer
from mailhelper_core.model.token import TokenProvider

PROJECT = "mailhelper"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_sources() -> Sequence[SourceType]:
    """Answer mail sources: where messages come from, by URL scheme."""
    return []


@hookspec
def register_classifiers() -> Sequence[Classifier]:
    """Answer classifiers: opinions about messages."""
    return []


@hookspec
def register_conditions() -> Sequence[Condition]:
    """Answer conditions: new words for queries and rules, used as `name:argument`."""
    return []


@hookspec
def register_actions() -> Sequence[ActionType]:
    """Answer action types: what a rule can do."""
    return []


@hookspec
def register_rules() -> Sequence[ReadyRule]:
    """Answer ready-made rules that owners can adopt."""
    return []


@hookspec
def register_tokens() -> Sequence[TokenProvider]:
    """Answer token providers: access tokens for accounts that log in with OAuth."""
    return []


@hookspec
def register_providers() -> Sequence[Provider]:
    """Answer model providers: services that complete text or make vectors of it."""
    return []


@hookspec
def register_embedders() -> Sequence[Embedder]:
    """Answer embedders: texts become vectors without leaving the machine."""
    return []


@hookspec
def register_recognizers() -> Sequence[Recognizer]:
    """Answer recognizers: personal data that is replaced before text leaves."""
    return []


@hookspec
def message_stored(stored: Sequence[MessageStored]) -> None:
    """Hear of messages that are in the store for the first time."""


@hookspec
def message_processed(processed: Sequence[MessageProcessed]) -> None:
    """Hear of messages that the classifiers were asked about."""


@hookspec
def rule_matched(matched: Sequence[RuleMatched]) -> None:
    """Hear of rules that acted on messages, or proposed to."""


@hookspec
def operation_delivered(delivered: Sequence[OperationDelivered]) -> None:
    """Hear of deeds that were carried out."""


@hookspec
def job_finished(finished: Sequence[JobFinished]) -> None:
    """Hear of jobs that have ended."""


@hookspec
def metric(metrics: Sequence[Metric]) -> None:
    """Hear what was measured."""
