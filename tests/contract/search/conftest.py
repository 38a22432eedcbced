"""A migrated database of each kind for the search contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.world import World
from tests.unit.query.strategies import NOW


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[Store]:
    """One database a module; every test, and every example of a property, is another owner in it."""
    opened = Store.open(module_database_url, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store) -> World:
    """A fresh owner."""
    return World(store).open()
