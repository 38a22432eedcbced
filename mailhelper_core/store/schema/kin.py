"""Which table refers to which: what belongs to a row is read from the tables themselves, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Table


def parents(table: Table) -> Iterator[tuple[Column[int], Table]]:
    """Yield the columns that refer to another table's id, with that table."""
    for column in table.c:
        for key in column.foreign_keys:
            if key.column.name == "id":
                yield column, key.column.table


def children(table: Table) -> Iterator[tuple[Column[int], Table]]:
    """Yield the columns of other tables that refer to this table's id, with their tables, children first."""
    for child in reversed(table.metadata.sorted_tables):
        yield from ((column, child) for column, parent in parents(child) if parent is table)
