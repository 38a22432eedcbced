"""On PostgreSQL two may name one mailbox first at once: two commands of an owner, or a command and a sync."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import select

from mailhelper_core.model.work.operation import MoveMessage
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.testing import ImapServer
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import OWNER, Clock, add_account, fill

PATIENCE_SECONDS = 10.0


@pytest.fixture
def world(postgres_database: str, clock: Clock) -> Iterator[ServerWorld]:
    """Two synced messages, on PostgreSQL."""
    with closing(Store.open(postgres_database, clock=clock)) as store, ImapServer() as server:
        made = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(made.inbox, range(2))
        made.sync()
        yield made


def move_to_bills(uow: UnitOfWork, message_id: int) -> None:
    decide(uow, changes.new_change(uow, "move"), [Decision(MoveMessage(message_id, "Bills"))])


def decides(world: ServerWorld) -> None:
    with world.store.for_owner(OWNER).begin() as uow:
        move_to_bills(uow, world.messages()["Letter 1"])


def syncs(world: ServerWorld) -> None:
    world.user.create("Bills")
    world.sync()


def waits_for_a_row(store: Store) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with store.read() as connection:
        return bool(connection.exec_driver_sql(waiting).scalar())


@pytest.mark.parametrize("other", [decides, syncs])
def test_both_name_the_same_mailbox(world: ServerWorld, other: Callable[[ServerWorld], None]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with world.store.for_owner(OWNER).begin() as uow:
            move_to_bills(uow, world.messages()["Letter 0"])
            second = pool.submit(other, world)
            until = time.monotonic() + PATIENCE_SECONDS
            while not waits_for_a_row(world.store) and time.monotonic() < until:
                time.sleep(0.05)
            assert waits_for_a_row(world.store)
        second.result(timeout=PATIENCE_SECONDS)

    b = t.mailboxes.c
    found = world.rows(select(b.gone_at.is_(None)).where(b.name == "Bills"))
    assert found == [(other is syncs,)]
