"""The look at all jobs: whose worker is gone, which bells to ring, whose work nobody asked for, what may be erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
    update,
)

from mailhelper_core.errors import BusyError, NotFoundError
from mailhelper_core.model.work.job import Bell, Job
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import is_over, micros
from mailhelper_core.store.faults import ROW_LOCKED
from mailhelper_core.store.owner_key import HIDDEN
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_ends, leases
from mailhelper_core.store.work.job_claims import Ending, end, tell_end
from mailhelper_core.store.work.job_due import is_due
from mailhelper_core.store.work.jobs import IS_OPEN, IS_QUEUED, IS_STANDING, job_of, values
from mailhelper_core.store.work.outbox import FOR_A_SYNC, IS_UNFINISHED
from mailhelper_core.store.written_out import is_word

# Rows of one transaction, so that a write lock stays short.
BATCH = 200
# What is kept for a month or a quarter is looked through once a day.
UPKEEP_SECONDS = 86_400.0
# A tick looks after all owners and passes over what somebody's open transaction holds; a commit takes less.
TICK_WAIT_SECONDS = 0.2
# The kinds of jobs that let rules act.
_RULING = ("apply_rules", "run")
J = t.jobs.c
A = t.accounts.c


def reap(store: Store, decide: Callable[[Job], Ending]) -> int:
    """Take back running jobs whose lease has expired or is another's, or whose end is only noted; answer how many."""
    with store.read() as connection:
        found = connection.execute(_abandoned(connection, store.now())).all()
    return sum(_done(partial(_reap, store, row, decide)) for row in found)


def _reap(store: Store, seen: Row[Any], decide: Callable[[Job], Ending]) -> bool:
    with store.for_owner(seen.key).begin(wait_seconds=TICK_WAIT_SECONDS, makes_owner=False) as uow:
        again = _abandoned(uow.connection, uow.now).where(J.id == seen.id, J.claims == seen.claims)
        row = uow.one(again.with_for_update(of=t.jobs, skip_locked=True))
        if row is None:
            return False
        tell_end(uow, row, end(uow, row, job_ends.noted(row) or decide(job_of(row))))
    return True


def _done(step: Callable[[], bool]) -> bool:
    """Do one step of a tick; what a transaction that stays open holds is left to the next tick."""
    try:
        return step()
    except NotFoundError:  # its owner was erased since it was read
        return False
    except BusyError as exc:
        if exc.code != ROW_LOCKED:
            raise
        return False


def tell_ends(store: Store) -> None:
    """Tell how jobs ended whose owner somebody held at that time."""
    with store.read() as connection:
        found = connection.execute(values().where(job_ends.IS_UNTOLD).limit(BATCH)).all()
    for row in found:
        _done(partial(job_ends.tell, store, row, TICK_WAIT_SECONDS))


def drop_unwanted(store: Store) -> int:
    """Cancel queued jobs whose owner wants them to end, which nobody claims; answer how many.

    Older programs could leave such rows; each stands in the way of every later job of its kind.
    """
    with store.read() as connection:
        found = connection.execute(values().where(_is_unwanted()).limit(BATCH)).all()
    return sum(_done(partial(_drop, store, row)) for row in found)


def _drop(store: Store, seen: Row[Any]) -> bool:
    with store.for_owner(seen.key).begin(wait_seconds=TICK_WAIT_SECONDS, makes_owner=False) as uow:
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
        # Each walks the index of bells to the limit. A clock that was ahead has rung nobody.
        ways = (J.rung_at > now, J.rung_at <= now - micros(again_seconds))
        ids = [id_ for way in ways for id_ in connection.scalars(_unheard(connection, now, way).limit(limit))][:limit]
        still = select(J.id, J.kind).where(J.id.in_(ids), IS_QUEUED, or_(*ways))
        locked = connection.execute(still.with_for_update(skip_locked=True))
        found = sorted(locked.all(), key=lambda row: ids.index(row.id))
        connection.execute(update(t.jobs).where(J.id.in_([row.id for row in found])).values(rung_at=now))
    return [Bell(row.id, row.kind) for row in found]


