"""What a rule decides becomes operations: each of them changes something, and a failure costs only itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.extension import ActionType, Condition, Provided
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.mail.message import MessageTag, Place
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.work.operation import AddKeyword, AddTag, MoveMessage, Notify, RemoveTag, SetPriority
from tests.unit.rules.compiled import BUILT_IN, after, hits, outcome, with_plugin
from tests.unit.rules.generated import mail, place

TAG_A, TAG_B, TAG_C = ("tag", "a"), ("tag", "b"), ("tag", "c")


def test_what_is_so_already_is_no_operation_but_a_hit() -> None:
    message = mail(places=(place(1, SEEN),), tags=(MessageTag("Bücher"),), urgency=3, importance=3)
    then = [("addflag", "read"), ("tag", "BÜCHER"), ("fileinto", "INBOX"), ("untag", "none"), ("priority", "high")]

    (hit,) = hits(Rule("one", "", then), message=message)

    assert hit.operations == ()


def test_a_failing_action_costs_only_itself() -> None:
    explode = ActionType("explode", lambda message, _: [1 / 0])  # type: ignore[list-item]
    rules = [Rule("one", "", [TAG_A, "explode", TAG_B]), Rule("two", "", [TAG_C])]

    found = outcome(rules, mail(), registry=with_plugin(explode))

    assert [new.hit.operations for new in found.hits] == [(AddTag(0, "a"), AddTag(0, "b")), (AddTag(0, "c"),)]
    assert [(note.where, note.code) for note in found.errors] == [("rule:one", "plugin")]
    assert "demo" in found.errors[0].message


def test_an_action_of_which_one_operation_cannot_be_does_nothing_at_all() -> None:
    half = ActionType("half", lambda message, _: [AddTag(message.id, "a"), MoveMessage(message.id, role="nowhere")])

    found = outcome([Rule("one", "", ["half", TAG_B])], mail(), registry=with_plugin(half))

    assert [new.hit.operations for new in found.hits] == [(AddTag(0, "b"),)]
    assert len(found.errors) == 1


def test_a_rule_of_which_nothing_but_failures_came_is_no_hit_and_may_act_again() -> None:
    explode = ActionType("explode", lambda message, _: [1 / 0])  # type: ignore[list-item]
    rules = [Rule("one", "", ["explode", "stop"]), Rule("two", "", [TAG_A])]

    found = outcome(rules, mail(), registry=with_plugin(explode))

    assert found.hits == ()
    assert len(found.errors) == 1


def test_a_failing_condition_costs_only_its_rule() -> None:
    broken = Condition("broken", lambda message, _: bool(1 / 0))
    rules = [
        Rule("one", "broken:x", [TAG_A]),
        Rule("not", "-broken:x", [TAG_A]),
        Rule("either", "broken:x OR in:inbox", [TAG_B]),
    ]

    found = outcome(rules, mail(), registry=with_plugin(broken))

    assert [new.hit.rule for new in found.hits] == ["either"]
    assert [(note.where, note.code) for note in found.errors] == [("condition:broken", "plugin")]


def test_operations_of_one_action_build_on_each_other() -> None:
    swap = ActionType("swap", lambda message, _: [RemoveTag(message.id, "a"), AddTag(message.id, "a", "#000000")])
    message = mail(tags=(MessageTag("a"),))

    found = outcome([Rule("one", "", ["swap"])], message, registry=with_plugin(swap))

    assert found.hits[0].hit.operations == (RemoveTag(0, "a"), AddTag(0, "a", "#000000"))


def test_a_move_of_a_message_in_several_mailboxes_names_the_one_it_leaves() -> None:
    message = mail(places=(place(2), place(1)))

    (hit,) = hits(Rule("one", "", [("fileinto", "Made")]), message=message)

    assert hit.operations == (MoveMessage(0, "Made", source_id=1),)


@pytest.mark.parametrize(
    ("when", "source"),
    [
        ("", 1), ("in:inbox", 1), ("in:archive", 2), ("in=Work/Größe", 3), ("in=Work/Größe is:read", 3),
        ("-in:trash", 1), ("is:read", 2), ("is:unread", 1), ("in:archive OR in:inbox", 1), ("--in:archive", 1),
    ],
)  # fmt: skip
def test_a_move_begins_where_the_criteria_hold(when: str, source: int) -> None:
    message = mail(places=(place(2, SEEN), place(1), place(3, SEEN)))

    (hit,) = hits(Rule("one", when, [("fileinto", "Made"), ("fileinto", "Later")]), message=message)

    assert hit.operations == (MoveMessage(0, "Made", source_id=source), MoveMessage(0, "Later", source="Made"))


def test_what_has_arrived_already_is_not_moved_there_again() -> None:
    message = mail(places=(place(2), place(1), place(3)))

    assert hits(Rule("one", "in=Work/Größe", ["archive"]), message=message)[0].operations == ()


def test_discard_moves_out_of_every_mailbox() -> None:
    message = mail(places=(place(1), place(3)))

    (hit,) = hits(Rule("one", "", ["discard"]), message=message)

    assert [operation.source_id for operation in hit.operations if isinstance(operation, MoveMessage)] == [1, 3]
    assert {one.mailbox for one in after(message, hit.operations).places} == {"Trash"}


def test_notices_are_decided_each_time() -> None:
    rules = [Rule("one", "", [("notify", "look"), Action("notify", text="look")])]

    (hit,) = hits(*rules, message=mail())

    assert hit.operations == (Notify(0, "look"), Notify(0, "look"))


def test_setflag_leaves_exactly_what_it_says_and_what_messageprograms_note() -> None:
    message = mail(places=(place(1, SEEN, "todo", "$Forwarded", "\\Answered"),))

    (hit,) = hits(Rule("one", "", [("setflag", r"\Flagged")]), message=message)

    assert after(message, hit.operations).keywords == {FLAGGED, "$Forwarded", "\\Answered"}


def test_priority_sets_what_it_names() -> None:
    rules = [Rule("one", "", [("priority", "importance=1")]), Rule("two", "", [Action("priority", urgency=3)])]

    found = hits(*rules, message=mail(urgency=2, importance=2))

    assert [hit.operations for hit in found] == [(SetPriority(0, None, 1),), (SetPriority(0, 3, None),)]


def test_an_operation_on_a_message_that_lies_nowhere_decides_only_what_can_be() -> None:
    (hit,) = hits(Rule("one", "", ["archive", ("addflag", "read"), TAG_A]), message=mail(places=()))

    assert hit.operations == (AddTag(0, "a"),)


def test_keywords_are_written_as_messageprograms_write_them() -> None:
    plugin = ActionType("mark", lambda message, _: [AddKeyword(message.id, "\\seen"), AddKeyword(message.id, "Junk")])

    found = outcome([Rule("one", "", ["mark"])], mail(), registry=with_plugin(plugin))

    assert found.hits[0].hit.operations == (AddKeyword(0, SEEN), AddKeyword(0, "$Junk"))


def test_discard_moves_out_of_a_mailbox_that_is_only_planned() -> None:
    rules = [Rule("file", "", [("fileinto", "New"), ("copy", "INBOX")]), Rule("out", "", ["discard"])]

    *_, last = hits(*rules, message=mail("a"))

    assert {(operation.source_id, operation.source) for operation in last.operations} == {(0, "New"), (1, "")}  # type: ignore[union-attr]


def test_what_a_plugin_decides_about_a_steered_mail_waits_for_a_word_whatever_its_name_is() -> None:
    message = mail(provider_kinds=frozenset({"category"}))
    flag = ActionType("mark", lambda message, _: [AddKeyword(message.id, FLAGGED)])
    registry = replace(BUILT_IN, actions={**BUILT_IN.actions, "mark": Provided("rules", flag)})

    (mine,) = outcome([Rule("plugin", "", ["mark"])], message, registry=registry).hits
    (own,) = outcome([Rule("own", "", [("addflag", "\\Flagged")])], message).hits

    assert (mine.hit.proposed, own.hit.proposed) == (True, False)


def test_a_move_begins_elsewhere_than_in_a_mailbox_of_everything() -> None:
    every = Place(9, "All Mail", "all", frozenset(), 7)
    message = mail(places=(every, place(2), place(3)))

    (hit,) = hits(Rule("one", "", [("fileinto", "Made")]), message=message)

    assert hit.operations == (MoveMessage(0, "Made", source_id=2),)
