"""Which queued jobs may be claimed: their time has come, nobody holds what they work on, its server is ready."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    cast,
    false,
    func,
    or_,
    select,
)

from mailhelper_core.model.work.job import LANES
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import is_over
from mailhelper_core.store.work import leases
from mailhelper_core.store.work.jobs import IS_QUEUED

# Jobs of one owner that one claim looks at: a few more than there are workers that look at the same time.
CANDIDATES = 50
J = t.jobs.c
AT_SERVER = tuple(kind for kind, lane in LANES.items() if lane == "server")


@dataclass(frozen=True, slots=True)
class Due:
    """A job that is due and whose resource is free."""

    id: int
    owner_id: int
    kind: str
    resource: str


def due_of(connection: Connection, now: int, owner_id: int, kinds: Collection[str] | None) -> list[Due]:
    """Answer the jobs of an owner that may be claimed now, of some kinds or of all: those due longest."""
    statement = may_be_claimed(select(J.id, J.owner_id, J.kind, J.resource), connection, now, kinds)
    its = statement.where(J.owner_id == owner_id).order_by(J.not_before, J.id).limit(CANDIDATES)
    return [Due(*row) for row in connection.execute(its)]


def due_one(connection: Connection, now: int, job_id: int, kinds: Collection[str] | None) -> list[Due]:
    """Answer the job given if it may be claimed now."""
    statement = may_be_claimed(select(J.id, J.owner_id, J.kind, J.resource), connection, now, kinds)
    return [Due(*row) for row in connection.execute(statement.where(J.id == job_id))]


def lock_first(connection: Connection, job_ids: Sequence[int]) -> int | None:
    """Lock the first of these queued jobs that nobody holds, and answer it; the others are left to others.

    SQLite has one writer: nobody else holds any.
    """
    if connection.dialect.name == "sqlite" or not job_ids:
        return next(iter(job_ids), None)
    ids = cast(list(job_ids), ARRAY(BigInteger))
    # Locked behind the sort and before the limit: one row, and not what was looked at.
    first = select(J.id).where(J.id == any_(ids), IS_QUEUED).order_by(func.array_position(ids, J.id)).limit(1)
    found: int | None = connection.scalar(first.with_for_update(skip_locked=True))
    return found


def may_be_claimed(
    statement: Select[Any], connection: Connection, now: int, kinds: Collection[str] | None
) -> Select[Any]:
    """Narrow a statement over jobs to those that may be claimed now, of some kinds or of all."""
    narrowed = (
        statement.where(is_due(connection, now))
        .outerjoin(t.leases, t.leases.c.resource == J.resource)
        .outerjoin(t.accounts, t.accounts.c.id == J.account_id)
    )
    return narrowed if kinds is None else narrowed.where(J.kind.in_(kinds))


def is_due(connection: Connection, now: int) -> ColumnElement[bool]:
    """Say of a queued job, joined with leases and accounts, whether it may be claimed.

    A time that a clock which was ahead has written counts as past.
    """
    time_has_come = or_(J.not_before <= now, J.created_at > now, func.coalesce(J.heartbeat_at, 0) > now)
    lease_is_free = or_(t.leases.c.resource.is_(None), ~leases.is_held(connection, now))
    return and_(IS_QUEUED, J.cancel == false(), time_has_come, lease_is_free, _server_is_ready(now))


def _server_is_ready(now: int) -> ColumnElement[bool]:
    # A server that is away has a time of its own before which nobody asks; what only thinks does not wait for it.
    a = t.accounts.c
    ready = and_(a.state != "paused", is_over(a.not_before, now))
    return or_(J.kind.not_in(AT_SERVER), a.id.is_(None), ready)
