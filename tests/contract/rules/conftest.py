"""A migrated database of each kind, and owners in it, for what rules, tags, commands and undo do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW


class Clock:
    """The store's clock: it stands until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> object:
        return self.now

    def pass_time(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[Store]:
    """One database a module; every test, and every example of a property, is another owner in it."""
    opened = Store.open(module_database_url)
    yield opened
    opened.close()


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
