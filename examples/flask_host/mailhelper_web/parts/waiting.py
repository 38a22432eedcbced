"""What rules propose: message by message with what would happen to it, for the owner's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailhelper_core import Change, Message, OwnerServices
from mailhelper_web.parts.subjects import messages_of
from mailhelper_web.words.wording import in_words

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One message of a proposal, None where it is gone, and the steps in words."""

    message: Message | None
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one rule proposes in one run; `more` messages are not listed."""

    change: Change
    asked: tuple[Asked, ...]
    more: int


def proposals(ada: OwnerServices) -> list[Proposal]:
    """Answer what waits for the owner's word, oldest first."""
    steps = [(change, _by_message(change)) for change in ada.rules.proposed()]
    messages = messages_of(ada, (one for _, found in steps for one in list(found)[:SHOWN]))
    return [
        Proposal(
            change,
            tuple(Asked(messages.get(one), tuple(words)) for one, words in list(found.items())[:SHOWN]),
            max(0, len(found) - SHOWN),
        )
        for change, found in steps
    ]


def waiting_steps(ada: OwnerServices, begin: datetime | None = None, end: datetime | None = None) -> int:
    """Count the steps that wait for the owner's word: all, or those that were proposed between two moments."""
    return _count([one for one in ada.rules.proposed() if not (begin and end) or begin <= one.created_at <= end])


def _count(changes: Sequence[Change]) -> int:
    return sum(len(one.entries) for one in changes)


def _by_message(change: Change) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for entry in change.entries:
        found.setdefault(entry.operation.message_id, []).append(in_words(entry.operation))
    return found
