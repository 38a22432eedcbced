"""The built-in classifier that has learned from the owner: models in, opinions out; silent until there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from mailhelper_core.ai import gate
from mailhelper_core.ai.tokens import About, Noticed
from mailhelper_core.model.extension import Classifier, Context
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.learning import TASKS
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.process.answers import ANY_LABEL
from mailhelper_core.process.heuristics.topics import zone_topics
from mailhelper_core.process.look import look

NAME = "learned"
# Raise it when the same models would answer differently.
VERSION = "6"
_SIZE_OCTETS = 8
_ANSWERS = frozenset({"flagged by the owner"})


def classifier() -> Classifier:
    """Make the classifier; what it has learned comes as `context.state`."""
    return Classifier(NAME, classify, kinds=tuple(TASKS), labels=(ANY_LABEL,), version=VERSION)


def classify(messages: Sequence[MessageDetail], context: Context) -> Sequence[tuple[Opinion, ...]]:
    """Answer what the owner's models say, nothing without models or without the extra."""
    if not context.state or not gate.installed():
        return [()] * len(messages)
    return gate.judge(_unpacked(context.state), messages, noticed)


def noticed(message: MessageDetail) -> Noticed:
    """Answer what a learner may know of a message: what the owner did with it is an answer, no fact."""
    seen = look(message)

    def read_on() -> About:
        found = seen.about()
        return About(found.facts, zone_topics(found.topics))

    return Noticed(seen.facts - _ANSWERS, read_on)


def packed(models: Mapping[str, bytes]) -> bytes:
    """Answer models by question as one state."""
    parts = []
    for task, data in sorted(models.items()):
        parts += [task.encode(), data]
    return b"".join(len(part).to_bytes(_SIZE_OCTETS, "little") + part for part in parts)


@lru_cache(maxsize=4)
def _unpacked(state: bytes) -> Mapping[str, bytes]:
    parts: list[bytes] = []
    at = 0
    while at < len(state):
        size = int.from_bytes(state[at : at + _SIZE_OCTETS], "little")
        parts.append(state[at + _SIZE_OCTETS : at + _SIZE_OCTETS + size])
        at += _SIZE_OCTETS + size
    return {task.decode(): data for task, data in zip(parts[::2], parts[1::2], strict=True)}
