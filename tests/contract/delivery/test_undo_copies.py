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
from tests.contract.delivery.others import carried_out

WHERE = {"INBOX": [("one", (SEEN,))], "Work": [("one", (FLAGGED,))]}


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
    carried_out(world) if is_known else world.deliver()

    assert UndoService(world.owner).undo(change) == UndoReport(undone=2, left=0)
    at_once = world.shown()
    carried_out(world)

    assert at_once == WHERE
    assert world.shown() == WHERE == world.on_server()


@pytest.mark.parametrize("is_seen", [False, True], ids=["unseen", "seen by a sync"])
def test_an_undo_that_was_cut_short_takes_no_other_place_of_the_message(home: World, is_seen: bool) -> None:
    assert home.server is not None
    change = trashed(home)
    carried_out(home)
    UndoService(home.owner).undo(change)

    home.server.faults.add(Fault("UID MOVE", Interrupt("tag")))
    home.deliver()
    if is_seen:
        home.sync()
    carried_out(home)

    assert home.shown() == WHERE == home.on_server()
