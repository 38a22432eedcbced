"""Messages for tests of the judges: short to write, and the hand-labelled ones of labelled.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from mailhelper_core.mime.parse import parse
from mailhelper_core.model.mail.message import Address, Attachment, MailFacts, MessageDetail
from mailhelper_core.testing import GeneratedMail, MailboxGenerator

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


def generated(templates: str, *, seed: int, count: int) -> list[Labelled]:
    """Answer generated mails as sync would store them, with the generator's truth."""
    mails = MailboxGenerator(seed, templates=templates).mails(count)
    return [_generated(number, one) for number, one in enumerate(mails, 1)]


def _generated(number: int, made: GeneratedMail) -> Labelled:
    parsed = parse(made.raw)
    message = MessageDetail(
        id=number,
        account_id=1,
        thread_id=number,
        subject=parsed.subject,
        from_=next(iter(parsed.from_), Address("", "")),
        to=parsed.to,
        cc=parsed.cc,
        bcc=parsed.bcc,
        reply_to=parsed.reply_to,
        sent_at=parsed.sent_at,
        received_at=made.internal_date,
        size=len(made.raw),
        snippet=parsed.snippet,
        parse_status=parsed.parse_status,
        has_attachments=bool(parsed.attachments),
        message_id=parsed.message_id,
        in_reply_to=parsed.in_reply_to,
        references=parsed.references,
        headers=parsed.headers,
        text=parsed.text,
        attachments=parsed.attachments,
        facts=parsed.facts,
        account_addresses=frozenset({OWNER}),
    )
    truth = made.truth
    return Labelled(message, truth.spam, truth.category, truth.urgency, truth.importance, truth.language)


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
