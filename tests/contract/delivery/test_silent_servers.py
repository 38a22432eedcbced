"""Servers that do not say which uid comes next: what is delivered there arrives, and arrives once."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage
from mailhelper_core.testing import Bye, Fault, Interrupt, Lines
from tests.contract.delivery.conftest import World
from tests.contract.delivery.test_drafts import bodies, write_draft
from tests.contract.delivery.twins import box, server_of

STATUS = ("LIST", "STATUS")
ALL = (*STATUS, "EXAMINE", "SELECT")
SHAPES = ("all", "no-uidplus", "bare", "bare-postgresql")

silent = pytest.mark.parametrize("commands", [STATUS, ALL], ids=["status", "select too"])
in_shapes = pytest.mark.parametrize("bundled", SHAPES, indirect=True)


def leave_out(world: World, commands: tuple[str, ...]) -> None:
    server_of(world).faults.add(*(Fault(name, Lines(b"UIDNEXT", b"X-NEXT"), times=None) for name in commands))


def subjects(world: World, mailbox: str) -> list[str]:
    return sorted(subject for subject, _ in world.on_server().get(mailbox, []))


def prepared(world: World, commands: tuple[str, ...]) -> None:
    for name in ("one", "two", "three"):
        world.put(name)
    world.put("there", mailbox="Archive")
    box(world, "Drafts")
    leave_out(world, commands)
    world.sync()


def carry_on(world: World) -> None:
    for _ in range(3):
        world.pass_time(hours=2)
        world.sync()
        world.deliver()


@silent
@in_shapes
def test_all_that_is_delivered_arrives_once(bundled: World, commands: tuple[str, ...]) -> None:
    prepared(bundled, commands)
    moved = bundled.decide(MoveMessage(bundled.id("two"), "Archive"))
    copied = bundled.decide(CopyMessage(bundled.id("three"), "New"))
    draft = write_draft(bundled)

    report = bundled.deliver()

    assert report.errors == ()
    assert [bundled.states(one) for one in (moved, copied, draft)] == [["delivered"]] * 3
    server_of(bundled).faults.clear()
    assert subjects(bundled, "INBOX") == ["one", "three"]
    assert subjects(bundled, "Archive") == ["there", "two"]
    assert subjects(bundled, "New") == ["three"]
    assert len(bodies(bundled)) == 1


@silent
@in_shapes
@pytest.mark.parametrize("action", [Bye(), Interrupt(at="tag")], ids=["never done", "answer lost"])
def test_what_is_cut_arrives_once(bundled: World, commands: tuple[str, ...], action: Bye | Interrupt) -> None:
    prepared(bundled, commands)
    faults = server_of(bundled).faults
    faults.add(*(Fault(name, action) for name in ("UID MOVE", "UID COPY", "APPEND")))
    bundled.decide(MoveMessage(bundled.id("two"), "Archive"))
    bundled.decide(CopyMessage(bundled.id("three"), "Archive"))
    write_draft(bundled)

    bundled.deliver()
    carry_on(bundled)

    faults.clear()
    assert subjects(bundled, "INBOX") == ["one", "three"]
    assert subjects(bundled, "Archive") == ["there", "three", "two"]
    assert len(bodies(bundled)) == 1


@silent
@in_shapes
def test_a_copy_and_a_draft_are_taken_back(bundled: World, commands: tuple[str, ...]) -> None:
    prepared(bundled, commands)
    copied = bundled.decide(CopyMessage(bundled.id("three"), "Archive"))
    draft = write_draft(bundled)
    bundled.deliver()
    bundled.sync()
    assert [bundled.states(one) for one in (copied, draft)] == [["delivered"]] * 2

    for one in (copied, draft):
        UndoService(bundled.owner).undo(bundled.change(one.id))
    carry_on(bundled)

    server_of(bundled).faults.clear()
    assert bundled.shown().get("Archive") == [("there", ())]
    assert bundled.shown().get("Drafts") is None
