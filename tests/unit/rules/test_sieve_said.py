"""What criteria look at in a header is said in Sieve, and holds on the same mails."""

from __future__ import annotations

import pytest

from mailhelper_core.mime.parse import parse
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import match
from mailhelper_core.query.read import read
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.script import export_script
from tests.contract.sieve.cases import compiled, verdict
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import mail
from tests.unit.rules.scripts import plain

# Each beside what says the same of it, or the opposite, another way.
HEADERS = (
    "Reply-To: Ada <ada@bank.example>, bob@shop.example\nSender: Bob Bell <bob@shop.example>\nX-Mailer: Post 5\n"
    "Message-ID: <1@bank.example>\nDate: Sat, 31 Jan 2026 12:00:00 +0000\n",
    "Reply-To: eve@far.example\nSender: ada@bank.example\nUser-Agent: Outlook (de)\nIn-Reply-To: <1@bank.example>\n"
    "Precedence: Bulk\nAuto-Submitted: auto-replied; owner=x\nDate: Sun, 1 Feb 2026 12:00:00 +0000\n",
    "Precedence: list\nAuto-Submitted: no\nList-Unsubscribe: <https://x.example/u>\nList-Id: <a.x.example>\n"
    "Message-ID: <2@bank.example>\nDate: Fri, 13 Mar 2026 12:00:00 +0000\n",
    "List-Post: <mailto:a@x.example>\nAuto-Submitted: auto-generated (by cron)\nPrecedence: bulkhead\n"
    "Date: Wed, 31 Dec 2025 12:00:00 +0000\nList-Unsubscribe:\n",
    "X-Other: 1\n",
)
RAW = tuple(f"From: Bob <bob@bank.example>\nSubject: a\n{head}\nText\n".encode() for head in HEADERS)


def details(raw: bytes) -> MessageDetail:
    """The message as the store has it; it came on the day that it was sent."""
    found = parse(raw)
    return mail(
        found.subject, from_=found.from_[0], sender=found.sender, reply_to=found.reply_to, headers=found.headers,
        message_id=found.message_id, in_reply_to=found.in_reply_to, sent_at=found.sent_at, facts=found.facts,
        received_at=found.sent_at or NOW,
    )  # fmt: skip


# Those that are exact come first; what is behind them is said nearly, and holds on these mails all the same.
EXACT = (
    "reply_to=ada@bank.example", "reply_to=BOB@shop.example", "sender=ada@bank.example", "has:unsubscribe", "has:list",
    "message_id:*", "in_reply_to:*", "precedence:*", "auto_submitted:*",
)  # fmt: skip
NEAR = (
    "reply_to:ada", "reply_to:*", "reply_to=ada", "sender:bell", 'sender~"(?i)bob"', "sender:*", 'sender=""',
    "mailer:post", "mailer:outlook", 'mailer="post 5"', 'mailer~"(?i)OUT"', "mailer:*", 'mailer=""',
    "message_id:1@bank.example", 'message_id="<2@bank.example>"', "message_id:2@*", "in_reply_to=1@bank.example",
    "precedence:bulk", "precedence=list", "precedence:bulk*", "auto_submitted:auto-replied", "auto_submitted:no",
    "auto_submitted=auto-generated", "sent:2026-01-31", "sent:2026-01", "date:2026", "sent<2026-02", "sent<=2026-01",
    "sent>2026-01-31", "date>=2026-02-01", "after:2026-02", "before:2026",
)  # fmt: skip


@pytest.mark.parametrize("negated", ["", "-"])
@pytest.mark.parametrize("query", [*EXACT, *NEAR])
def test_an_export_holds_where_the_criteria_do(query: str, negated: str) -> None:
    when = negated + query
    rule = Rule("one", when, [("fileinto", "X")])
    found = export_script([rule])
    program = compiled(found.text)

    here = [match(read(when), details(raw), context=MatchContext(NOW)) for raw in RAW]

    # What has no date is as new as its arrival here, and has none there.
    compared = RAW[:-1] if query.startswith(("date", "after", "before")) else RAW
    assert ["store X" in verdict(program, raw) for raw in compared] == here[: len(compared)]
    assert len(set(here)) == 2
    assert [loss.kind for loss in found.losses] == ([] if query in EXACT else ["near"])
    assert plain(import_script(found.text).rules) == [rule]


@pytest.mark.parametrize("query", ["sent:today", "received:2026", "has:attachment", "reply_to:me", "older_than:3d"])
def test_what_a_script_cannot_know_is_left_out(query: str) -> None:
    assert [loss.kind for loss in export_script([Rule("one", query, ["keep"])]).losses] == ["left_out"]
