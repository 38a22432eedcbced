"""A mail before it becomes bytes: everything decided, nothing encoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailhelper_core.testing.generator.mail import Truth
from mailhelper_core.testing.generator.mailer import Mailer, Shape

Verdict = Literal["pass", "softfail", "fail", "none"]
Look = Literal["letter", "newsletter", "receipt"]


@dataclass(frozen=True, slots=True)
class Trust:
    """What the receiving server found: the three checks, and its filter's score if it wrote one."""

    spf: Verdict = "pass"
    dkim: Verdict = "pass"
    dmarc: Verdict = "pass"
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the text; `content_id` makes it an inline picture."""

    name: str
    media_type: str
    data: bytes
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a reply repeats: the line that names the author, and the lines."""

    attribution: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One mail; `fields` are header fields besides the usual ones. `relayed` False: the owner's own copy.

    `calendar` is a method and an object; `report` the machine's part of a delivery report.
    """

    sender: tuple[str, str]
    to: tuple[tuple[str, str], ...]
    subject: str
    paragraphs: tuple[str, ...]
    sent_at: datetime
    mailer: Mailer
    shape: Shape
    message_id: str
    truth: Truth
    cc: tuple[tuple[str, str], ...] = ()
    quote: Quote | None = None
    look: Look = "letter"
    fields: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    calendar: tuple[str, bytes] | None = None
    report: bytes | None = None
    references: tuple[str, ...] = ()
    trust: Trust = field(default_factory=Trust)
    relayed: bool = True
    delay_seconds: int = 4
    mailbox: str = "INBOX"
    flags: frozenset[str] = frozenset()
