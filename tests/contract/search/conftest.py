"""A migrated database of each kind for the search contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.world import World
from tests.servers.postgres import Postgres
from tests.unit.query.strategies import NOW


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database a module; every test, and every example of a property, is another owner in it."""
    if request.param == "sqlite":
        url, drop = f"sqlite:///{tmp_path_factory.mktemp('search')}/mail.db", None
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        name = postgres.create_database()
        url, drop = postgres.url(name), name
    store = Store.open(url, clock=lambda: NOW)
    migrate(store.engine)
    yield store
    store.close()
    if drop:
        postgres.drop_database(drop)


@pytest.fixture
def world(store: Store) -> World:
    """A fresh owner."""
    return World(store).open()
