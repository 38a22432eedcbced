"""A target whose uids leap: what arrived there is found without asking for each number between."""

from __future__ import annotations

import pytest

from mailhelper_core.model.work.operation import MoveMessage
from mailhelper_core.testing import Call, Fault
from tests.contract.delivery.conftest import World


@pytest.mark.parametrize("world", ["no-uidplus", "bare", "bare-postgresql"], indirect=True)
def test_a_leap_of_uids_costs_one_listing(world: World) -> None:
    world.put("one")
    world.put("old", mailbox="Finance")
    world.sync()
    assert world.server is not None
    server = world.server

    def leap() -> None:
        server.store.user("ada").mailbox("Finance").uid_next += 100_000

    for command in ("UID MOVE", "UID COPY"):
        server.faults.add(Fault(command, Call(leap)))
    change = world.decide(MoveMessage(world.id("one"), "Finance"))

    world.deliver()

    assert world.states(change) == ["delivered"]
    assert server.log.names.count("UID FETCH") < 20
    assert world.sync().adopted == 0
    assert world.shown() == {"Finance": [("old", ()), ("one", ())]}
