"""What rules of other programs say can be said here: each of their conditions, actions and templates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.mail.message import Address, Attachment, MessageDetail, MessageTag, Place
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.work.operation import AddKeyword, AddTag, CopyMessage, MoveMessage, Operation, SetPriority
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import match
from mailhelper_core.query.read import read
from tests.unit.query.strategies import NOW
from tests.unit.rules.compiled import BUILT_IN, hits
from tests.unit.rules.generated import mail

MESSAGE = mail(
    "Your Invoice 12",
    id=1,
    from_=Address("Bob Bell", "Bob@Bank.example"),
    text="please pay 30 Euro",
    attachments=(Attachment("2", "a.pdf", "application/pdf", 10),),
    has_attachments=True,
    places=(Place(1, "INBOX", "inbox", frozenset(), 7),),
    tags=(MessageTag("Bills"),),
    suggestions=(("Receipts", 0.9),),
)
ELSEWHERE = Place(2, "Archive", "archive", frozenset(), 7)
OTHER = mail("Hello", id=2, from_=Address("", "eve@far.example"), text="hi", places=(ELSEWHERE,))
CONTEXT = MatchContext(NOW)


@pytest.mark.parametrize(
    ("condition", "query"),
    [
        ("sender_equals", "from=bob@bank.example"),
        ("sender_contains", "from:bell"),
        ("sender_not_contains", "-from:eve"),
        ("sender_domain", "domain:bank.example"),
        ("subject_equals", 'subject="your invoice 12"'),
        ("subject_contains", "subject:invoice"),
        ("subject_not_contains", "-subject:hello"),
        ("subject_regex", 'subject~"(?i)invoice\\s+[0-9]+"'),
        ("body_contains", "body:pay"),
        ("body_not_contains", "-body:hi"),
        ("body_regex", 'body~"[0-9]+ Euro"'),
        ("has_attachment", "has:attachment"),
        ("folder_equals", "in=INBOX"),
        ("has_tag", "tag:bills"),
        ("not_has_tag", "tag:* -tag:done"),
        ("ai_suggested_tag", "suggested:receipts"),
        ("ai_confidence_threshold", "suggested:receipts@0.85"),
    ],
)
def test_a_condition_can_be_said(condition: str, query: str) -> None:
    assert match(read(query), MESSAGE, context=CONTEXT)
    assert not match(read(query), OTHER, context=CONTEXT)


@pytest.mark.parametrize(
    ("action", "then", "operation"),
    [
        ("move_to_folder", ("fileinto", "Work"), MoveMessage(1, "Work")),
        ("mark_as_read", ("addflag", "read"), AddKeyword(1, "\\Seen")),
        ("mark_as_flagged", ("addflag", "flagged"), AddKeyword(1, "\\Flagged")),
        ("apply_tag", Action("tag", "New", color="#3366ff"), AddTag(1, "New", "#3366ff")),
        ("set_priority low", ("priority", "low"), SetPriority(1, 1, 1)),
        ("set_priority high", ("priority", "high"), SetPriority(1, 3, 3)),
        ("delete", "discard", MoveMessage(1, role="trash", source_id=1)),
    ],
)
def test_an_action_can_be_said(action: str, then: object, operation: Operation) -> None:
    (hit,) = hits(Rule(action, "", [then]), message=MESSAGE)  # type: ignore[list-item]

    assert hit.operations == (operation,)


def test_stop_processing_can_be_said() -> None:
    rules = [Rule("first", "", [("tag", "a"), "stop"]), Rule("second", "", [("tag", "b")])]

    assert [hit.rule for hit in hits(*rules, message=MESSAGE)] == ["first"]


@pytest.mark.parametrize(("query", "holds"), [("from:bank subject:hello", False), ("from:bank OR subject:hello", True)])
def test_all_and_any_can_be_said(query: str, holds: object) -> None:
    assert match(read(query), MESSAGE, context=CONTEXT) is holds


# What the four templates say, in the order of their numbers: 10, 20, 50, 60.
TEMPLATES = (
    Rule("spam", "subject:casino OR body:casino", [("addflag", "read"), "discard", "stop"]),
    Rule("important", "from=bob@bank.example", [("addflag", "flagged"), ("tag", "important")]),
    Rule(
        "newsletter", "from:newsletter OR subject:newsletter", [("addflag", "read"), ("tag", "newsletter"), "archive"]
    ),
    Rule("attachments", "has:attachment", [("tag", "attachments"), "archive"]),
)
READ, FLAGGED = AddKeyword(1, "\\Seen"), AddKeyword(1, "\\Flagged")
TRASHED, ARCHIVED = MoveMessage(1, role="trash", source_id=1), MoveMessage(1, role="archive")


@pytest.mark.parametrize(
    ("message", "operations"),
    [
        (mail("Casino newsletter", id=1, has_attachments=True), {"spam": (READ, TRASHED)}),
        (replace(MESSAGE, has_attachments=False), {"important": (FLAGGED, AddTag(1, "important"))}),
        (
            MESSAGE,
            {"important": (FLAGGED, AddTag(1, "important")), "attachments": (AddTag(1, "attachments"), ARCHIVED)},
        ),
        (
            mail("Our newsletter", id=1, from_=Address("", "eve@far.example"), has_attachments=True),
            {"newsletter": (READ, AddTag(1, "newsletter"), ARCHIVED), "attachments": (AddTag(1, "attachments"),)},
        ),
        (OTHER, {}),
    ],
    ids=["spam", "important", "important with an attachment", "newsletter", "nothing"],
)
def test_the_templates_can_be_said(message: MessageDetail, operations: dict[str, tuple[Operation, ...]]) -> None:
    assert {hit.rule: hit.operations for hit in hits(*TEMPLATES, message=message)} == operations


READY_MADE = {
    "archive-newsletters": (mail(id=1, category="newsletter"), (AddTag(1, "newsletter"), READ, ARCHIVED)),
    "discard-spam": (mail(id=1, spam=0.99), (READ, TRASHED)),
    "flag-important": (mail(id=1, importance=3, category="people"), (FLAGGED, AddTag(1, "important"))),
    "file-attachments": (
        mail(id=1, has_attachments=True, category="people"),
        (AddTag(1, "attachments"), CopyMessage(1, "Attachments")),
    ),
}


@pytest.mark.parametrize("name", READY_MADE)
def test_a_rule_for_each_is_ready_made(name: str) -> None:
    message, operations = READY_MADE[name]

    (hit,) = hits(BUILT_IN.rules[name].provider.rule, message=message)

    assert hit.operations == operations
