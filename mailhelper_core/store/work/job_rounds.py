"""The look at all jobs: whose worker is gone, which bells to ring, which accounts are due, what may be erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from mailhelper_core.model.work.job import Bell, Job, account_resource
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import micros
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from mailhelper_core.store.work.job_claims import Ending, end, is_due, tell_end
from mailhelper_core.store.work.jobs import job_of, values
from mailhelper_core.store.work.outbox import UNFINISHED

# Rows of one transaction, so that a write lock stays short.
BATCH = 200
# An account whose job was taken out of circulation is not polled into the same trap for a day.
QUARANTINE_SECONDS = 86_400.0
# What is kept for a month or a quarter is looked through once a day.
UPKEEP_SECONDS = 86_400.0
# A claimed poll that dies is due again after this long.
POLL_AGAIN_SECONDS = 60.0
J = t.jobs.c
A = t.accounts.c


def reap(store: Store, decide: Callable[[Job], Ending]) -> int:
    """Take back running jobs whose lease has expired or is another's, and answer how many."""
    with store.read() as connection:
        found = connection.execute(_abandoned(connection, store.now())).all()
    return sum(_reap(store, row, decide) for row in found)


def _reap(store: Store, seen: Row[Any], decide: Callable[[Job], Ending]) -> bool:
    with store.for_owner(seen.key).begin() as uow:
        again = _abandoned(uow.connection, uow.now).where(J.id == seen.id, J.claims == seen.claims)
        row = uow.one(again.with_for_update(of=t.jobs, skip_locked=True))
        if row is None:
            return False
        tell_end(uow, row, end(uow, row, decide(job_of(row))))
    return True


def drop_unwanted(store: Store) -> int:
    """Cancel queued jobs whose owner wants them to end, which nobody claims; answer how many.

    Older programs could leave such rows; each stands in the way of every later job of its kind.
    """
    with store.read() as connection:
        found = connection.execute(values().where(_is_unwanted()).limit(BATCH)).all()
    return sum(_drop(store, row) for row in found)


def _drop(store: Store, seen: Row[Any]) -> bool:
    with store.for_owner(seen.key).begin() as uow:
        still = values().where(_is_unwanted(), J.id == seen.id)
        row = uow.one(still.with_for_update(of=t.jobs, skip_locked=True))
        if row is None:
            return False
        tell_end(uow, row, end(uow, row, _as_it_is(row)))
    return True


def _as_it_is(row: Row[Any]) -> Ending:
    skipped = tuple(json.loads(row.skipped))
    return Ending("queued", row.not_before, row.attempts, row.error_code, row.item, skipped)


def ring(store: Store, *, again_seconds: float, limit: int) -> list[Bell]:
    """Answer jobs that are due and whose bell is too old, the oldest bell first; they count as rung.

    Jobs that nobody hears, such as those of a queue without a worker, so take their turn with all others.
    """
    with store.begin() as connection:
        now = store.now()
        last_rung = case((J.rung_at > now, 0), else_=J.rung_at)  # a clock that was ahead has rung nobody
        unheard = or_(J.rung_at <= now - micros(again_seconds), J.rung_at > now)
        waiting = (
            select(J.id, J.kind)
            .where(is_due(connection, now), unheard)
            .outerjoin(t.job_turns, t.job_turns.c.owner_id == J.owner_id)
            .outerjoin(t.leases, t.leases.c.resource == J.resource)
            .outerjoin(t.accounts, A.id == J.account_id)
            .order_by(last_rung, func.coalesce(t.job_turns.c.served_at, 0), J.id)
            .limit(limit)
        )
        found = connection.execute(waiting.with_for_update(of=t.jobs, skip_locked=True)).all()
        connection.execute(update(t.jobs).where(J.id.in_([row.id for row in found])).values(rung_at=now))
    return [Bell(row.id, row.kind) for row in found]


def waiting_for(store: Store, resource: str) -> list[Bell]:
    """Answer the jobs that could not be claimed while this resource was taken, and can be now."""
    with store.read() as connection:
        waiting = (
            select(J.id, J.kind)
            .where(J.resource == resource, is_due(connection, store.now()))
            .outerjoin(t.leases, t.leases.c.resource == J.resource)
            .outerjoin(t.accounts, A.id == J.account_id)
            .order_by(J.id)
        )
        return [Bell(row.id, row.kind) for row in connection.execute(waiting)]


def undelivered(store: Store, limit: int) -> list[tuple[str, int]]:
    """Answer accounts (owner's key, id) with operations that may be delivered now and no job that would do it."""
    o = t.outbox.c
    with store.read() as connection:
        now = store.now()
        may_go = and_(o.state.in_(UNFINISHED), func.coalesce(o.not_before, 0) <= now)
        asked_for = select(J.id).where(
            J.account_id == A.id, J.kind.in_(("deliver", "run")), J.state.in_(("queued", "running"))
        )
        in_use = and_(A.state.not_in(("paused", "needs_auth")), func.coalesce(A.not_before, 0) <= now)
        waiting = (
            select(t.owners.c.key, A.id)
            .join(t.owners, t.owners.c.id == A.owner_id)
            .where(A.id.in_(select(o.account_id).where(may_go)), in_use, ~asked_for.exists())
            .order_by(A.id)
            .limit(limit)
        )
        return [(row.key, row.id) for row in connection.execute(waiting)]


