"""A letter, and letters that differ from it in what a test looks at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailhelper_core.model.mail.message import Address, MessageDetail, Place
from tests.unit.query.strategies import NOW

INBOX = (Place(1, "INBOX", "inbox", frozenset(), 1),)
LETTER = MessageDetail(
    id=0,
    account_id=1,
    thread_id=1,
    subject="Hello",
    from_=Address("Bob", "bob@x.example"),
    to=(Address("Ada", "ada@bank.example"),),
    sent_at=None,
    received_at=NOW,
    size=1_000,
    snippet="",
    parse_status="ok",
    has_attachments=False,
    places=INBOX,
    text="Nothing to see.",
)


def letters(number: int, **changes: object) -> list[MessageDetail]:
    """Letters, the newest first."""
    return [replace(LETTER, received_at=NOW - timedelta(hours=hour), **changes) for hour in range(number)]
