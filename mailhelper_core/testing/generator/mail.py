"""What the generator hands out: a mail as it arrives, and what is true about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Level = Literal[1, 2, 3]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a reader who knows the owner would say about a mail.

    Spam has the category "other". `thread` is one number per exchange, None for a mail that stands alone.
    `oddity` names what is broken about the mail, None for a sound one.
    """

    category: str
    spam: bool
    urgency: Level
    importance: Level
    language: str
    kind: str
    thread: int | None = None
    tags: frozenset[str] = frozenset()
    oddity: str | None = None


@dataclass(frozen=True, slots=True)
class GeneratedMail:
    """One mail: its bytes, where it lies, its flags, when it came, and the truth about it."""

    raw: bytes = field(repr=False)  # a prompt shows what fill() answers
    mailbox: str
    flags: frozenset[str]
    internal_date: datetime
    truth: Truth
