"""Every plugin hook: a plugin implements some of these functions.

Those named `register_...` answer lists of providers and do nothing else; the dispatcher calls what was registered,
each provider isolated from the others. The others are told what happened.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.provider import Provider
from mailhelper_core.model.ai.recognizer import Recognizer
from mailhelper_core.model.extension import ActionType, Classifier, Condition, ReadyRule, SourceType, TagSuggester
from mailhelper_core.model.mail.contents import BlobStoreType
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.setting import Setting
from mailhelper_core.model.source.token import TokenProvider
from mailhelper_core.model.work.news import (
    JobFinished,
    MessageProcessed,
    MessageStored,
    Metric,
    OperationDelivered,
    RuleMatched,
)

PROJECT = "mailhelper"
# Raised when a hook, or what it hands over, changes in a way that a plugin could notice; arguments are only added. A
# plugin that needs a later contract says so by `MAILHELPER_CONTRACT = 2`, and one process of an older version leaves
# it out and names it. A hook that will go is marked `@hookspec(warn_on_impl=DeprecationWarning("what to write"))` for
# one minor version: `helper.plugins` names who still has it.
CONTRACT = 1

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
def register_tag_suggesters() -> Sequence[TagSuggester]:
    """Answer tag suggesters: what they suggest waits for the owner's word."""
    return []


@hookspec
def register_blob_stores() -> Sequence[BlobStoreType]:
    """Answer blob stores: where raw messages lie when not in the database, by URL scheme."""
    return []


@hookspec
def register_settings() -> Sequence[Setting]:
    """Answer what an owner can set for this plugin; a Context hands the values to its providers."""
    return []


@hookspec
def register_tables() -> Sequence[PluginTables]:
    """Answer tables of this plugin, beside ours in the same database; `migrate()` makes and upgrades them."""
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
