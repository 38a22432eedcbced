"""A row that says nothing, in a table that is empty: seen by nobody, it is what PostgreSQL's planner samples."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Integer, LargeBinary, Table, and_, delete, insert, text

from mailhelper_core.store.schema.kin import parents

# Of the host's own: it would hear of a row that there is not.
_TRIGGERS = text(
    "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = CAST(:name AS regclass))"
)


class BlankRows:
    """Rows of a table and of those that it refers to, for one transaction that takes them away again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: dict[Table, dict[str, Any]] = {}

    def insert(self, table: Table) -> None:
        """Insert one row, behind those that it needs."""
        if table in self._made:
            return
        values: dict[str, Any] = {}
        for column, parent in parents(table):
            if not column.nullable:
                self.insert(parent)
                values[column.name] = self._made[parent]["id"]
        values |= {column.name: _nothing(column) for column in table.c if _is_needed(column, values)}
        made = self._connection.execute(insert(table).values(values).returning(*table.primary_key))
        self._made[table] = dict(made.mappings().one())

    def remove(self) -> None:
        """Delete what was inserted."""
        for table in reversed(self._made):
            mine = and_(*(table.c[name] == value for name, value in self._made[table].items()))
            self._connection.execute(delete(table).where(mine))


def is_heard(connection: Connection, table: Table, schema: str) -> bool:
    """Say whether a trigger of the host's would hear of such a row, there or where it refers to."""
    if connection.scalar(_TRIGGERS, {"name": f"{schema}.{table.name}"}):
        return True
    needed = [parent for column, parent in parents(table) if not column.nullable]
    return any(is_heard(connection, parent, schema) for parent in needed)


def _is_needed(column: Column[Any], given: dict[str, Any]) -> bool:
    is_drawn = column.primary_key and column.name == "id"
    return not (column.nullable or is_drawn or column.server_default is not None or column.name in given)


def _nothing(column: Column[Any]) -> Any:
    kinds = ((Boolean, False), (LargeBinary, b""), (Float, 0.0), (Integer, 0))
    return next((nothing for kind, nothing in kinds if isinstance(column.type, kind)), "")
