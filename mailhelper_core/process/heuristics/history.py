"""What lies between the owner and a sender, as named facts; pure.

What speaks for a sender is not said where a check of the sender failed: somebody else may have written the mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mailhelper_core.model.mail.history import SenderHistory
from mailhelper_core.model.mail.message import MailFacts, MessageDetail

# How long ago "lately" is.
LATELY = timedelta(days=30)
# Answers from which on it is a habit to answer, where they are half of the sender's mail or more.
HABIT = 2
# Mails without an answer that are no accident.
NEVER = 10
# Mails deleted unread that are no accident, where they are half of the sender's mail or more.
UNREAD = 3

FACTS = frozenset(
    {
        "first mail of this sender", "you never answer this sender", "you delete this sender's mail unread",
        "you answer most mail of this sender", "you answer this sender", "you write to this sender",
        "you wrote to this sender lately", "in a thread you wrote in",
    }
)  # fmt: skip


def history_facts(message: MessageDetail) -> Iterator[str]:
    """Yield what is known of the owner and the sender; nothing where no history was read."""
    history = message.history
    if history is None:
        return
    yield from _against(history)
    if not _is_doubtful(message.facts):
        yield from _for(history, message)


def _against(history: SenderHistory) -> Iterator[str]:
    if not history.received and not history.written:
        yield "first mail of this sender"
    if history.received >= NEVER and not history.written and not history.answered:
        yield "you never answer this sender"
    if history.deleted_unread >= UNREAD and 2 * history.deleted_unread >= history.received:
        yield "you delete this sender's mail unread"


def _for(history: SenderHistory, message: MessageDetail) -> Iterator[str]:
    if history.answered >= HABIT and 2 * history.answered >= history.received:
        yield "you answer most mail of this sender"
    elif history.answered:
        yield "you answer this sender"
    elif history.written:
        yield "you write to this sender"
    if history.last_written_at and message.received_at - history.last_written_at <= LATELY:
        yield "you wrote to this sender lately"
    if history.wrote_in_thread:
        yield "in a thread you wrote in"


def _is_doubtful(facts: MailFacts) -> bool:
    return any("fail" in check for check in (facts.spf, facts.dkim, facts.dmarc))