def old_enough(store: Store, limit: int) -> list[tuple[str, int]]:
    """Answer accounts (owner's key, id) with mail that is old enough for a rule with a delay since nobody ruled on it.

    What the cap on destructive actions holds back waits for the next run, and wakes nobody a second time.
    """
    w, m = t.rule_waits.c, t.messages.c
    with store.read() as connection:
        ruled = select(J.id).where(
            J.account_id == w.account_id,
            J.kind.in_(("apply_rules", "run")),
            or_(J.created_at >= w.not_before, J.state.in_(("queued", "running"))),
        )
        due = (
            select(w.message_id)
            .join(t.messages, m.id == w.message_id)
            .where(w.account_id == A.id, w.not_before <= store.now(), m.orphaned_at.is_(None), ~ruled.exists())
        )
        waiting = (
            select(t.owners.c.key, A.id)
            .join(t.owners, t.owners.c.id == A.owner_id)
            .where(A.state != "paused", due.exists())
            .order_by(A.id)
            .limit(limit)
        )
        return [(row.key, row.id) for row in connection.execute(waiting)]


def unmaintained(store: Store, limit: int) -> list[str]:
    """Answer owners without a maintenance job in the last day."""
    with store.read() as connection:
        recent = J.created_at > store.now() - micros(UPKEEP_SECONDS)
        cared_for = select(J.id).where(J.owner_id == t.owners.c.id, J.kind == "maintenance", recent)
        waiting = select(t.owners.c.key).where(~cared_for.exists()).order_by(t.owners.c.id).limit(limit)
        return list(connection.scalars(waiting))


def polls_due(store: Store, limit: int) -> int:
    """Answer how many accounts are due for a poll, up to a limit."""
    with store.read() as connection:
        some = select(A.id).where(_is_poll_due(connection, store.now())).limit(limit).subquery()
        return int(connection.scalar(select(func.count()).select_from(some)) or 0)


def claim_poll(store: Store, *, seconds: float, holder: str) -> tuple[str, int, Lease] | None:
    """Take the account that has been due longest, with its lease; answer its owner's key and its id."""
    with store.begin() as connection:
        now = store.now()
        longest_due = (
            select(A.id, t.owners.c.key)
            .join(t.owners, t.owners.c.id == A.owner_id)
            .where(_is_poll_due(connection, now))
            .order_by(func.coalesce(A.next_poll_at, 0), A.id)
            .limit(1)
        )
        row = connection.execute(longest_due.with_for_update(of=t.accounts, skip_locked=True)).first()
        if row is None:
            return None
        resource = account_resource(row.id)
        token = leases.take(connection, resource, holder=holder, seconds=seconds, now=now)
        if token is None:
            return None
        again = now + micros(POLL_AGAIN_SECONDS)
        connection.execute(update(t.accounts).where(A.id == row.id).values(next_poll_at=again))
    return row.key, row.id, Lease(resource, holder, token, seconds)


def erase(store: Store, *, keep_seconds: float) -> int:
    """Erase jobs that ended long ago, a batch of them; answer how many."""
    with store.begin() as connection:
        old = select(J.id).where(J.finished_at < store.now() - micros(keep_seconds)).limit(BATCH)
        return int(connection.execute(delete(t.jobs).where(J.id.in_(old))).rowcount)


def stuck(store: Store, *, late_seconds: float) -> list[Job]:
    """Answer jobs that somebody should look at: quarantined, without a worker, or due for long; oldest first."""
    with store.read() as connection:
        now = store.now()
        late = and_(J.state == "queued", J.not_before <= now - micros(late_seconds))
        gone = J.id.in_(_abandoned(connection, now).with_only_columns(J.id))
        statement = values().where(or_(J.state == "quarantined", late, gone)).order_by(J.id).limit(BATCH)
        return [job_of(row) for row in connection.execute(statement)]


def get(store: Store, job_id: int) -> Job | None:
    """Answer a job of any owner."""
    with store.read() as connection:
        row = connection.execute(values().where(J.id == job_id)).first()
        return job_of(row) if row is not None else None


def _is_unwanted() -> ColumnElement[bool]:
    return and_(J.state == "queued", J.cancel == true())


def _abandoned(connection: Connection, now: int) -> Any:
    mine = and_(t.leases.c.resource == J.resource, t.leases.c.token == J.token)
    alive = select(t.leases.c.token).where(mine, leases.is_held(connection, now)).correlate(t.jobs).exists()
    return values().where(J.state == "running", ~alive).limit(BATCH)


def _is_poll_due(connection: Connection, now: int) -> ColumnElement[bool]:
    """Say of an account whether it may be polled now: in use, its time has come, nobody works on it."""
    time_has_come = or_(func.coalesce(A.next_poll_at, 0) <= now, func.coalesce(A.last_success_at, 0) > now)
    at_it = or_(
        J.state.in_(("queued", "running")),
        and_(J.state == "quarantined", J.finished_at > now - micros(QUARANTINE_SECONDS)),
    )
    worked_on = select(J.id).where(J.account_id == A.id, J.kind.in_(("run", "sync")), at_it).exists()
    held = select(t.leases.c.token).where(
        t.leases.c.resource == literal("account:") + cast(A.id, String), leases.is_held(connection, now)
    )
    in_use = A.state.not_in(("paused", "needs_auth"))
    return and_(in_use, func.coalesce(A.not_before, 0) <= now, time_has_come, ~worked_on, ~held.exists())
