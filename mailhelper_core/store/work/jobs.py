"""Jobs of one owner: asked for once each, listed, cancelled; what claims them is in `job_claims`."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, select, update

from mailhelper_core.errors import ConflictError, NotFoundError
from mailhelper_core.model.work.job import Job, JobState
from mailhelper_core.model.work.news import JobFinished
from mailhelper_core.model.work.report import Page, Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.mind import schedules
from mailhelper_core.store.paging import id_after
from mailhelper_core.store.schema.jobs import STANDING
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros, moment
from mailhelper_core.store.work import events
from mailhelper_core.store.written_out import is_any, is_word

# Written so that their index is found, which others of a month do not fill.
IS_STANDING = is_any(t.jobs.c.state, STANDING)
IS_QUEUED = is_word(t.jobs.c.state, "queued")
IS_OPEN = and_(IS_STANDING, t.jobs.c.state != "quarantined")
_COLUMNS = ("owner_id", "account_id", "kind", "resource", "state", "not_before", "rung_at", "created_at")
# A queued job may be claimed between two looks at it; so often in a row it is not.
_ATTEMPTS = 5


def submit(uow: UnitOfWork, kind: str, account_id: int | None, resource: str, *, is_rung: bool = True) -> int:
    """Queue a job, or find the one that is queued already; answer its id.

    It counts as rung where who submits rings the bell; a bell that is lost, or never was, is rung by a tick.
    One that was found is not claimed before the caller's transaction ends: its worker reads what that has written.
    """
    row = (uow.owner_id, account_id, kind, resource, "queued", uow.now, uow.now if is_rung else 0, uow.now)
    j = t.jobs.c
    for _ in range(_ATTEMPTS):
        insert_rows(uow.connection, t.jobs, _COLUMNS, [row], or_ignore=True)
        found = select(j.id).where(j.resource == resource, j.kind == kind, j.state == "queued")
        # The weakest lock that a claim passes over: who cancels the job, or ends its twin, writes on.
        job_id: int | None = uow.connection.scalar(found.with_for_update(read=True, key_share=True))
        if job_id is not None:
            return job_id
    raise ConflictError("The job was claimed at each look; try again.", code="job_claimed")


def get(uow: UnitOfWork, job_id: int) -> Job:
    """Answer a job; raise NotFoundError when it is unknown or another owner's."""
    row = uow.one(values().where(t.jobs.c.id == job_id, t.jobs.c.owner_id == uow.owner_id))
    if row is None:
        raise NotFoundError(f"There is no job {job_id} for this owner.")
    return job_of(row)


def page(
    uow: UnitOfWork, *, account_id: int | None, state: JobState | None, after: str | None, limit: int
) -> Page[Job]:
    """Answer the owner's jobs, newest first."""
    j = t.jobs.c
    statement = values().where(j.owner_id == uow.owner_id).order_by(j.id.desc()).limit(limit + 1)
    if account_id is not None:
        statement = statement.where(j.account_id == account_id)
    if state is not None:
        statement = statement.where(j.state == state)
    if state in STANDING:
        statement = statement.where(IS_STANDING)
    if after is not None:
        statement = statement.where(j.id < id_after(after, "jobs"))
    found = [job_of(row) for row in uow.execute(statement)]
    shown = tuple(found[:limit])
    return Page(shown, str(shown[-1].id) if len(found) > limit else None)


def cancel(uow: UnitOfWork, job_id: int) -> Job:
    """End a queued job; let a running one end after its batch; a job that has ended stays what it is.

    Rules that were asked to act on all mail are asked no longer when the job that would let them ends so.
    """
    j = t.jobs.c
    is_queued = j.state == "queued"
    # One statement: between two of them a running job can become a queued one, and neither would meet it.
    wish = (
        update(t.jobs)
        .where(j.id == job_id, j.owner_id == uow.owner_id, j.state.in_(("queued", "running")))
        .values(
            state=case((is_queued, "cancelled"), else_=j.state),
            finished_at=case((is_queued, uow.now), else_=j.finished_at),
            cancel=True,
        )
    )
    is_heard = bool(uow.execute(wish).rowcount)
    job = get(uow, job_id)
    if is_heard and job.state == "cancelled":  # it has waited: of a running one its worker tells
        seconds = max(0.0, (from_micros(uow.now) - job.created_at).total_seconds())
        tell_end(uow, JobFinished(job.owner, job.account_id, job.id, job.kind, job.state, job.error_code, seconds))
    if is_heard and (job.kind, job.account_id) == ("apply_rules", None):
        schedules.withdraw(uow)  # behind the event, which takes the owner's row: who saves a rule takes that one first
    return job


def tell_end(uow: UnitOfWork, finished: JobFinished) -> None:
    """Let readers of events and observers know how a job ended; the last statement of its transaction."""
    uow.news.append(finished)
    events.emit(uow, "job_finished", job=finished.job_id, job_kind=finished.kind, state=finished.state)


def accounts_with(*which: ColumnElement[bool]) -> Select[Any]:
    """Answer the accounts that have jobs of some kind among those that stand: read once, and not for each account."""
    j = t.jobs.c
    return select(j.account_id).where(IS_STANDING, j.account_id.is_not(None), *which)


def values() -> Select[Any]:
    """Answer the statement whose rows `job_of` reads."""
    return select(t.jobs, t.owners.c.key).join(t.owners, t.owners.c.id == t.jobs.c.owner_id)


def job_of(row: Row[Any]) -> Job:
    """Answer the value of a row of `values`."""
    return Job(
        id=row.id, owner=row.key, kind=row.kind, account_id=row.account_id, state=row.state,
        created_at=from_micros(row.created_at), not_before=from_micros(row.not_before),
        progress=Progress(row.stage, row.done, row.total) if row.stage else None,
        attempts=row.attempts, started_at=moment(row.started_at), heartbeat_at=moment(row.heartbeat_at),
        finished_at=moment(row.finished_at), cancel_requested=row.cancel, error_code=row.error_code, item=row.item,
        skipped=tuple(json.loads(row.skipped)), result=tuple(sorted(json.loads(row.result).items())),
    )  # fmt: skip
