"""Rows for a database at any revision, made up from what the database itself says of its tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    inspect,
    select,
)

from mailhelper_core.store.revision import VERSION_TABLE
from mailhelper_core.store.schema.types import PREFIX

ROWS = 3
# Not ours to fill: the chain of revisions, what the code itself writes, and the full-text index with its shadows.
LEFT_OUT = (VERSION_TABLE, f"{PREFIX}meta", f"{PREFIX}search")
Rows = dict[str, list[tuple[Any, ...]]]


def tables(connection: Connection) -> list[Table]:
    """Answer our tables as they are in the database now, parents before children."""
    metadata = MetaData()
    names = [name for name in inspect(connection).get_table_names() if not name.startswith(LEFT_OUT)]
    metadata.reflect(connection, only=[name for name in names if name.startswith(PREFIX)])
    return [table for table in metadata.sorted_tables if not table.name.startswith(LEFT_OUT)]


def fill(connection: Connection, known: list[Table], *, first: int = 1) -> None:
    """Insert rows into tables, naming only the columns they had when they were looked at; row n refers to row n."""
    for table in known:
        for number in range(first, first + ROWS):
            row = {column.name: _value(column, number) for column in table.c if not _is_left_out(column, number)}
            connection.execute(insert(table).values(row))


def read(connection: Connection, known: list[Table]) -> Rows:
    """Answer the rows of tables, in the columns they had then."""
    return {table.name: sorted(tuple(row) for row in connection.execute(select(table))) for table in known}


def _is_left_out(column: Any, number: int) -> bool:
    # Half of what may be left out is: old programs did not write it either.
    return column.nullable and not column.foreign_keys and number % 2 == 0


def _value(column: Any, number: int) -> Any:
    if column.name == "digest":
        return bytes([number]) * 32 if isinstance(column.type, LargeBinary) else f"digest {number}"
    if isinstance(column.type, Boolean):
        return number % 2 == 0
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Float):
        return number / 4
    if isinstance(column.type, LargeBinary):
        return bytes([0, 255, number])
    return "{}" if column.server_default is not None and "{}" in str(column.server_default.arg) else f"text {number}"
