"""A sync stopped at every commit and at every word to the server, then resumed, ends as one that never stopped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core.settings import Settings
from tests.servers.postgres import Postgres
from tests.stateful.interruption import (
    SCENARIOS,
    SMALL,
    TINY,
    FileShelf,
    PostgresShelf,
    Stop,
    at_commit,
    at_lost_database,
    at_word,
    interrupt_everywhere,
)
from tests.unit.sync.memory import FAMILIES, Family


@pytest.fixture
def files(sqlite_template: Path, tmp_path: Path) -> FileShelf:
    """A shelf of SQLite files, with a migrated one."""
    shutil.copy(sqlite_template, tmp_path / "migrated.db")
    return FileShelf(tmp_path)


@pytest.fixture
def databases(postgres: Postgres, postgres_template: str) -> Iterator[PostgresShelf]:
    """A shelf on PostgreSQL, with a migrated database."""
    shelf = PostgresShelf(postgres, {"migrated": postgres_template})
    yield shelf
    for name in shelf.names.values():
        if name != postgres_template:
            postgres.drop_database(name)


@pytest.mark.parametrize(("stop", "family"), [(at_word, "qresync"), (at_commit, "neither")])
def test_every_interruption_ends_in_the_state_of_an_undisturbed_sync(
    files: FileShelf, stop: Stop, family: Family
) -> None:
    assert interrupt_everywhere(files, stop, family, SCENARIOS["later"], SMALL) > 15


def test_every_interruption_on_postgresql_ends_so_too(databases: PostgresShelf) -> None:
    assert interrupt_everywhere(databases, at_commit, "qresync", SCENARIOS["losses"], SMALL) > 10


@pytest.mark.full
@pytest.mark.parametrize(("stop", "batches"), [(at_word, SMALL), (at_commit, TINY), (at_lost_database, SMALL)])
def test_a_long_history_on_postgresql_ends_so_too(databases: PostgresShelf, stop: Stop, batches: Settings) -> None:
    assert interrupt_everywhere(databases, stop, "qresync", SCENARIOS["later"], batches) > 15


@pytest.mark.full
def test_a_thousand_interruptions_end_in_the_state_of_an_undisturbed_sync(files: FileShelf) -> None:
    points = {
        f"{stop.__name__} {family} {name}": interrupt_everywhere(files, stop, family, scenario, TINY)
        for stop in (at_word, at_commit)
        for family in FAMILIES
        for name, scenario in SCENARIOS.items()
    }

    print(f"{sum(points.values())} points: {points}")
    assert sum(points.values()) >= 1_000
