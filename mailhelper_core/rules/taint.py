"""What rests on a model provider alone may tag and tell; all else becomes a proposal; pure.

Whoever writes a mail writes to the model too: a rule that looks at what the model said is one that strangers steer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import SUGGESTED, is_of_model
from mailhelper_core.model.rules.criteria import leaves
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    AskReply,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
)
from mailhelper_core.query.match import Matcher

# What opinions and what follows from them (tags, their keywords, priorities) can decide.
STEERED = frozenset(
    ("category", "spam", "urgency", "importance", "score", "priority", "language", "tag", "suggested", "keyword", "has")
)
# ... and what suggested tags can: rules set them, and their keywords with them.
STEERED_BY_TAGS = frozenset(("tag", "suggested", "keyword", "has"))


def is_steered(
    message: MessageDetail, matcher: Matcher, *, by_absence: bool, by_plugins: bool, models: Set[str] = frozenset()
) -> bool:
    """Say whether a model's word may have decided that a rule matches a message.

    by_absence: the rule acts because others did not; by_plugins: a plugin plans its actions, and may look at anything.
    models: classifiers that ask a model themselves.
    """
    spoken = {one.kind for one in message.opinions if is_of_model(one, models)}
    if not message.provider_kinds and not spoken:
        return False
    if by_absence or by_plugins or matcher.has_plugins:
        return True
    tests = set(leaves(matcher.criteria))
    steered = STEERED if message.provider_kinds - {SUGGESTED} else STEERED_BY_TAGS
    by_fields = bool(message.provider_kinds) and any(test.field in steered for test in tests)
    return by_fields or any(test.field == "opinion" and test.name in spoken for test in tests)


def needs_a_word(operations: Sequence[Operation], mirrors: Collection[str]) -> bool:
    """Say whether operations do more than tag and tell; mirrors are the keywords that stand for tags."""
    return not all(_is_harmless(operation, set(mirrors)) for operation in operations)


def _is_harmless(operation: Operation, mirrors: Set[str]) -> bool:
    match operation:
        case AddTag() | RemoveTag() | Notify() | AskReply():
            return True
        case AddKeyword() | RemoveKeyword():
            return operation.keyword in mirrors
    return False
