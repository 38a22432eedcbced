"""Whose clock leases go by: the database server's where several machines share one, else the store's."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, cast, extract, func, literal, not_

from mailhelper_core.errors import LONGEST_WAIT_SECONDS
from mailhelper_core.store.schema.types import BigInt

MICROS_A_SECOND = 1_000_000
# A time that is further ahead was written by a clock that was wrong; clocks may differ by a day.
_FURTHEST = int((LONGEST_WAIT_SECONDS + 86_400.0) * MICROS_A_SECOND)


def lease_now(connection: Connection, now: int) -> ColumnElement[int]:
    """Answer the moment as an expression: PostgreSQL's own time, on SQLite the `now` given."""
    return lease_clock("postgresql") if connection.dialect.name == "postgresql" else literal(now, BigInt)


def lease_clock(dialect: str) -> ColumnElement[int]:
    """Answer the same for a statement that is built once: on SQLite it is given the moment as `now`."""
    if dialect == "postgresql":
        return cast(extract("epoch", func.clock_timestamp()) * MICROS_A_SECOND, BigInteger)
    return bindparam("now", type_=BigInt)


def is_over(until: ColumnElement[int], now: int) -> ColumnElement[bool]:
    """Say of a time to wait for, None for no wait, whether it has come; one that a wrong clock has written counts."""
    return not_(func.coalesce(until, 0).between(now + 1, now + _FURTHEST))


def is_too_far(until: ColumnElement[int], now: int) -> ColumnElement[bool]:
    """Say of a time to wait for whether a wrong clock has written it, which an index of the column answers."""
    return until > now + _FURTHEST


def is_wait_over(until: int | None, now: int) -> bool:
    """Say the same of a value."""
    return not now < (until or 0) <= now + _FURTHEST


def no_longer(until: int, now: int) -> int:
    """Answer the end of a wait, which is cut to the longest there is."""
    return min(until, now + micros(LONGEST_WAIT_SECONDS))


def micros(seconds: float) -> int:
    """Answer a duration in microseconds."""
    return int(seconds * MICROS_A_SECOND)


def seconds_ahead(before: int, theirs: int, after: int) -> float:
    """Answer by how much a clock that showed `before` and `after` is ahead of one asked between; 0 where both agree."""
    return (max(0, before - theirs) - max(0, theirs - after)) / MICROS_A_SECOND
