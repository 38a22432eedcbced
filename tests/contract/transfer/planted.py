"""A row in every table where an owner has none yet, made from the tables themselves: a new table is not forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, func, insert, select
from sqlalchemy.types import Boolean, Float, Integer

from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import make_engine
from mailhelper_core.store.moving import catalog


def plant(url: str, owner: str, canary: str) -> None:
    """Give the owner a row of every table that holds rows of owners; its texts and octets are the canary."""
    engine = make_engine(url)
    with engine.begin() as connection:
        owner_id = connection.execute(select(t.owners.c.id).where(t.owners.c.key == owner)).scalar_one()
        for table in reversed(catalog.erased()):
            if not connection.scalar(select(func.count()).select_from(table).where(catalog.owned(table, owner_id))):
                connection.execute(insert(table).values(_row(connection, table, owner_id, canary)))
    engine.dispose()


def _row(connection: Connection, table: Table, owner_id: int, canary: str) -> dict[str, Any]:
    refers = catalog.references(table)
    return {
        column.name: _id(connection, refers[column.name], owner_id)
        if column.name in refers
        else owner_id
        if column.name == "owner_id"
        else _value(column, canary)
        for column in table.c
        if not (column.name == "id" and column.primary_key)
    }


def _id(connection: Connection, name: str, owner_id: int) -> int:
    parent = t.metadata.tables[t.PREFIX + name]
    return connection.execute(select(func.max(parent.c.id)).where(catalog.owned(parent, owner_id))).scalar_one() or 0


def _value(column: Column[Any], canary: str) -> object:
    if isinstance(column.type, LargeBinary):
        return canary.encode()
    if isinstance(column.type, Boolean):
        return True
    return 1 if isinstance(column.type, Integer | Float) else canary
