"""Insert and look up many rows as the driver likes it: one statement, plain tuples, every text cleaned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, text

from mailhelper_core.model.mail.text import clean_text

# Bind parameters of one statement: SQLite allowed 999 before 3.32, and longer lists gain nothing.
MAX_VALUES = 500

T = TypeVar("T")
Value = int | float | str | bytes | bool | None


def insert_rows(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Value, ...]],
    *,
    or_ignore: bool = False,
    is_clean: bool = False,
) -> int:
    """Insert rows of driver-ready values and answer how many; or_ignore skips rows whose unique key exists.

    Values pass no SQLAlchemy type: times are ints of microseconds, JSON is text. is_clean says that every text came
    out of `clean_text` already: long ones cost more to clean again than to insert.
    """
    if not rows:
        return 0
    statement = _statement(table.name, columns, connection.dialect.name, _schema(connection), or_ignore=or_ignore)
    values = list(rows) if is_clean else [_cleaned(row) for row in rows]
    return connection.exec_driver_sql(statement, values).rowcount


def select_among(
    connection: Connection, template: str, *, fixed: tuple[Value, ...], values: Sequence[Value]
) -> list[Sequence[Any]]:
    """Select rows by a list of values; SQLAlchemy's expanding IN costs more than the query, 10 us a value.

    template is SQL with ? for the fixed values, then {values}, and {schema} in front of table names.
    """
    schema = _schema(connection)
    found: list[Sequence[Any]] = []
    for some in chunks(values):
        statement = template.format(schema=f'"{schema}".' if schema else "", values=", ".join("?" * len(some)))
        if connection.dialect.name == "postgresql":
            statement = statement.replace("?", "%s")
        found += connection.exec_driver_sql(statement, (*fixed, *some))
    return found


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the values in runs that fit one IN list."""
    for start in range(0, len(values), MAX_VALUES):
        yield values[start : start + MAX_VALUES]


def reserve_ids(connection: Connection, table: Table, count: int) -> range | list[int]:
    """Reserve ids for rows to be inserted in this transaction; never reused, even after a roll-back on PostgreSQL."""
    if count <= 0:
        return []
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text("SELECT nextval(CAST(:s AS regclass)) FROM generate_series(1, :n)"),
            {"s": sequence_name(connection, table), "n": count},
        )
        return [int(row[0]) for row in rows]
    found = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
    start = int(found or 0) + 1
    return range(start, start + count)


def sequence_name(connection: Connection, table: Table, column: str = "id") -> str | None:
    """Answer the quoted name of the sequence that PostgreSQL draws a table's ids from, None where there is none."""
    named = {"t": qualified(connection, table.name), "c": column}
    found: str | None = connection.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), named)
    return found


def _cleaned(row: tuple[Value, ...]) -> tuple[Value, ...]:
    return tuple([clean_text(value) if type(value) is str else value for value in row])


def qualified(connection: Connection, name: str) -> str:
    """Answer a name of our schema as SQL text has it."""
    schema = _schema(connection)
    return f'"{schema}"."{name}"' if schema else f'"{name}"'


def _schema(connection: Connection) -> str | None:
    schema: str | None = (connection.get_execution_options().get("schema_translate_map") or {}).get(None)
    return schema


@lru_cache(maxsize=128)
def _statement(name: str, columns: tuple[str, ...], dialect: str, schema: str | None, *, or_ignore: bool) -> str:
    mark = "?" if dialect == "sqlite" else "%s"
    target = f'"{schema}"."{name}"' if schema else f'"{name}"'
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join([mark] * len(columns))
    conflict = " ON CONFLICT DO NOTHING" if or_ignore else ""
    return f"INSERT INTO {target} ({names}) VALUES ({marks}){conflict}"  # noqa: S608 - names are ours
