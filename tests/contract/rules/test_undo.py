"""What rules, commands, tags and corrections did is taken back; what was touched since is left and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from mailhelper_core.errors import ConflictError, InvalidError, NotFoundError
from mailhelper_core.model.mail.keyword import SEEN
from mailhelper_core.model.mail.message import MessageTag
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.work.operation import AddKeyword, AddTag, MoveMessage
from mailhelper_core.model.work.report import UndoReport
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail, place

EVERYTHING = [
    ("tag", "new color=#3366ff"), ("untag", "old"), ("addflag", "read work"), ("removeflag", "todo"),
    ("copy", "Archive"), ("fileinto", "Made"), ("priority", "high"),
]  # fmt: skip
ONE = Rule("one", "subject:invoice", [("tag", "one")])
TWO = Rule("two", "subject:invoice", [("tag", "two")])


def full_mail(subject: str = "invoice") -> object:
    return mail(subject, places=(place(1, "todo"),), tags=(MessageTag("old"),), urgency=1, importance=None)


def reached_the_server(world: World) -> None:
    """What a delivery leaves behind, for keywords alone: the server says now what was decided."""
    o, p = t.outbox, t.placements
    with world.owner.begin() as uow:
        waiting = update(o).where(o.c.owner_id == uow.owner_id, o.c.state == "waiting")
        uow.execute(waiting.values(state="delivered"))
        of_mine = p.c.account_id.in_(world.accounts.values())
        uow.execute(update(p).where(of_mine).values(base_flags=p.c.flags, base_keywords=p.c.keywords))


def test_a_run_is_taken_back_in_one(world: World) -> None:
    world.put([full_mail(), full_mail(), mail("hello")])  # type: ignore[list-item]
    world.rules.save(Rule("all of it", "subject:invoice", EVERYTHING))
    before = world.state()

    run = world.rules.run()
    report = world.undo.undo(run.change)

    assert run.operations == 2 * (len(EVERYTHING) + 1)
    assert report == UndoReport(undone=run.operations, left=0)
    assert world.state() == before
    assert world.change(run.change).state == "undone"
    assert {entry.state for entry in world.change(run.change)} == {"cancelled", "delivered"}


def test_a_second_undo_is_a_conflict(world: World) -> None:
    world.mail("invoice")
    world.rules.save(ONE)
    run = world.rules.run()
    world.undo.undo(world.change(run.change))

    with pytest.raises(ConflictError):
        world.undo.undo(run.change)


def test_what_was_taken_back_is_never_done_again_in_any_revision(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(ONE)
    world.undo.undo(world.rules.run().change)

    again = world.rules.run(query="")
    world.rules.save(replace(ONE, then=(Action("tag", "other"),)))
    revised = world.rules.run(query="")

    assert (again.hits, revised.hits) == (0, 0)
    assert world.see(message).tags == ()


def test_a_new_rule_may_do_what_was_taken_back_of_another(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(ONE)
    world.undo.undo(world.rules.run().change)
    world.rules.delete("one")

    world.rules.save(ONE)
    world.rules.run(query="")

    assert world.see(message).tag_names == {"one"}


def test_one_entry_is_taken_back_alone_and_only_its_rule_stays_away(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(ONE)
    world.rules.save(TWO)
    change = world.change(world.rules.run().change)

    report = world.undo.undo(change.entries[0])
    for rule in (ONE, TWO):
        world.rules.save(replace(rule, when="subject:invoice in:inbox", then=(Action("tag", f"{rule.name} again"),)))
    world.rules.run(query="")

    assert report == UndoReport(undone=1, left=0)
    assert world.see(message).tag_names == {"two", "two again"}
    assert world.change(change.id).state == "applied"
    with pytest.raises(ConflictError):
        world.undo.undo(change.entries[0])


def test_the_rest_of_a_change_can_be_taken_back_after_one_entry(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(Rule("both", "", [("tag", "one"), ("addflag", "read")]))
    change = world.change(world.rules.run().change)
    world.undo.undo(change.entries[0])

    report = world.undo.undo(change)

    assert report == UndoReport(undone=1, left=0)
    assert (world.see(message).tags, world.see(message).keywords) == ((), frozenset())


def test_a_change_whose_entries_were_all_taken_back_is_undone(world: World) -> None:
    world.mail("invoice")
    world.rules.save(Rule("both", "", [("tag", "one"), ("addflag", "read")]))
    change = world.change(world.rules.run().change)

    for entry in change:
        world.undo.undo(entry)

    assert world.change(change.id).state == "undone"


def test_what_the_owner_touched_since_is_left_and_counted(world: World) -> None:
    one, two, three = world.put([mail("invoice 1"), mail("invoice 2"), mail("invoice 3")])
    world.rules.save(Rule("all", "", [("tag", "bills"), ("addflag", "read"), "archive"]))
    run = world.rules.run()
    world.tags.unassign([one], "bills")
    world.tags.assign([one], "bills")
    world.messages.move([two], "Elsewhere")

    report = world.undo.undo(run.change)

    assert (report.undone, report.left) == (7, 2)
    assert [sorted(world.see(id_).tag_names) for id_ in (one, two, three)] == [["bills"], [], []]
    assert [world.see(id_).mailboxes for id_ in (one, two, three)] == [("INBOX",), ("Elsewhere",), ("INBOX",)]


def test_what_a_later_rule_did_since_is_left(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(Rule("one", "", ["archive"]))
    first = world.rules.run()
    world.rules.save(Rule("two", "", [("fileinto", "Made")]))
    world.rules.run(query="")

    report = world.undo.undo(first.change)

    assert (report.undone, report.left) == (0, 1)
    assert world.see(message).mailboxes == ("Made",)
    assert world.rules.run(query="").hits == 0


def test_a_time_span_is_taken_back_newest_first(world: World, clock: Clock) -> None:
    message = world.mail("invoice", places=(place(1),))
    world.messages.add_keyword([message], "before")
    clock.pass_time(minutes=10)
    begin = clock.now
    before = world.state()
    world.messages.move([message], "One")
    clock.pass_time(minutes=1)
    world.rules.save(Rule("one", "in:One", [("fileinto", "Two"), ("tag", "x")]))
    world.rules.run()
    world.opinions.correct([message], urgency=3)
    clock.pass_time(minutes=1)
    world.messages.archive([message])
    end = clock.now
    clock.pass_time(minutes=10)
    world.messages.add_keyword([message], "after")

    report = world.undo.undo(since=begin, until=end)

    assert report == UndoReport(undone=5, left=0)
    world.messages.remove_keyword([message], "after")
    world.undo.undo(since=end + timedelta(minutes=1))
    assert world.state() == before
    assert world.see(message).keywords == {"before"}


def test_a_time_span_of_what_the_server_knows_is_taken_back_too(world: World, clock: Clock) -> None:
    message = world.mail("invoice")
    before = clock.now
    clock.pass_time(minutes=1)
    world.messages.add_keyword([message], "read")
    for keyword in ("\\Seen", "one"):
        world.messages.add_keyword([message], keyword)
    world.messages.remove_keyword([message], "one")
    reached_the_server(world)

    report = world.undo.undo(since=before + timedelta(seconds=1))

    assert report == UndoReport(undone=4, left=0)
    assert world.see(message).keywords == frozenset()


def test_an_empty_time_span_is_nothing(world: World, clock: Clock) -> None:
    assert world.undo.undo(since=clock.now) == UndoReport()


def test_undo_of_nothing_says_what_it_needs(world: World) -> None:
    with pytest.raises(InvalidError, match="since"):
        world.undo.undo()


def test_a_correction_is_taken_back(world: World) -> None:
    message = world.mail("invoice", category="people", urgency=1)
    change = world.opinions.correct([message], category="finance", urgency=3)

    report = world.undo.undo(change)

    assert report == UndoReport(undone=2, left=0)
    assert (world.see(message).category, world.see(message).urgency) == ("people", 1)


def test_a_priority_of_a_rule_goes_back_and_a_correction_since_stays(world: World) -> None:
    one, two = world.put([mail("a", urgency=1, importance=2), mail("b", urgency=1, importance=2)])
    world.rules.save(Rule("high", "", [("priority", "high")]))
    run = world.rules.run()
    world.opinions.correct([two], urgency=2)

    report = world.undo.undo(run.change)

    assert (report.undone, report.left) == (1, 1)
    assert [(world.see(id_).urgency, world.see(id_).importance) for id_ in (one, two)] == [(1, 2), (2, 3)]


def test_a_tag_that_was_renamed_since_is_taken_off_by_its_new_name(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(Rule("bills", "", [("tag", "bills")]))
    run = world.rules.run()
    world.tags.rename("bills", "money")
    world.tags.rename("money", "Bills 2026")

    report = world.undo.undo(run.change)

    assert report == UndoReport(undone=1, left=0)
    assert world.see(message).tags == ()
    assert [tag.name for tag in world.tags.list()] == ["Bills 2026"]


def test_a_notice_cannot_be_taken_back_and_is_no_work_left(world: World) -> None:
    world.mail("invoice")
    world.rules.save(Rule("tell", "", ["notify", ("tag", "told")]))
    run = world.rules.run()

    assert world.undo.undo(run.change) == UndoReport(undone=1, left=0)
    assert world.change(run.change).state == "undone"


def test_a_run_over_many_messages_is_taken_back_in_batches(world: World) -> None:
    world.put([mail(f"invoice {number}") for number in range(130)])
    world.rules.save(ONE)
    before = world.state()
    run = world.rules.run()

    report = world.undo.undo(run.change)

    assert report == UndoReport(undone=130, left=0)
    assert world.state() == before


def test_another_owners_change_does_not_exist(store: Store, world: World) -> None:
    message = world.mail("invoice")
    change = world.tags.assign([message], "one")
    eve: World = World(store).open()  # type: ignore[assignment]

    for target in (change, change.id, change.entries[0]):
        with pytest.raises(NotFoundError):
            eve.undo.undo(target)
    assert world.see(message).tag_names == {"one"}


def test_an_undo_says_what_it_undid(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(Rule("one", "", [("tag", "x"), ("addflag", "read"), "archive"]))
    run = world.rules.run()

    assert [entry.operation for entry in world.change(run.change)] == [
        AddTag(message, "x"),
        AddKeyword(message, SEEN),
        MoveMessage(message, role="archive"),
    ]
    world.undo.undo(run.change)
    assert [entry.undone for entry in world.change(run.change)] == [True, True, True]
