"""Whose clock leases go by: the database server's where several machines share one, else the store's."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, cast, extract, func, literal

from mailhelper_core.store.schema.types import BigInt

MICROS_A_SECOND = 1_000_000


def lease_now(connection: Connection, now: int) -> ColumnElement[int]:
    """Answer the moment as an expression: PostgreSQL's own time, on SQLite the `now` given."""
    return lease_clock("postgresql") if connection.dialect.name == "postgresql" else literal(now, BigInt)


def lease_clock(dialect: str) -> ColumnElement[int]:
    """Answer the same for a statement that is built once: on SQLite it is given the moment as `now`."""
    if dialect == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()) * MICROS_A_SECOND, BigInteger)
    return bindparam("now", type_=BigInt)


def micros(seconds: float) -> int:
    """Answer a duration in microseconds."""
    return int(seconds * MICROS_A_SECOND)
