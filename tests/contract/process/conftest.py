"""Owners on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.store.unit_of_work import Store
from tests.contract.process.hands import NOW, Hands


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def ada(store: Store) -> Hands:
    return Hands(store.for_owner("ada"))


@pytest.fixture
def eve(store: Store, ada: Hands) -> Hands:
    return Hands(store.for_owner("eve"))
