"""Insert many rows as the driver likes it: one statement, plain tuples, every text cleaned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Table, text

from mailhelper_core.model.text import clean_text

Value = int | float | str | bytes | bool | None


def insert_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Value, ...]],
    *,
    or_ignore: bool = False,
) -> None:
    """Insert rows of driver-ready values; or_ignore skips rows whose unique key exists.

    Values pass no SQLAlchemy type: times are ints of microseconds, JSON is text.
    """
    if not rows:
        return
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
    statement = _statement(table.name, columns, connection.dialect.name, schema, or_ignore=or_ignore)
    connection.exec_driver_sql(statement, [tuple(map(_clean, row)) for row in rows])


def reserve_ids(connection: Connection, table: Table, count: int) -> range | list[int]:
    """Reserve ids for rows to be inserted in this transaction; never reused, even after a roll-back on PostgreSQL."""
    if count <= 0:
        return []
    if connection.dialect.name == "postgresql":
        name = connection.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": _qualified(connection, table)})
        rows = connection.execute(
            text("SELECT nextval(CAST(:s AS regclass)) FROM generate_series(1, :n)"), {"s": name, "n": count}
        )
        return [int(row[0]) for row in rows]
    found = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
    start = int(found or 0) + 1
    return range(start, start + count)


def _clean(value: Value) -> Value:
    return clean_text(value) if type(value) is str else value


def _qualified(connection: Connection, table: Table) -> str:
    schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
    return f'"{schema}"."{table.name}"' if schema else f'"{table.name}"'


@lru_cache(maxsize=128)
def _statement(name: str, columns: tuple[str, ...], dialect: str, schema: str | None, *, or_ignore: bool) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    target = f'"{schema}"."{name}"' if schema else f'"{name}"'
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join([mark] * len(columns))
    conflict = " ON CONFLICT DO NOTHING" if or_ignore else ""
    return f"INSERT INTO {target} ({names}) VALUES ({marks}){conflict}"  # noqa: S608 - names are ours
