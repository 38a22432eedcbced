"""Databases for the sync contract: a migrated one a test, SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from tests.contract.sync.servers import WITHOUT, ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, on_server

DATABASES = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    """A migrated database of each kind."""
    store = Store.open(database_url, clock=clock)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(sqlite_database: str, clock: Clock) -> Iterator[Store]:
    """A migrated SQLite database."""
    store = Store.open(sqlite_database, clock=clock)
    yield store
    store.close()


# Every family on SQLite; on PostgreSQL the SQL is what may differ, so one family says it.
@pytest.fixture(
    params=[("sqlite", "qresync"), ("sqlite", "condstore"), ("sqlite", "neither"), ("postgresql", "qresync")],
    ids="-".join,
)
def world(request: pytest.FixtureRequest, clock: Clock) -> Iterator[ServerWorld]:
    """An account on the bundled server, of each family of servers."""
    database, family = request.param
    store = Store.open(request.getfixturevalue(DATABASES[database]), clock=clock)
    with ImapServer(without=WITHOUT[family]) as server:
        yield ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
    store.close()


def assert_converged(world: ServerWorld) -> None:
    """The store says what the server says, and another sync finds nothing to do."""
    assert world.placed() == on_server(world.user)
    again = world.sync()
    assert (again.new, again.updated, again.adopted, again.deleted, again.remaining) == (0, 0, 0, 0, 0)
    assert again.body_bytes == 0
