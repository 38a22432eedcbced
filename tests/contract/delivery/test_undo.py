"""Undo brings back the store and the server, and leaves what was touched since."""

from __future__ import annotations

import random

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import ConflictError, NotFoundError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    MoveMessage,
    Operation,
    RemoveKeyword,
    SetPriority,
)
from mailhelper_core.model.work.report import UndoReport
from mailhelper_core.testing import Answer, Fault
from tests.contract.delivery.conftest import World


def undo(world: World, target: object) -> UndoReport:
    return UndoService(world.owner).undo(target)  # type: ignore[arg-type]


def test_undo_after_delivery_restores_the_server(world: World) -> None:
    world.put("one", keywords=(FLAGGED,))
    world.put("two", keywords=("$work",))
    world.put("old", mailbox="Finance")
    world.sync()
    before = world.on_server()
    one, two = world.id("one"), world.id("two")
    change = world.decide(
        AddKeyword(one, SEEN),
        RemoveKeyword(one, FLAGGED),
        MoveMessage(one, "Finance"),
        CopyMessage(two, "Finance"),
        AddKeyword(two, SEEN),
        MoveMessage(two, role="trash"),
        AddTag(two, "bills"),
        SetPriority(two, 3, 1),
    )
    world.deliver()
    world.sync()
    changed = world.on_server()

    report = undo(world, change)
    at_once = world.shown()
    world.deliver()
    world.sync()

    assert changed != before
    assert report == UndoReport(undone=8, left=0)
    assert at_once == world.shown() == world.on_server() == before
    assert (world.see("two").tags, world.see("two").urgency) == ((), None)


def test_undo_before_delivery_sends_nothing(home: World) -> None:
    assert home.server is not None
    home.put("one")
    home.sync()
    before = home.shown()
    change = home.decide(AddKeyword(home.id("one"), SEEN), MoveMessage(home.id("one"), "Finance"))
    logins = home.server.log.names.count("LOGIN")

    report = undo(home, change.id)
    home.deliver()

    assert report == UndoReport(undone=2, left=0)
    assert home.shown() == before
    assert home.states(change) == ["cancelled", "cancelled"]
    assert home.server.log.names.count("LOGIN") == logins


def test_undo_of_what_was_half_delivered_restores_the_server(home: World) -> None:
    assert home.server is not None
    for number in range(4):
        home.put(f"m{number}")
    home.sync()
    before = home.on_server()
    change = home.decide(*(MoveMessage(home.id(f"m{number}"), "Finance") for number in range(4)))
    home.server.faults.add(Fault("UID MOVE", Answer(), times=3))
    home.deliver()

    report = undo(home, change)
    home.pass_time(hours=2)
    home.deliver()
    home.sync()

    assert report.undone == 4
    assert home.on_server() == home.shown() == before


def test_what_the_owner_touched_since_is_left_and_counted(home: World) -> None:
    for name in ("one", "two", "three"):
        home.put(name)
    home.sync()
    one, two, three = (home.id(name) for name in ("one", "two", "three"))
    change = home.decide(AddKeyword(one, SEEN), MoveMessage(two, "Finance"), AddTag(three, "bills"))
    home.deliver()
    home.decide(RemoveKeyword(one, SEEN))
    home.decide(AddKeyword(one, SEEN))
    home.decide(MoveMessage(two, "Elsewhere"))

    report = undo(home, change)
    home.deliver()
    home.sync()

    assert (report.undone, report.left) == (1, 2)
    assert home.shown() == home.on_server() == {"Elsewhere": [("two", ())], "INBOX": [("one", (SEEN,)), ("three", ())]}
    assert home.see("three").tags == ()


def test_what_another_client_touched_since_is_left_and_counted(home: World) -> None:
    home.put("one")
    home.put("two")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN), MoveMessage(home.id("two"), "Finance"))
    home.deliver()
    with home.other_client() as session:
        session.store(session.uids(), remove=frozenset({SEEN}))
    with home.other_client("Finance") as session:
        session.create("Elsewhere")
        session.move(session.uids(), "Elsewhere")
    home.sync()

    report = undo(home, change)
    home.deliver()
    home.sync()

    assert (report.undone, report.left) == (0, 2)
    assert home.change(change.id).state == "applied"
    assert home.on_server() == {"Elsewhere": [("two", ())], "INBOX": [("one", ())]}


def test_second_undo_is_a_conflict(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN))
    undo(home, change)

    with pytest.raises(ConflictError):
        undo(home, change)


def test_one_entry_is_undone_alone(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN), AddKeyword(home.id("one"), FLAGGED))

    undo(home, change.entries[0])

    assert home.see("one").keywords == {FLAGGED}
    assert home.change(change.id).state == "applied"
    with pytest.raises(ConflictError):
        undo(home, change.entries[0])
    undo(home, change.entries[1])
    assert home.change(change.id).state == "undone"


def test_undo_can_be_undone(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(MoveMessage(home.id("one"), "Finance"))
    home.deliver()
    undo(home, change)
    home.deliver()

    undo(home, change.id + 1)
    home.deliver()
    home.sync()

    assert home.on_server() == home.shown() == {"Finance": [("one", ())]}


def test_foreign_change_is_not_found(home: World) -> None:
    home.put("one")
    home.sync()
    change = home.decide(AddKeyword(home.id("one"), SEEN))

    with pytest.raises(NotFoundError):
        UndoService(home.owner.store.for_owner("eve")).undo(change)
    with pytest.raises(NotFoundError):
        UndoService(home.owner.store.for_owner("eve")).undo(change.entries[0])


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(4, 100))])
def test_random_changes_with_failing_commands_are_undone_exactly(home: World, seed: int) -> None:
    """A third of the commands fail; in the end the server is as it was before."""
    assert home.server is not None
    rng = random.Random(seed)
    for number in range(5):
        home.put(f"m{number}", keywords=tuple(rng.sample((SEEN, FLAGGED, "$work"), rng.randrange(3))))
    home.sync()
    before = home.on_server()
    ids = [home.id(f"m{number}") for number in range(5)]
    made = [home.decide(*(_operation(rng, rng.choice(ids)) for _ in range(4))) for _ in range(4)]

    for change in reversed(made):
        _deliver_with_failures(home, rng)
        undo(home, change)
    for _ in range(6):
        home.pass_time(days=1)
        home.server.faults.clear()
        home.sync()
        home.deliver()
    home.sync()

    assert home.on_server() == home.shown() == before


def _operation(rng: random.Random, message_id: int) -> Operation:
    return rng.choice(
        (
            AddKeyword(message_id, rng.choice((SEEN, FLAGGED, "$work"))),
            RemoveKeyword(message_id, rng.choice((SEEN, FLAGGED, "$work"))),
            MoveMessage(message_id, rng.choice(("Finance", "Archive", "INBOX"))),
            CopyMessage(message_id, rng.choice(("Finance", "Projects"))),
        )
    )


def _deliver_with_failures(home: World, rng: random.Random) -> None:
    assert home.server is not None
    for command in ("UID STORE", "UID MOVE", "UID COPY", "SELECT", "STATUS"):
        if rng.random() < 0.33:
            home.server.faults.add(Fault(command, Answer(), nth=rng.randrange(1, 3), times=rng.randrange(1, 3)))
    home.pass_time(hours=rng.randrange(1, 48))
    home.deliver()
    if rng.random() < 0.5:
        home.server.faults.clear()
        home.sync()
