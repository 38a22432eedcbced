"""A migrated database of each kind, and owners in it, for what rules, tags, commands and undo do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.world import World
from tests.servers.postgres import Postgres
from tests.unit.query.strategies import NOW


class Clock:
    """The store's clock: it stands until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> object:
        return self.now

    def pass_time(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database a module; every test, and every example of a property, is another owner in it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("rules") / "mail.db"
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, path)
        url, drop = f"sqlite:///{path}", ""
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        drop = postgres.create_database(template=request.getfixturevalue("postgres_template"))
        url = postgres.url(drop)
    opened = Store.open(url)
    yield opened
    opened.close()
    if drop:
        postgres.drop_database(drop)


@pytest.fixture
def clock(store: Store) -> Clock:
    """The clock of the store, at the moment that generated mail speaks of."""
    made = Clock()
    store.clock = made  # type: ignore[assignment]
    return made


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """A fresh owner."""
    return World(store).open()  # type: ignore[return-value]
