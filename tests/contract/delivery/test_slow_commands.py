"""A command that the server is still carrying out when another program delivers: its sender was slow, or died."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import update

from mailhelper_core.actions.service import ActionService
from mailhelper_core.errors import BusyError
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.model.work.operation import Change, CopyMessage, MoveMessage
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import delivery, leases
from mailhelper_core.testing import Call, Fault
from tests.contract.delivery.conftest import World
from tests.contract.delivery.test_drafts import bodies, write_draft

TIMEOUT = Settings().server_timeout_seconds


def deliver_leased(world: World) -> None:
    with leases.holding(world.owner.store, account_resource(world.account.id), seconds=20) as lease:
        ActionService(world.owner, world, jitter=world.jitter).deliver(world.account, lease=lease)


def begin(world: World) -> None:
    world.put("one")
    world.put("old", mailbox="Finance")
    world.sync()


def deliver_while_it_takes_long(world: World, command: str) -> None:
    """Let the lease end while the server carries out a command, and another program deliver before it has done so."""

    def another_delivers() -> None:
        world.pass_time(seconds=30)
        with world.owner.store.begin() as connection:
            connection.execute(update(t.leases).values(expires_at=0))
        deliver_leased(world)

    assert world.server is not None
    world.server.faults.add(Fault(command, Call(another_delivers)))
    with suppress(BusyError):
        deliver_leased(world)
    assert world.server.faults.fired


def deliver_until_it_rests(world: World) -> None:
    for _ in range(2):
        world.pass_time(hours=1)
        deliver_leased(world)
        world.sync()


MAKERS: dict[str, tuple[str, Callable[[World], Change]]] = {
    "copy": ("UID COPY", lambda world: world.decide(CopyMessage(world.id("one"), "Finance"))),
    "move": ("UID MOVE", lambda world: world.decide(MoveMessage(world.id("one"), "Finance"))),
    "draft": ("APPEND", write_draft),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_what_a_slow_command_makes_is_made_once(home: World, kind: str) -> None:
    begin(home)
    command, make = MAKERS[kind]
    change = make(home)

    deliver_while_it_takes_long(home, command)
    deliver_until_it_rests(home)

    assert home.states(change) == ["delivered"]
    assert len(bodies(home)) == (kind == "draft")
    assert Counter(subject for subject, _ in home.on_server()["Finance"])["one"] == (kind != "draft")
    assert home.shown() == home.on_server()


def test_what_waits_behind_it_waits_and_all_else_goes_on(home: World) -> None:
    begin(home)
    home.put("two")
    home.sync()
    slow = home.decide(CopyMessage(home.id("one"), "Finance"))
    other = home.decide(MoveMessage(home.id("two"), "Finance"))
    with home.owner.begin() as uow:
        until = uow.now + int(TIMEOUT * 1_000_000)
        delivery.claim(uow, [slow.entries[0].id], {"uid_validity": 1, "uid_next": 1}, not_before=until)

    deliver_leased(home)
    before = (home.states(slow), home.states(other))
    home.pass_time(seconds=TIMEOUT + 1)
    deliver_leased(home)

    assert before == (["claimed"], ["delivered"])
    assert home.states(slow) == ["delivered"]
