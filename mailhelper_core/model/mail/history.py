"""What lies between the owner and the sender of a message, as counts of what was there before it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SenderHistory:
    """What happened before a message came, since the oldest of its sender's newest 20 mails, and for a year at most.

    The owner's mails are those that lie where sent mail lies; what a program sent for the owner is none of them.
    """

    received: int = 0  # mails of this sender, 20 at most
    written: int = 0  # the owner's mails to this sender, answers among them
    answered: int = 0  # mails of this sender that the owner has answered, as far as is known
    deleted_unread: int = 0  # mails of this sender that the owner has deleted without reading
    last_written_at: datetime | None = None  # when the owner wrote to this sender last
    wrote_in_thread: bool = False  # whether the owner has written in the message's thread
