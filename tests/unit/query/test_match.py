"""The predicate: what each test means, one message at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from mailhelper_core.model.mail.message import Address, MessageDetail, Place
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not
from mailhelper_core.query.match import compile_criteria, explain, match
from mailhelper_core.query.read import read
from mailhelper_core.query.view import MessageView
from tests.unit.query.letter import CONTEXT, MESSAGE
from tests.unit.query.strategies import NOW, criteria, messages

HOLDS = """
reminder
REMIN*
"second reminder"
GROSSE
"no-reply@mail.bank.example"
bob
subject:reminder
subject="second REMINDER: größe 12.50"
subject~"^Second"
body:"pay invoice no"
body:"pay inv"*
body~"(?i)INVOICE\\s+no"
from:bank
from:"ada no reply"
from=no-reply@mail.bank.example
from="bank of ada"
domain:bank.example
domain:mail.bank.example
domain=mail.bank.example
to:me
recipient:me
recipient:cy
to="ada l."
cc:cy
-cc:me
-bcc:*
filename:invoice
filename:"invoice 12"
attachment:image/* OR attachment:application/*
list:*
list:news
header:x-spam-status:yes
header:X-Spam-Status="yes, score=7"
header:X-Spam-Status~"score=[5-9]"
message_id:<1@bank.example>
in:inbox
in:INBOX
in=archive
in:arch*
is:unread
is:read
in:inbox is:unread
in:archive keyword:$Junk
is:automatic
is:bulk
has:attachment
has:tag
has:list
-has:calendar
tag:bills
tag:*
category:FINANCE
language:de
urgency:3
urgency>=2
importance<3
score>=8
priority:red
spam:yes
spam>0.8
spam:*
size:2M
size>=2M
larger:1M
smaller:3M
date:2026-05-10
date:2026-05
sent<2026-05-11
received>2026-05-10
after:2026-05-10
before:2026-05-11
older_than:9d
older_than:10d
newer_than:2w
account:home
account:1
thread:3
id:7
dmarc:pass
spf:none OR -spf:*
parse_status:ok
12.50
"""
FAILS = """
remind
"reminder second"
"12.50 bank"
"bob cy"
subject=reminder
subject~"^second"
body:"no 17 second"
from:cy
from=bank.example
from="no-reply@bank.example"
domain:ank.example
domain=bank.example
domain:evil.example
cc:me
to:cy
bcc:*
filename:pdfs
header:X-Spam-Status=yes
header:X-Other:*
message_id:2@bank.example
in=inbox2
in:sent
in:inbox is:read
in:inbox keyword:$junk
in:inbox in:archive
-in:inbox
-is:read
is:flagged
has:calendar
tag:bill
-tag:*
category:people
urgency<3
priority:green
spam:no
spam>0.9
size>2M
smaller:2M
date:2026-05-11
sent>2026-05-10
before:2026-05-10
older_than:11d
newer_than:10d
account:2
account:work
id:8
dmarc:fail
"""


@pytest.mark.parametrize("query", HOLDS.split("\n")[1:-1])
def test_holds(query: str) -> None:
    assert match(read(query), MESSAGE, context=CONTEXT)
    assert not match(Not(read(query)), MESSAGE, context=CONTEXT)


@pytest.mark.parametrize("query", FAILS.split("\n")[1:-1])
def test_fails(query: str) -> None:
    assert not match(read(query), MESSAGE, context=CONTEXT)
    assert match(Not(read(query)), MESSAGE, context=CONTEXT)


def test_an_empty_header_field_is_present() -> None:
    assert match(read("header:X-Loop:*"), MESSAGE, context=CONTEXT)
    assert match(read('header:X-Loop=""'), MESSAGE, context=CONTEXT)


def test_a_look_alike_domain_or_display_name_passes_for_nobody() -> None:
    fake = replace(MESSAGE, from_=Address("ada@home.example", "ada@hóme.example"))

    for query in ("domain:home.example", "from=ada@home.example", "from:me"):
        assert not match(read(query), fake, context=CONTEXT)


def test_a_message_without_place_is_in_no_mailbox_and_has_no_state() -> None:
    nowhere = replace(MESSAGE, places=())

    assert not match(read("is:unread OR is:read OR in:*"), nowhere, context=CONTEXT)
    assert match(read("subject:reminder -in:inbox"), nowhere, context=CONTEXT)


def test_a_place_that_a_plan_only_makes_has_its_states() -> None:
    message = replace(MESSAGE, places=(Place(0, "Made", "", frozenset({"\\Seen"})),))

    assert match(read("is:read"), message, context=CONTEXT)
    assert not match(read("is:unread"), message, context=CONTEXT)


def test_a_day_is_one_of_the_time_zone() -> None:
    late = replace(MESSAGE, sent_at=NOW.replace(hour=23, minute=30))
    east = replace(CONTEXT, time_zone=(NOW + timedelta(0)).astimezone().tzinfo)

    assert match(read("date:today"), late, context=CONTEXT)
    assert match(read("date:today OR date:yesterday OR after:today"), late, context=east)


@given(criteria(), messages())
def test_groups_mean_one_place_and_not_is_the_opposite(tree: Criteria, message: MessageDetail) -> None:
    assert match(tree, message, context=CONTEXT) == _reference(tree, message)


@given(criteria(), messages())
def test_explain_answers_as_match_does(tree: Criteria, message: MessageDetail) -> None:
    matched, trace = explain(tree, message, context=CONTEXT)

    assert matched == match(tree, message, context=CONTEXT)
    assert all(len(step.saw) <= 80 for step in trace)


def test_explain_names_each_test_with_what_it_saw() -> None:
    matched, trace = explain(read("in:archive body:invoice -tag:x spam>0.5"), MESSAGE, context=CONTEXT)

    assert matched
    assert [(step.condition, step.saw, step.matched) for step in trace] == [
        ("in:archive", "Archive $Junk \\Seen", True),
        ("body:invoice", "…Ada, please pay invoice no 17.", True),
        ("tag:x", "Bills", False),
        ("spam>0.5", "0.9", True),
    ]


def test_explain_rounds_probabilities() -> None:
    _, trace = explain(read("spam>0.5"), replace(MESSAGE, spam=0.997268039236989), context=CONTEXT)

    assert trace[0].saw == "0.9973"


def _reference(tree: Criteria, message: MessageDetail) -> bool:
    """The meaning written down a second time: one place for all, found by trying each alone."""
    return any(
        _at(tree, replace(message, places=places), message) for places in [(place,) for place in message.places] or [()]
    )


def _at(tree: Criteria, alone: MessageDetail, message: MessageDetail) -> bool:
    match tree:
        case Is():
            return match_one(tree, alone)
        case Not(part):
            return not _reference(part, message)
        case AllOf(parts):
            return all(_at(part, alone, message) for part in parts)
        case AnyOf(parts):
            return any(_at(part, alone, message) for part in parts)


def match_one(leaf: Is, message: MessageDetail) -> bool:
    return compile_criteria(leaf, CONTEXT).matches(MessageView(message))
