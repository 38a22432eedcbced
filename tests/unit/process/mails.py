"""Messages for tests of the judges: short to write, and the hand-labelled ones of labelled.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from mailhelper_core.model.message import Address, Attachment, MailFacts, MessageDetail

OWNER = "ada@example.org"
# A Wednesday.
WRITTEN_AT = datetime(2025, 11, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message and what a person says about it; None where nothing was said."""

    message: MessageDetail
    spam: bool
    category: str | None
    urgency: int | None
    importance: int | None
    language: str | None


def mail(subject: str = "", text: str = "", **fields: Any) -> MessageDetail:
    """Make a message from a person to the owner; other fields by keyword, `facts` as a dict."""
    sender = address(fields.pop("sender", "Grace Miller <grace@example.com>"))
    facts = MailFacts(**fields.pop("facts", {}))
    blank = MessageDetail(
        id=1,
        account_id=1,
        thread_id=1,
        subject=subject,
        from_=sender,
        to=(Address("Ada Example", OWNER),),
        sent_at=WRITTEN_AT,
        received_at=WRITTEN_AT,
        size=1_000,
        snippet="",
        parse_status="ok",
        has_attachments=False,
        message_id="1@example.com",
        text=text,
        facts=facts,
        account_addresses=frozenset({OWNER}),
    )
    return replace(blank, **fields)


def address(text: str) -> Address:
    """Read `Name <spec>`."""
    name, spec = parseaddr(text)
    return Address(name, spec)


def labelled() -> list[Labelled]:
    """Answer the hand-labelled messages."""
    read = tomllib.loads((Path(__file__).parent / "labelled.toml").read_text())
    return [_labelled(entry) for entry in read["mail"]]


def _labelled(entry: dict[str, Any]) -> Labelled:
    to = entry.get("to", OWNER)
    message = mail(
        entry["subject"],
        entry["text"],
        sender=entry["from"],
        to=(address(to),) if to else (),
        facts=entry.get("facts", {}),
        in_reply_to=entry.get("in_reply_to", ""),
        headers=tuple(entry.get("headers", {}).items()),
        attachments=tuple(Attachment("2", name, "application/pdf", 1) for name in entry.get("attachments", ())),
    )
    answers = (entry.get(kind) for kind in ("category", "urgency", "importance", "language"))
    return Labelled(message, entry.get("spam", False), *answers)
