"""Rows as plain values that are the same on both databases: read in the order of their keys, weighed, compared."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, func, select, tuple_

from mailhelper_core.store.bulk import Value, insert_rows

Row = tuple[Value, ...]
T = TypeVar("T")

# Rows and octets of one transaction: what both drivers like, and a moment of SQLite's write lock.
BATCH_ROWS = 1_000
BATCH_OCTETS = 8_000_000
# Rows that a cursor of PostgreSQL reads ahead; where rows are whole messages, fewer.
AHEAD = 1_000
AHEAD_OF_OCTETS = 20


def columns(table: Table) -> tuple[str, ...]:
    """Answer the names of a table's columns."""
    return tuple(column.name for column in table.c)


def key(table: Table) -> tuple[str, ...]:
    """Answer the names of the columns of a table's primary key."""
    return tuple(column.name for column in table.primary_key)


def read(
    connection: Connection, table: Table, *, after: Row | None = None, where: ColumnElement[bool] | None = None
) -> Generator[Row, None, None]:
    """Yield rows in the order of their key, behind a key; not all at once. Close it where it breaks off."""
    names = key(table)
    statement = select(table).order_by(*(table.c[name] for name in names))
    if after is not None:
        statement = statement.where(tuple_(*(table.c[name] for name in names)) > after)
    if where is not None:
        statement = statement.where(where)
    has_octets = any(isinstance(column.type, LargeBinary) for column in table.c)
    ahead = AHEAD_OF_OCTETS if has_octets else AHEAD
    streamed = connection.execution_options(stream_results=True, max_row_buffer=ahead)
    with streamed.execute(statement) as found:
        for row in found:
            yield tuple(row)


def count(connection: Connection, table: Table, where: ColumnElement[bool] | None = None) -> int:
    """Answer how many rows there are."""
    statement = select(func.count()).select_from(table)
    return int(connection.scalar(statement if where is None else statement.where(where)) or 0)


def last_key(connection: Connection, table: Table) -> Row | None:
    """Answer the greatest key of a table, None when it is empty."""
    names = [table.c[name] for name in key(table)]
    row = connection.execute(select(*names).order_by(*(name.desc() for name in names)).limit(1)).first()
    return None if row is None else tuple(row)


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that came out of `read`: their texts are clean."""
    insert_rows(connection, table, columns(table), rows, is_clean=True)


def batches(found: Iterable[T], weigh: Callable[[T], int]) -> Iterator[list[T]]:
    """Yield rows together, as many as one transaction takes; `weigh` answers the octets of one."""
    batch: list[T] = []
    octets = 0
    for row in found:
        batch.append(row)
        octets += weigh(row)
        if len(batch) == BATCH_ROWS or octets >= BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


def weight(row: Iterable[Value]) -> int:
    """Answer the octets of a row, nearly."""
    return sum(len(value) for value in row if isinstance(value, str | bytes))


def digest(row: Row) -> bytes:
    """Answer the digest of a row, the same for the same values on both databases."""
    plain: list[Any] = [sha256(value).digest() if isinstance(value, bytes) else value for value in row]
    return sha256(repr(plain).encode()).digest()
