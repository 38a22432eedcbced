"""One database into another, empty one: whose copy it is, what is there already, where numbering goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Connection, Integer, Table, delete, func, insert, select, text

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import sequence_name
from mailhelper_core.store.faults import translated
from mailhelper_core.store.moving import rows
from mailhelper_core.store.revision import UNFINISHED_COPY
from mailhelper_core.store.search import index_check
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases

_DATABASE_ID = "database_id"


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """Read as of one moment, however long it takes."""
    with translated(), store.reader() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def database_id(store: Store) -> str:
    """Answer the name of a database, drawn when it is asked for first."""
    with store.begin() as connection:
        found = _meta(connection, _DATABASE_ID)
        if found is None:
            found = uuid4().hex
            connection.execute(insert(t.meta).values(name=_DATABASE_ID, value=found))
        return found


def is_busy(connection: Connection, now: int) -> bool:
    """Say whether somebody holds a lease: works on an account or a job."""
    return connection.scalar(select(t.leases.c.resource).where(leases.is_held(connection, now)).limit(1)) is not None


def copy_of(connection: Connection) -> str | None:
    """Answer of which database this is an unfinished copy, None when it is none."""
    return _meta(connection, UNFINISHED_COPY)


def is_empty(connection: Connection) -> bool:
    """Say whether a database holds no owner yet."""
    return connection.scalar(select(t.owners.c.id).limit(1)) is None


def begin(connection: Connection, source: str) -> None:
    """Mark a database as an unfinished copy: programs refuse it until it is whole."""
    connection.execute(insert(t.meta).values(name=UNFINISHED_COPY, value=source))


def finish(source: Connection, target: Connection, tables: Iterable[Table]) -> None:
    """Let numbering go on behind the source's, every message wait for the index, and programs work with the copy."""
    for table in tables:
        names = rows.key(table)
        if len(names) == 1 and isinstance(table.c[names[0]].type, Integer):
            _set_sequence(target, table, names[0], _given(source, table, names[0]))
    index_check.rebuild(target)
    target.execute(delete(t.meta).where(t.meta.c.name == UNFINISHED_COPY))


def _given(connection: Connection, table: Table, column: str) -> int:
    """Answer the greatest id that was ever given: ids are never reused, also those of rows that are gone."""
    greatest = int(connection.scalar(select(func.max(table.c[column]))) or 0)
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
        return max(greatest, int(found or 0))
    name = sequence_name(connection, table, column)
    if name is None:
        return greatest
    row = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {name}").one()  # noqa: S608 - quoted by PostgreSQL
    return max(greatest, int(row[0]) if row[1] else 0)


def _set_sequence(connection: Connection, table: Table, column: str, given: int) -> None:
    if given == 0:
        return
    if connection.dialect.name == "postgresql":
        name = sequence_name(connection, table, column)
        if name is not None:
            connection.execute(text("SELECT setval(CAST(:name AS regclass), :given)"), {"name": name, "given": given})
        return
    connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
    connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, given))


def _meta(connection: Connection, name: str) -> str | None:
    found: str | None = connection.scalar(select(t.meta.c.value).where(t.meta.c.name == name))
    return found
