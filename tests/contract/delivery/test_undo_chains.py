"""Undo after undo, and beside another client: what was left can be undone later, what was undone done again."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import ConflictError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import AddKeyword, AddTag, MoveMessage, RemoveKeyword, RemoveTag, SetPriority
from mailhelper_core.model.work.report import UndoReport
from tests.contract.delivery.conftest import World
from tests.contract.delivery.others import carried_out


def undo(world: World, target: object = None, **span: object) -> UndoReport:
    return UndoService(world.owner).undo(target, **span)  # type: ignore[arg-type]


def last_change(world: World) -> int:
    with world.owner.read() as uow:
        return int(uow.connection.exec_driver_sql("SELECT max(id) FROM mailhelper_changes").scalar() or 0)


def begin(world: World) -> tuple[int, int]:
    world.put("one")
    world.put("two")
    world.sync()
    return world.id("one"), world.id("two")


@pytest.mark.parametrize("keeps_still", [True, False])
def test_undo_of_a_move_gives_way_to_that_of_another_client(world: World, keeps_still: bool) -> None:
    one, _ = begin(world)
    change = world.decide(MoveMessage(one, "Finance"))
    carried_out(world)
    if not keeps_still:
        with world.other_client("Finance") as session:
            session.create("Else")
            session.move(session.uids(), "Else")

    assert undo(world, change).undone == 1
    back = last_change(world)
    carried_out(world)

    assert world.states(world.change(back)) == ["delivered" if keeps_still else "conflicted"]
    assert [place.mailbox for place in world.see("one").places] == ["INBOX" if keeps_still else "Else"]


def test_undo_of_two_moves_goes_the_whole_way_back(world: World) -> None:
    one, _ = begin(world)
    first, second = world.decide(MoveMessage(one, "Finance")), world.decide(MoveMessage(one, "Else"))
    carried_out(world)

    assert (undo(world, second).undone, undo(world, first).undone) == (1, 1)
    carried_out(world)

    assert [place.mailbox for place in world.see("one").places] == ["INBOX"]


def test_what_an_undo_left_can_be_undone_later(home: World) -> None:
    one, two = begin(home)
    tagged = home.decide(AddTag(one, "bills"), AddTag(two, "bills"))
    touched = home.decide(RemoveTag(one, "bills"))

    assert (undo(home, tagged).undone, undo(home, tagged).left) == (1, 1)
    undo(home, touched)
    assert [tag.name for tag in home.see("one").tags] == ["bills"]

    assert undo(home, tagged) == UndoReport(undone=1)
    assert (home.see("one").tags, home.see("two").tags) == ((), ())
    with pytest.raises(ConflictError):
        undo(home, tagged)


def test_a_span_of_time_comes_back_though_a_part_was_undone_before(home: World) -> None:
    one, two = begin(home)
    home.pass_time(minutes=1)
    start = home.now
    tagged = home.decide(AddTag(one, "bills"), AddTag(two, "bills"))
    home.decide(RemoveTag(one, "bills"))
    undo(home, tagged)

    assert undo(home, since=start).left == 0

    assert (home.see("one").tags, home.see("two").tags) == ((), ())


def test_what_was_undone_before_its_delivery_can_be_done_again(home: World) -> None:
    one, _ = begin(home)
    change = home.decide(MoveMessage(one, "Finance"), AddKeyword(one, SEEN), AddTag(one, "bills"), SetPriority(one, 3))
    undo(home, change)
    undone = last_change(home)

    report = undo(home, undone)
    again = last_change(home)
    carried_out(home)

    assert report == UndoReport(undone=4)
    message = home.see("one")
    assert ([place.mailbox for place in message.places], message.keywords, message.urgency) == (
        ["Finance"], frozenset({SEEN}), 3,
    )  # fmt: skip
    assert [tag.name for tag in message.tags] == ["bills"]
    assert undo(home, again).undone == 4
    with pytest.raises(ConflictError):
        undo(home, undone)


@pytest.mark.parametrize("is_delivered", [True, False])
def test_an_entry_that_its_own_change_decided_about_again_is_left(home: World, is_delivered: bool) -> None:
    one, _ = begin(home)
    change = home.decide(AddKeyword(one, SEEN), RemoveKeyword(one, SEEN), AddKeyword(one, SEEN))
    if is_delivered:
        carried_out(home)
    first, second, third = change.entries

    for entry in (first, second):
        report = undo(home, entry)
        assert (report.undone, report.left, [note.code for note in report.errors]) == (0, 1, ["decided_since"])
    assert home.see("one").keywords == {SEEN}

    assert [undo(home, entry).undone for entry in (third, second, first)] == [1, 1, 1]
    carried_out(home)
    assert home.see("one").keywords == frozenset()
    assert home.change(change.id).state == "undone"


def test_what_was_decided_after_an_undo_is_not_done_again(home: World) -> None:
    one, _ = begin(home)
    change = home.decide(MoveMessage(one, "Finance"), AddKeyword(one, FLAGGED))
    undo(home, change)
    undone = last_change(home)
    home.decide(MoveMessage(one, "Else"))

    report = undo(home, undone)

    assert (report.undone, report.left, report.errors[0].code) == (1, 1, "decided_since")
    assert [place.mailbox for place in home.see("one").places] == ["Else"]
