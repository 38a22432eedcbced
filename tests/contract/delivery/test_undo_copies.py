"""Undo of moves that brought several places of one message into one mailbox: each goes back to where it was."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import Change
from mailhelper_core.model.work.report import UndoReport
from mailhelper_core.testing import Fault, Interrupt
from tests.contract.delivery.conftest import World

WHERE = {"INBOX": [("one", (SEEN,))], "Work": [("one", (FLAGGED,))]}


def settled(world: World) -> None:
    for _ in range(2):
        world.deliver()
        world.pass_time(hours=1)
        world.sync()
    world.deliver()


def trashed(world: World) -> Change:
    """Throw a message away that lies in two mailboxes, and carries other keywords in each."""
    world.put("one", keywords=(SEEN,))
    world.put("one", mailbox="Work", keywords=(FLAGGED,))
    world.sync()
    assert world.shown() == WHERE
    return MessageCommands(world.owner).trash([world.id("one")])


@pytest.mark.parametrize("is_known", [True, False])
def test_undo_of_a_message_and_its_copy_gives_each_its_own_keywords(world: World, is_known: bool) -> None:
    change = trashed(world)
    settled(world) if is_known else world.deliver()

    assert UndoService(world.owner).undo(change) == UndoReport(undone=2, left=0)
    at_once = world.shown()
    settled(world)

    assert at_once == WHERE
    assert world.shown() == WHERE == world.on_server()


@pytest.mark.parametrize("is_seen", [False, True], ids=["unseen", "seen by a sync"])
def test_an_undo_that_was_cut_short_takes_no_other_place_of_the_message(sqlite_home: World, is_seen: bool) -> None:
    assert sqlite_home.server is not None
    change = trashed(sqlite_home)
    settled(sqlite_home)
    UndoService(sqlite_home.owner).undo(change)

    sqlite_home.server.faults.add(Fault("UID MOVE", Interrupt("tag")))
    sqlite_home.deliver()
    if is_seen:
        sqlite_home.sync()
    settled(sqlite_home)

    assert sqlite_home.shown() == WHERE == sqlite_home.on_server()