def _unheard(connection: Connection, now: int, way: ColumnElement[bool]) -> Select[Any]:
    return (
        select(J.id)
        .where(way, is_due(connection, now))
        .outerjoin(t.leases, t.leases.c.resource == J.resource)
        .outerjoin(t.accounts, A.id == J.account_id)
        .order_by(J.rung_at, J.id)
    )


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
        # What waits for a sync and was tried since the last one would only log in and find the same.
        is_of_use = or_(o.error_code.not_in(FOR_A_SYNC), func.coalesce(o.not_before, 0) <= A.last_success_at)
        asked_for = exists().where(J.account_id == A.id, IS_OPEN, J.kind.in_(("deliver", "run")))
        in_use = and_(A.state.not_in(("paused", "needs_auth")), is_over(A.not_before, now))
        waiting = (
            select(t.owners.c.key, A.id)
            .select_from(t.outbox)
            .join(t.accounts, A.id == o.account_id)
            .join(t.owners, t.owners.c.id == A.owner_id)
            .where(IS_UNFINISHED, is_over(o.not_before, now), is_of_use, in_use, ~asked_for)
            .distinct()
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
        account = _accounts_that_wait()
        its = select(account.c.account_id.label("id")).where(account.c.account_id.is_not(None)).cte("its")
        asked_for = exists().where(J.account_id == its.c.id, IS_OPEN, J.kind.in_(_RULING))
        # A look-up in an index for each account, and one message of those it finds: an EXISTS may become a join of all
        # messages. What the cap holds back, however much, is older than the last look and not met.
        since = [w.not_before > _last(kind, its.c.id) for kind in _RULING]
        due = (
            select(w.message_id)
            .join(t.messages, m.id == w.message_id)
            .where(w.account_id == its.c.id, w.not_before <= store.now(), m.orphaned_at.is_(None), *since)
            .limit(1)
            .correlate(its)
            .scalar_subquery()
        )
        waiting = (
            select(t.owners.c.key, A.id)
            .select_from(its)
            .join(t.accounts, A.id == its.c.id)
            .join(t.owners, t.owners.c.id == A.owner_id)
            .where(A.state != "paused", ~asked_for, due.is_not(None))
            .order_by(A.id)
            .limit(limit)
        )
        return [(row.key, row.id) for row in connection.execute(waiting)]


def _accounts_that_wait() -> CTE:
    """Answer the accounts with mail that waits for a rule, and None at the end: one step in the index for each."""
    w = t.rule_waits.c
    first = select(func.min(w.account_id).label("account_id")).cte("accounts_that_wait", recursive=True)
    more = t.rule_waits.alias().c
    following = select(func.min(more.account_id)).where(more.account_id > first.c.account_id)
    step = select(following.correlate(first).scalar_subquery()).where(first.c.account_id.is_not(None))
    return first.union_all(step)


def unmaintained(store: Store, limit: int) -> list[str]:
    """Answer owners without a maintenance job in the last day."""
    with store.read() as connection:
        day_ago = store.now() - micros(UPKEEP_SECONDS)
        # One asked for since then is open or has ended since then: two indexes, which an OR would not use.
        cared_for = [
            select(J.owner_id).where(J.kind == "maintenance", J.created_at > day_ago, one)
            for one in (IS_OPEN, J.finished_at > day_ago)
        ]
        hidden = t.owners.c.key.startswith(HIDDEN, autoescape=True)
        nobody = [t.owners.c.id.not_in(owners) for owners in cared_for]
        waiting = select(t.owners.c.key).where(*nobody, ~hidden).order_by(t.owners.c.id).limit(limit)
        return list(connection.scalars(waiting))


def erase(store: Store, *, keep_seconds: float) -> int:
    """Erase jobs that ended long ago, a batch of them; answer how many."""
    with store.begin() as connection:
        old = select(J.id).where(J.finished_at < store.now() - micros(keep_seconds)).limit(BATCH)
        return int(connection.execute(delete(t.jobs).where(J.id.in_(old))).rowcount)


def stuck(store: Store, *, late_seconds: float, idle_seconds: float) -> list[Job]:
    """Answer jobs that somebody should look at: quarantined, without a worker, due or at work for long; oldest first.

    At work for long is one that has got no further for `idle_seconds`, though its worker lives.

    A quarantined one is over when another of its kind has ended well since.
    """
    with store.read() as connection:
        now = store.now()
        late = (
            select(J.id)
            .outerjoin(t.leases, t.leases.c.resource == J.resource)
            .outerjoin(t.accounts, A.id == J.account_id)
            .where(is_due(connection, now), J.not_before <= now - micros(late_seconds))
        )
        gone = _abandoned(connection, now).with_only_columns(J.id).subquery()
        quarantined = select(J.id).where(IS_STANDING, J.state == "quarantined", ~_is_done_since())
        found = union_all(quarantined, late, select(gone.c.id), select(J.id).where(_is_idle(now, idle_seconds)))
        statement = values().where(J.id.in_(found)).order_by(J.id).limit(BATCH)
        return [job_of(row) for row in connection.execute(statement)]


def count_idle(store: Store, idle_seconds: float) -> int:
    """Count the jobs at work that have got no further for so long."""
    with store.read() as connection:
        return int(connection.scalar(select(func.count()).where(_is_idle(store.now(), idle_seconds))) or 0)


def get(store: Store, job_id: int) -> Job | None:
    """Answer a job of any owner."""
    with store.read() as connection:
        row = connection.execute(values().where(J.id == job_id)).first()
        return job_of(row) if row is not None else None


def _last(kind: str, account_id: ColumnElement[int]) -> ColumnElement[int]:
    """Answer when a job of a kind was last asked for, for an account of the statement around it; 0 for never."""
    last = select(func.max(J.created_at)).where(J.account_id == account_id, J.kind == kind)
    return func.coalesce(last.correlate_except(t.jobs).scalar_subquery(), 0)


def _is_done_since() -> ColumnElement[bool]:
    later = t.jobs.alias().c
    same = and_(later.owner_id == J.owner_id, later.resource == J.resource, later.kind == J.kind)
    return exists().where(same, later.id > J.id, later.state == "done")


def _is_idle(now: int, idle_seconds: float) -> ColumnElement[bool]:
    return and_(is_word(J.state, "running"), J.moved_at <= now - micros(idle_seconds))


def _is_unwanted() -> ColumnElement[bool]:
    return and_(IS_QUEUED, J.cancel == true())


def _abandoned(connection: Connection, now: int) -> Any:
    mine = and_(t.leases.c.resource == J.resource, t.leases.c.token == J.token)
    alive = select(t.leases.c.token).where(mine, leases.is_held(connection, now)).correlate(t.jobs).exists()
    return values().where(J.state == "running", ~alive).limit(BATCH)
