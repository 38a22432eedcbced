"""How a claimed job ends while a host's transaction holds what that is written to: at once, but told by a tick.

The end of a job takes the number of its event from the owner's row, which any joined write holds until the host ends.
So the row of the job says how it ended, and owes the event. Only one that has to wait again, beside a twin that the
host may commit or not, stays running with its end noted. Programs that know of neither read a job that has ended, or
one to go on with at its cursor.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, and_, literal_column, select, update

from mailhelper_core.errors import BusyError
from mailhelper_core.model.work.job import JobState
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import wait_at_most
from mailhelper_core.store.faults import ROW_LOCKED
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_claims, leases
from mailhelper_core.store.work.job_claims import BEAT_WAIT_SECONDS, Claim, Ending
from mailhelper_core.store.work.jobs import values

# A token that no lease has: -1 less the place of a state. Rows hold these places, and programs of other versions read
# them in running jobs: a state is added at the end, none is moved or taken out.
_STATES: tuple[JobState, ...] = ("queued", "done", "failed", "cancelled", "quarantined")
# Written out, so that its index is found.
IS_UNTOLD = and_(t.jobs.c.token < literal_column("0"), t.jobs.c.state != "running")


def finish(store: Store, one: Claim, ending: Ending) -> Ending | None:
    """Write what became of a claimed job, or leave its event to the next tick; None when it was taken over meanwhile.

    Raises NotFoundError when its owner has been erased, BusyError "row_locked" when the job's own row is held too.
    """
    try:
        return job_claims.finish(store, one, ending)
    except BusyError as exc:
        if exc.code != ROW_LOCKED:
            raise
    return _note(store, one, ending)


def noted(row: Row[Any]) -> Ending | None:
    """Answer the end that is noted in the row of a running job; None where its worker has noted none."""
    return None if row.token >= 0 else _as_written(row, _STATES[-1 - row.token])


def tell(store: Store, seen: Row[Any], wait_seconds: float) -> bool:
    """Tell how a job ended whose row says so already; False where somebody else does."""
    with store.for_owner(seen.key).begin(wait_seconds=wait_seconds, makes_owner=False) as uow:
        untold = values().where(IS_UNTOLD, t.jobs.c.id == seen.id)
        row = uow.one(untold.with_for_update(of=t.jobs, skip_locked=True))
        if row is None:
            return False
        uow.execute(update(t.jobs).where(t.jobs.c.id == row.id).values(token=0))
        job_claims.tell_end(uow, row, _as_written(row, row.state))
    return True


def _note(store: Store, one: Claim, ending: Ending) -> Ending | None:
    with store.begin() as connection:
        wait_at_most(connection, BEAT_WAIT_SECONDS)
        row = connection.execute(select(t.jobs).where(job_claims.is_mine(one)).with_for_update()).first()
        if row is not None:
            if ending.state == "queued" and row.cancel:
                ending = replace(ending, state="cancelled")
            written = {"token": -1 - _STATES.index(ending.state), **job_claims.ended(row, ending)}
            if ending.state != "queued":
                written |= {"state": ending.state, "finished_at": store.now(), "heartbeat_at": store.now()}
            connection.execute(update(t.jobs).where(t.jobs.c.id == row.id).values(**written))
        leases.release_in(connection, one.lease)
    return None if row is None else ending


def _as_written(row: Row[Any], state: JobState) -> Ending:
    skipped = tuple(json.loads(row.skipped))
    return Ending(state, row.not_before, row.attempts, row.error_code, row.item, skipped)
