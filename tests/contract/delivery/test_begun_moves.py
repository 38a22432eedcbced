"""Two moves that go as one, stopped between the copy and the removal: the message ends in one place, the last one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailhelper_core.model.work.operation import MoveMessage
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Answer, Fault
from tests.contract.delivery.conftest import World


def id_of_mailbox(world: World, name: str) -> int:
    with world.owner.read() as uow:
        return int(uow.connection.scalar(select(t.mailboxes.c.id).where(t.mailboxes.c.name == name)) or 0)


@pytest.mark.parametrize("is_seen", [False, True], ids=["unseen", "seen by a sync"])
@pytest.mark.parametrize("command", ["UID STORE", "UID MOVE", "UID COPY"])
def test_a_chain_that_was_begun_is_gone_on_with_as_it_was(world: World, command: str, is_seen: bool) -> None:
    world.put("one")
    for name in ("Finance", "Archive"):
        world.put(f"in {name}", mailbox=name)
    world.sync()
    message = world.id("one")
    there = world.decide(MoveMessage(message, "Finance"))
    onwards = world.decide(MoveMessage(message, "Archive", source_id=id_of_mailbox(world, "Finance")))
    if world.server is not None:
        world.server.faults.add(Fault(command, Answer()))
    world.deliver()
    if is_seen:
        world.sync()

    for _ in range(3):
        world.pass_time(days=1)
        world.deliver()
        world.sync()

    assert world.on_server() == {"Finance": [("in Finance", ())], "Archive": [("in Archive", ()), ("one", ())]}
    assert world.shown() == world.on_server()
    assert [world.states(change) for change in (there, onwards)] == [["delivered"], ["delivered"]]
