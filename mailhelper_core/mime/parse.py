"""Read a message: bytes in, a frozen ParsedMessage out; never raises, whatever the bytes are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mailhelper_core.model.message import Address, Attachment, MailFacts, ParseStatus


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What one message says; every string is clean for both databases.

    `html` is decoded but not safe to show: see mime.html.safe_html. `problems` are codes, never content.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    from_: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)
    html: str | None = field(default=None, repr=False)
    snippet: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    calendar: str | None = field(default=None, repr=False)
    facts: MailFacts = field(default_factory=MailFacts)
    parse_status: ParseStatus = "ok"
    problems: tuple[str, ...] = ()
