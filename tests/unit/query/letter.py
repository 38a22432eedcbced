"""A letter with something in every field, and the moment and accounts that it is looked at with."""

from __future__ import annotations

from datetime import timedelta

from mailhelper_core.model.mail.message import Address, Attachment, MailFacts, MessageDetail, MessageTag, Place
from mailhelper_core.query.leaf import MatchContext
from tests.unit.query.strategies import NOW

MESSAGE = MessageDetail(
    id=7,
    account_id=1,
    thread_id=3,
    subject="Second reminder: Größe 12.50",
    from_=Address("Bank of Ada", "no-reply@mail.bank.example"),
    to=(Address("Ada L.", "Ada@Home.example"), Address("", "bob@x.example")),
    cc=(Address("Cy", "cy@y.example"),),
    sent_at=NOW - timedelta(days=10),
    received_at=NOW - timedelta(days=9),
    size=2**21,
    snippet="",
    parse_status="ok",
    has_attachments=True,
    attachments=(Attachment("2", "Invoice 12.pdf", "application/pdf", 10),),
    places=(
        Place(1, "INBOX", "inbox", frozenset(), 5),
        Place(2, "Archive", "archive", frozenset(("\\Seen", "$Junk")), 9),
    ),
    tags=(MessageTag("Bills"),),
    spam=0.9,
    category="finance",
    urgency=3,
    importance=2,
    language="de",
    message_id="1@bank.example",
    headers=(("X-Spam-Status", "Yes, score=7"), ("x-loop", "")),
    text="Dear Ada,\nplease pay invoice  no 17.",
    facts=MailFacts(list_id="News <news.bank.example>", dmarc="pass", auto_submitted="auto-generated"),
    account_addresses=frozenset(("ada@home.example",)),
)
CONTEXT = MatchContext(NOW, account_names={1: "Home", 2: "Work"})
