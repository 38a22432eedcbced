"""Databases for the sync contract: a migrated one a test, SQLite or PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from tests.contract.sync.servers import WITHOUT, ImapSources, ServerWorld
from tests.servers.postgres import Postgres
from tests.unit.sync.world import Clock, add_account, new_sqlite, on_server


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Store]:
    """A migrated database of each kind."""
    url = request.getfixturevalue(f"{request.param}_database")
    store = Store.open(url, clock=clock)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(sqlite_database: str, clock: Clock) -> Iterator[Store]:
    """A migrated SQLite database."""
    store = Store.open(sqlite_database, clock=clock)
    yield store
    store.close()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "mail.db")
    return f"sqlite:///{tmp_path / 'mail.db'}"


@pytest.fixture
def postgresql_database(postgres: Postgres, postgresql_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database."""
    name = postgres.create_database(template=postgresql_template)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    folder = tmp_path_factory.mktemp("template")
    new_sqlite(folder)
    return folder / "mail.db"


@pytest.fixture(scope="session")
def postgresql_template(postgres: Postgres) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    name = postgres.create_database()
    store = Store.open(postgres.url(name))
    migrate(store.engine)
    store.close()
    yield name
    postgres.drop_database(name)


# Every family on SQLite; on PostgreSQL the SQL is what may differ, so one family says it.
@pytest.fixture(
    params=[("sqlite", "qresync"), ("sqlite", "condstore"), ("sqlite", "neither"), ("postgresql", "qresync")],
    ids="-".join,
)
def world(request: pytest.FixtureRequest, clock: Clock) -> Iterator[ServerWorld]:
    """An account on the bundled server, of each family of servers."""
    database, family = request.param
    store = Store.open(request.getfixturevalue(f"{database}_database"), clock=clock)
    with ImapServer(without=WITHOUT[family]) as server:
        yield ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
    store.close()


def assert_converged(world: ServerWorld) -> None:
    """The store says what the server says, and another sync finds nothing to do."""
    assert world.placed() == on_server(world.user)
    again = world.sync()
    assert (again.new, again.updated, again.adopted, again.deleted, again.remaining) == (0, 0, 0, 0, 0)
    assert again.body_bytes == 0
