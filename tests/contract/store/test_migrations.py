"""Migrations: forward with everything in it, killed anywhere, and old programs still write and delete (F96, F97)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event

from mailhelper_core.store.engine import WRITE_OPTION, make_engine
from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.migrations import versions
from mailhelper_core.store.revision import HEAD, database_revision
from tests.contract.store import old_data

REVISIONS = [f"r{number:04}" for number in range(1, int(HEAD[1:]))]
# Tables that came until then hold their parents: older programs delete nothing that has rows there.
FIRST_KEPT = "r0013"
# Statements between two kills; with --full each one is killed.
STRIDE = 23


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An empty database."""
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_revision_comes_forward_with_all_its_rows_and_its_programs_still_write_and_delete(
    revision: str, engine: Engine
) -> None:
    before = _filled(engine, revision)

    assert migrate(engine) == HEAD

    assert _read(engine, before.known) == before.rows
    with engine.connect().execution_options(**{WRITE_OPTION: True}) as connection, connection.begin():
        old_data.fill(connection, before.known, first=old_data.ROWS + 1)
    found = _read(engine, before.known)
    assert {name: len(rows) for name, rows in found.items()} == {name: 2 * old_data.ROWS for name in before.rows}
    with engine.connect().execution_options(**{WRITE_OPTION: True}) as connection, connection.begin():
        if revision >= FIRST_KEPT:
            names = {table.name for table in before.known}
            old_data.fill(connection, [one for one in old_data.tables(connection) if one.name not in names])
        for table in reversed(before.known):
            connection.execute(delete(table))
    assert not any(_read(engine, before.known).values())


def test_a_revision_does_not_change_with_the_program() -> None:
    found = {
        path.name for path in Path(versions.__file__).parent.glob("r*.py") if "from mailhelper" in path.read_text()
    }

    # These two make and set up the full-text index, which holds nothing that the mail itself does not.
    assert found == {"r0001_first.py", "r0022_segments.py"}


def test_who_has_said_something_before_is_known_afterwards(engine: Engine) -> None:
    before = _filled(engine, "r0024")

    migrate(engine)

    with engine.connect() as connection:
        said = connection.exec_driver_sql("SELECT DISTINCT account_id, said_by FROM mailhelper_opinions").all()
        known = connection.exec_driver_sql("SELECT id, sayers FROM mailhelper_accounts").all()
    assert before.rows
    assert {(id_, name) for id_, names in known for name in json.loads(names or "{}")} == {tuple(one) for one in said}
    assert said


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("stride", [STRIDE, pytest.param(1, marks=pytest.mark.full)])
def test_a_migration_that_is_killed_at_any_statement_has_done_nothing_and_can_be_run_again(
    stride: int, engine: Engine
) -> None:
    before = _filled(engine, REVISIONS[0])
    kills = 0

    for number in range(1, 10_000, stride):
        if _ends_before(engine, number):
            break
        kills += 1
        assert _read(engine, before.known) == before.rows
        with engine.connect() as connection:
            found = database_revision(connection)
        if found == HEAD:  # it was over, and killed while it read what it had done
            break
        assert found == REVISIONS[0]

    assert kills > 3
    assert migrate(engine) == HEAD
    assert _read(engine, before.known) == before.rows


def test_a_migration_whose_process_is_killed_can_be_run_again(url: str, engine: Engine) -> None:
    before = _filled(engine, REVISIONS[0])
    engine.dispose()

    child = subprocess.run([sys.executable, "-c", _DIES, url], check=False, cwd=Path(__file__).parents[3])

    assert child.returncode == -signal.SIGKILL
    assert migrate(engine) == HEAD
    assert _read(engine, before.known) == before.rows


_DIES = """
import os, signal, sys
from sqlalchemy import event
from mailhelper_core.store.engine import make_engine
from mailhelper_core.store.migrate import migrate

engine = make_engine(sys.argv[1])
seen = []

@event.listens_for(engine, "after_cursor_execute")
def _(connection, cursor, statement, *rest):
    seen.append(statement)
    if len([one for one in seen if one.lstrip().startswith("CREATE TABLE")]) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(engine)
"""


class Before:
    """A database as it was at an earlier revision."""

    def __init__(self, engine: Engine) -> None:
        with engine.connect() as connection:
            self.known = old_data.tables(connection)
        with engine.connect().execution_options(**{WRITE_OPTION: True}) as connection, connection.begin():
            old_data.fill(connection, self.known)
        self.rows = _read(engine, self.known)


def _filled(engine: Engine, revision: str) -> Before:
    assert migrate(engine, revision=revision) == revision
    return Before(engine)


def _read(engine: Engine, known: list) -> old_data.Rows:  # type: ignore[type-arg]
    with engine.connect() as connection, connection.begin():
        return old_data.read(connection, known)


def _ends_before(engine: Engine, number: int) -> bool:
    """Migrate, ending at the given statement; answer whether the migration was over before."""
    seen = 0

    def kill(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise Killed

    event.listen(engine, "before_cursor_execute", kill)
    try:
        migrate(engine)
    except Killed:
        return False
    finally:
        event.remove(engine, "before_cursor_execute", kill)
    return True
