"""An account on a server in memory, stored in SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core.store.unit_of_work import Store
from tests.unit.sync.memory import FAMILIES, MemorySources
from tests.unit.sync.world import Clock, MemoryWorld, add_account, new_sqlite, new_user


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    folder = tmp_path_factory.mktemp("migrated")
    new_sqlite(folder)
    return folder / "mail.db"


@pytest.fixture(params=FAMILIES)
def world(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[MemoryWorld]:
    """A world of each family of servers."""
    shutil.copy(migrated, tmp_path / "mail.db")
    clock = Clock()
    store = Store.open(f"sqlite:///{tmp_path / 'mail.db'}", clock=clock)
    yield MemoryWorld(store, MemorySources(new_user(), request.param), add_account(store), clock)
    store.close()
