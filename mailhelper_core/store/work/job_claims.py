"""Claims: one worker a job, fenced by the job's own counter and by the lease of what the job works on."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select, update

from mailhelper_core.errors import BusyError
from mailhelper_core.model.work.job import Job, JobState
from mailhelper_core.model.work.news import JobFinished
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import MICROS_A_SECOND, micros
from mailhelper_core.store.engine import wait_at_most
from mailhelper_core.store.lease import Lease, renew_lease
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work import job_turns, jobs, leases
from mailhelper_core.store.work.job_due import AT_SERVER, Due
from mailhelper_core.store.work.jobs import job_of, values

# A lease that is locked for longer is so by a write of the same job, which renews it; a slice's end waits for its beat.
BEAT_WAIT_SECONDS = 1.0
# How long the end of a slice waits for a transaction that stays open, before it is noted for a tick to write.
END_WAIT_SECONDS = 2.0
# A job whose last slice was cut so long ago has waited for others since, and begins anew to be watched.
CUT_SECONDS = 600.0
J = t.jobs.c


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in this worker's hands; number fences off whoever claims it later, or earlier.

    suspect is what the last worker was at when it ended, where the row names it and it is not left out by now.
    kinds are those that its worker serves, None for all.
    """

    job: Job
    number: int
    lease: Lease
    cursor: str
    suspect: str = ""
    kinds: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a claimed job, or of one whose worker is gone."""

    state: JobState
    not_before: int
    attempts: int
    error_code: str
    item: str
    skipped: tuple[str, ...]
    cursor: str | None = None  # None: as it was
    result: Mapping[str, int] | None = None
    progress: Progress | None = None


def claim_first(
    store: Store, connection: Connection, found: Iterable[Due], *, kinds: Collection[str] | None, seconds: float
) -> Claim | None:
    """Claim the first of these jobs that no other worker has taken meanwhile."""
    for due in found:
        claimed = claim(store, connection, due, seconds=seconds, holder=leases.new_holder())
        if claimed is not None:
            return replace(claimed, kinds=kinds)
    return None


def claim(store: Store, connection: Connection, due: Due, *, seconds: float, holder: str) -> Claim | None:
    """Take a job and its lease; None when another worker was faster. The attempt counts before any work is done."""
    now = store.now()
    locked = select(J.item).where(J.id == due.id, J.state == "queued").with_for_update(skip_locked=True)
    named: str | None = connection.scalar(locked)
    if named is None:
        return None
    token = leases.take(connection, due.resource, holder=holder, seconds=seconds, now=now)
    if token is None:
        return None
    number = connection.scalar(
        update(t.jobs)
        .where(J.id == due.id)
        .values(
            state="running", claims=J.claims + 1, attempts=J.attempts + 1, token=token, heartbeat_at=now, item="",
            started_at=func.coalesce(J.started_at, now), moved_at=_taken_up(now),
        )
        .returning(J.claims)
    )  # fmt: skip
    job_turns.served(connection, due.owner_id, now)
    row = connection.execute(values().where(J.id == due.id)).one()
    job = job_of(row)
    suspect = "" if named in job.skipped else named
    return Claim(job, int(number or 0), Lease(due.resource, holder, token, seconds), row.cursor, suspect)


def beat(
    store: Store,
    one: Claim,
    progress: Progress | None,
    *,
    item: str,
    cursor: str,
    is_ahead: bool,
    result: Mapping[str, int],
) -> bool:
    """Renew a claim, note how far it is, and answer whether its owner wants it to end; is_ahead resets the attempts.

    result is what all slices have counted until now: what this one did stays known if its worker dies.

    While the row is in somebody's open transaction, such as that of a host that cancels the job, nothing is noted: the
    lease lasts anew, and the next beat notes it. Raises BusyError "lease_lost" when the job is not this worker's any
    more.
    """
    changed: dict[str, object] = {"heartbeat_at": store.now(), "item": item, "cursor": cursor}
    changed["result"] = json.dumps(dict(result))
    changed |= _progress(progress) | {"moved_at": _moved(store.now(), progress, cursor)}
    if is_ahead:
        changed["attempts"] = 0
    unlocked = select(J.id).where(is_mine(one)).with_for_update(skip_locked=True).scalar_subquery()
    with store.begin() as connection:
        wait_at_most(connection, BEAT_WAIT_SECONDS)
        renew_lease(connection, one.lease, store.now())
        noted = update(t.jobs).where(J.id == unlocked).values(**changed).returning(J.cancel)
        asked: bool | None = connection.scalar(noted)
        if asked is None:  # taken over, or locked
            asked = connection.scalar(select(J.cancel).where(is_mine(one)))
    if asked is None:
        raise BusyError("Another worker has taken over this job.", code="lease_lost")
    return asked


def wants_end(store: Store, one: Claim) -> bool:
    """Say whether the owner asked for the end of a running job."""
    with store.read() as connection:
        return bool(connection.scalar(select(J.cancel).where(J.id == one.job.id)))


def is_paused(store: Store, one: Claim) -> bool:
    """Say whether a running job talks to the server of an account that its owner has paused meanwhile."""
    a = t.accounts.c
    paused = select(a.id).where(a.id == one.job.account_id, a.state == "paused")
    with store.read() as connection:
        return one.job.kind in AT_SERVER and connection.scalar(paused) is not None


def others_wait(store: Store, one: Claim) -> bool:
    """Say whether a job of another owner, of a kind that this worker serves, could run now."""
    with store.read() as connection:
        mine = connection.scalar(select(J.owner_id).where(J.id == one.job.id))
        return job_turns.does_another_wait(connection, store.now(), mine or 0, one.kinds)


def finish(store: Store, one: Claim, ending: Ending) -> Ending | None:
    """Write what became of a claimed job and give its lease back; None when it was taken over meanwhile.

    Raises NotFoundError when its owner has been erased.
    """
    # The host may have asked for the same job, or cancelled this one, in a transaction that it leaves open.
    with store.for_owner(one.job.owner).begin(wait_seconds=END_WAIT_SECONDS, makes_owner=False) as uow:
        connection = uow.connection
        mine = connection.execute(select(t.jobs).where(is_mine(one)).with_for_update()).first()
        written = None if mine is None else end(uow, mine, ending)
        leases.release_in(connection, one.lease)
        if mine is not None and written is not None:
            tell_end(uow, mine, written)
    return written


def tell_end(uow: UnitOfWork, row: Row[Any], ending: Ending) -> None:
    """Let readers of events and observers know how a job ended, if it did; the last statement of its transaction."""
    if ending.state == "queued":
        return
    seconds = max(0, (row.finished_at or uow.now) - row.created_at) / MICROS_A_SECOND
    finished = JobFinished(uow.owner, row.account_id, row.id, row.kind, ending.state, ending.error_code, seconds)
    jobs.tell_end(uow, finished)


def end(uow: UnitOfWork, row: Row[Any], ending: Ending) -> Ending:
    """Write an ending and answer it as it was written.

    A job that would wait again though its owner wants it to end is cancelled: nobody would ever claim it. One that
    would wait beside a queued twin leaves the work, and what is known about it, to that.
    """
    if ending.state == "queued" and row.cancel:
        ending = replace(ending, state="cancelled")
    elif ending.state == "queued" and (twin := _twin(uow.connection, row)):
        _leave_to(uow, twin, ending)
        ending = replace(ending, state="failed" if ending.error_code else "done")
    finished_at = None if ending.state == "queued" else uow.now
    values = {"state": ending.state, "finished_at": finished_at, "heartbeat_at": uow.now, **ended(row, ending)}
    uow.execute(update(t.jobs).where(J.id == row.id).values(**values))
    return ending


def ended(row: Row[Any], ending: Ending) -> dict[str, object]:
    """Answer what a row is set to by an ending, but for its state."""
    return {
        "not_before": ending.not_before, "attempts": ending.attempts, "error_code": ending.error_code,
        "item": ending.item, "skipped": json.dumps(ending.skipped), "rung_at": 0,
        "cursor": row.cursor if ending.cursor is None else ending.cursor,
        "result": row.result if ending.result is None else json.dumps(dict(ending.result)),
        **_progress(ending.progress),
    }  # fmt: skip


def _leave_to(uow: UnitOfWork, twin: Row[Any], ending: Ending) -> None:
    """Let a twin know what is left out, and what a worker has died at: else that ends as many workers once more."""
    skipped = tuple(dict.fromkeys((*json.loads(twin.skipped), *ending.skipped)))
    attempts = max(twin.attempts, ending.attempts)
    known: dict[str, object] = {"skipped": json.dumps(skipped), "attempts": attempts}
    if ending.error_code:
        known |= {"item": ending.item, "error_code": ending.error_code}
    if attempts:
        known["not_before"] = ending.not_before
    uow.execute(update(t.jobs).where(J.id == twin.id).values(**known))


def _progress(progress: Progress | None) -> dict[str, object]:
    return {} if progress is None else {"stage": progress.stage, "done": progress.done, "total": progress.total}


def _taken_up(now: int) -> ColumnElement[int]:
    """Answer since when a job that is claimed gets nowhere: a slice that was cut goes on, all else begins anew."""
    goes_on = and_(J.error_code == "", J.heartbeat_at > now - micros(CUT_SECONDS))
    return case((goes_on, func.coalesce(J.moved_at, now)), else_=now)


def _moved(now: int, progress: Progress | None, cursor: str) -> ColumnElement[int]:
    told = () if progress is None else (J.stage != progress.stage, J.done != progress.done, J.total != progress.total)
    return case((or_(J.cursor != cursor, *told), now), else_=J.moved_at)


def is_mine(one: Claim) -> ColumnElement[bool]:
    """Say of a job whether this claim still holds it."""
    return and_(J.id == one.job.id, J.claims == one.number, J.state == "running")


def _twin(connection: Connection, row: Row[Any]) -> Any:
    same = and_(J.resource == row.resource, J.kind == row.kind, J.state == "queued")
    return connection.execute(select(J.id, J.attempts, J.skipped).where(same)).first()
