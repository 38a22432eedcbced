"""A database with the schema that a test module names, and an engine to take it over into."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mailhelper_core.testing import Environment


@pytest.fixture
def legacy(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The database, as `SCHEMA` of the module makes it."""
    path = tmp_path / "emails.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(request.module.SCHEMA)
    return path


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Environment]:
    """The engine, without mail."""
    (tmp_path / "env").mkdir()
    with Environment.start(tmp_path / "env") as env:
        yield env
