"""How a claimed job ends while a host's transaction holds what the end is written to: noted at once, written by a tick.

The end of a job takes the number of its event from the owner's row, which any joined write holds until the host ends.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select, update

from mailhelper_core.errors import BusyError
from mailhelper_core.model.work.job import JobState
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import wait_at_most
from mailhelper_core.store.faults import ROW_LOCKED
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_claims, leases
from mailhelper_core.store.work.job_claims import BEAT_WAIT_SECONDS, Claim, Ending

# A running job whose end is noted has a token that no lease has: -1 less the place of the state that it ends in. Rows
# hold these places, and programs of other versions read them: a state is added at the end, none is moved or taken out.
_STATES: tuple[JobState, ...] = ("queued", "done", "failed", "cancelled", "quarantined")


def finish(store: Store, one: Claim, ending: Ending) -> Ending | None:
    """Write what became of a claimed job, or note it for the next tick; None when it was taken over meanwhile.

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
    if row.token >= 0:
        return None
    skipped = tuple(json.loads(row.skipped))
    return Ending(_STATES[-1 - row.token], row.not_before, row.attempts, row.error_code, row.item, skipped)


def _note(store: Store, one: Claim, ending: Ending) -> Ending | None:
    with store.begin() as connection:
        wait_at_most(connection, BEAT_WAIT_SECONDS)
        row = connection.execute(select(t.jobs).where(job_claims.is_mine(one)).with_for_update()).first()
        if row is not None:
            values = {"token": -1 - _STATES.index(ending.state), **job_claims.ended(row, ending)}
            connection.execute(update(t.jobs).where(t.jobs.c.id == row.id).values(**values))
        leases.release_in(connection, one.lease)
    return None if row is None else ending
