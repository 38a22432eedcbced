"""On PostgreSQL a sync locks places in the order of their ids, as who decides about messages does: no deadlock."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from sqlalchemy import select, update

from mailhelper_core.errors import BusyError
from mailhelper_core.store import tables as t
from mailhelper_core.store.faults import translated
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, fill

PATIENCE_SECONDS = 10.0


def is_locked(store: Store, place: int) -> bool:
    row = select(t.placements.c.id).where(t.placements.c.id == place)
    try:
        with translated(), store.begin() as connection:
            connection.execute(row.with_for_update(nowait=True))
    except BusyError:
        return True
    return False


def test_flags_are_written_in_the_order_of_places_whatever_their_uids(postgres_database: str, clock: Clock) -> None:
    p = t.placements.c
    with (
        closing(Store.open(postgres_database, clock=clock)) as store,
        ImapServer(users={"ada": "secret"}) as server,
        ThreadPoolExecutor(1) as pool,
    ):
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.inbox, range(4))
        world.sync()
        with store.begin() as connection:
            connection.execute(update(t.placements).values(id=1_000 - p.id))  # as where the newest came first
            first = connection.scalar(select(p.id).where(p.uid == 4))
        world.inbox.add_flags([1, 2, 3, 4], ["\\Flagged"])

        with store.begin() as connection:
            connection.execute(select(p.id).where(p.uid == 1).with_for_update())
            sync = pool.submit(world.sync)
            until = time.monotonic() + PATIENCE_SECONDS
            while not is_locked(store, first) and time.monotonic() < until:
                time.sleep(0.05)
            assert is_locked(store, first)

        assert sync.result(timeout=PATIENCE_SECONDS).updated == 4
