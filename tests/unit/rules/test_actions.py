"""The built-in actions: every form of their arguments, every refusal, and what each decides."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.mail.message import MessageTag
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    AskReply,
    CopyMessage,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.rules.prepare import check
from tests.unit.rules.compiled import BUILT_IN, hits
from tests.unit.rules.generated import mail, place

# One row for every form of an argument: the action, and what it decides about MESSAGE.
MESSAGE = mail(places=(place(1, SEEN, "todo"),), tags=(MessageTag("done"),), urgency=2, importance=2)
FORMS: list[tuple[object, list[Operation]]] = [
    (("fileinto", "Finance"), [MoveMessage(0, "Finance")]),
    (("fileinto", "Work/Größe"), [MoveMessage(0, "Work/Größe")]),
    (Action("fileinto", mailbox="Finance"), [MoveMessage(0, "Finance")]),
    (("copy", "Finance"), [CopyMessage(0, "Finance")]),
    (("copy", "inbox"), []),
    ("archive", [MoveMessage(0, role="archive")]),
    ("discard", [MoveMessage(0, role="trash", source_id=1)]),
    ("keep", []),
    ("stop", []),
    (("addflag", "\\flagged"), [AddKeyword(0, FLAGGED)]),
    (("addflag", "flagged  work"), [AddKeyword(0, FLAGGED), AddKeyword(0, "work")]),
    (("addflag", "read"), []),
    (("removeflag", "read Todo"), [RemoveKeyword(0, SEEN), RemoveKeyword(0, "todo")]),
    (("setflag", r"\Seen \Flagged"), [AddKeyword(0, FLAGGED), RemoveKeyword(0, "todo")]),
    (("tag", "bills"), [AddTag(0, "bills")]),
    (("tag", "  two words "), [AddTag(0, "two words")]),
    (("tag", "bills color=#3366FF"), [AddTag(0, "bills", "#3366ff")]),
    (Action("tag", "two words", color="#3366ff"), [AddTag(0, "two words", "#3366ff")]),
    (Action("tag", name="bills", color="#3366ff"), [AddTag(0, "bills", "#3366ff")]),
    (("untag", "DONE"), [RemoveTag(0, "DONE")]),
    (("priority", "high"), [SetPriority(0, 3, 3)]),
    (("priority", "low"), [SetPriority(0, 1, 1)]),
    (("priority", "normal"), []),
    (("priority", "urgency=3 importance=1"), [SetPriority(0, 3, 1)]),
    (("priority", "importance=1"), [SetPriority(0, None, 1)]),
    (Action("priority", urgency=1), [SetPriority(0, 1, None)]),
    ("notify", [Notify(0, "")]),
    (("notify", " look at this "), [Notify(0, "look at this")]),
    (Action("notify", text="look"), [Notify(0, "look")]),
    ("draft_reply", [AskReply(0, "friendly")]),
    (("draft_reply", "formal"), [AskReply(0, "formal")]),
]
MISTAKES = [
    ("fileinto", ""), ("fileinto", "  "), ("fileinto", "a\r\nb"), ("fileinto", "x" * 501), ("copy", ""),
    ("archive", "now"), ("discard", "all"), ("keep", "it"), ("stop", "here"),
    ("addflag", ""), ("addflag", "(bad"), ("addflag", "größe"), ("addflag", r"\Deleted"), ("addflag", r"\Recent"),
    ("addflag", "x" * 101), ("removeflag", ""), ("removeflag", r"\Deleted"), ("setflag", ""), ("setflag", r"\Deleted"),
    ("tag", ""), ("tag", "x" * 51), ("tag", "bills color=red"), ("tag", "bills color=#12"),
    ("tag", "color=#3366ff"), ("untag", ""), ("untag", "\u0301"),
    ("priority", ""), ("priority", "urgent"), ("priority", "urgency=4"), ("priority", "urgency=0 importance=1"),
    ("priority", "high low"), ("priority", "urgency=3 now"), ("notify", "x" * 501), ("draft_reply", "angry"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "decided"), FORMS, ids=lambda value: str(value)[:40])
def test_an_action_decides(action: Action | str | tuple[str, str], decided: list[Operation]) -> None:
    (hit,) = hits(Rule("one", "", [action]), message=MESSAGE)

    assert list(hit.operations) == decided


@pytest.mark.parametrize(("name", "argument"), MISTAKES)
def test_a_mistake_in_an_argument_names_the_action_and_its_place(name: str, argument: str) -> None:
    with pytest.raises(InvalidError, match=f"^Action 2: {name} cannot read its argument: .") as caught:
        check(Rule("one", "", ["keep", (name, argument)]), BUILT_IN)

    assert len(str(caught.value)) < 200


def test_nothing_that_is_built_in_deletes_for_good() -> None:
    decided = [operation for _, operations in FORMS for operation in operations]

    assert all(getattr(operation, "keyword", "") != "\\Deleted" for operation in decided)
    assert {type(operation).__name__ for operation in decided} == {
        "AddKeyword", "RemoveKeyword", "MoveMessage", "CopyMessage", "AddTag", "RemoveTag", "SetPriority", "Notify",
        "AskReply",
    }  # fmt: skip


def test_every_built_in_action_stands_in_a_row() -> None:
    named = {action if isinstance(action, str) else getattr(action, "name", None) or action[0] for action, _ in FORMS}  # type: ignore[index]

    assert named == set(BUILT_IN.actions)


def test_ready_made_rules_can_be_saved_as_they_are() -> None:
    rules = [one.provider.rule for one in BUILT_IN.rules.values()]

    for rule in rules:
        check(rule, BUILT_IN)
    assert len({rule.name for rule in rules}) == len(rules)


def test_a_ready_made_rule_is_a_value_that_nobody_can_change_for_others() -> None:
    rule = BUILT_IN.rules["archive-newsletters"].provider.rule

    with pytest.raises(AttributeError):
        rule.when = "from:mine"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        rule.then[0].argument = "mine"  # type: ignore[misc]
