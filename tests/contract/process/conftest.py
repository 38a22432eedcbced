"""Owners on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.contract.process.hands import NOW, Hands


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/mail.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Store.open(url, clock=lambda: NOW)
    t.metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def ada(store: Store) -> Hands:
    return Hands(store.for_owner("ada"))


@pytest.fixture
def eve(store: Store, ada: Hands) -> Hands:
    return Hands(store.for_owner("eve"))
