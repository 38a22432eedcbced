"""Claiming the next job: new ones are lined up, and the first of the row that can be had is taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from time import sleep

from mailhelper_core.jobs import plan
from mailhelper_core.jobs.plan import Candidate
from mailhelper_core.store.revision import require_code
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_claims, job_due, job_turns
from mailhelper_core.store.work.job_claims import Claim
from mailhelper_core.store.work.job_due import Due
from mailhelper_core.store.work.job_turns import Turn

# Another worker holds new jobs for milliseconds while it lines them up: so often, and for so long, they are awaited.
# A host that has cancelled one in a transaction which stays open is waited for no longer than that.
LOOKS = 5
LOOK_AGAIN_SECONDS = 0.01


def claim_next(store: Store, kinds: Collection[str], *, seconds: float) -> Claim | None:
    """Claim the job whose owner has waited longest for a turn; None when nothing is due.

    Raises SchemaError when the database has been upgraded for newer programs than this one.
    """
    looks = 0
    while looks < LOOKS:
        others_line_up = job_turns.line_up(store)
        claim, rested = _first_of_row(store, kinds, seconds)
        if claim is not None or not (others_line_up or rested):
            return claim
        if not rested:  # else there are others behind those that rest now
            looks += 1
            sleep(LOOK_AGAIN_SECONDS)
    return None


def claim_one(store: Store, job_id: int, kinds: Collection[str], *, seconds: float) -> Claim | None:
    """Claim exactly this job, whoever waits; None when it is not due. Raises SchemaError as `claim_next` does."""
    with store.begin() as connection:
        require_code(connection)
        found = job_due.due_one(connection, store.now(), job_id, kinds)
        return job_claims.claim_first(store, connection, found, kinds=kinds, seconds=seconds)


def _first_of_row(store: Store, kinds: Collection[str], seconds: float) -> tuple[Claim | None, int]:
    """Claim a job of the owners at the row's head; answer also how many of them have none and rest from now on."""
    with store.begin() as connection:
        require_code(connection)
        now = store.now()
        turns = job_turns.row(connection, now, kinds)
        # One owner's jobs are looked up when those of the owners before could not be had.
        found = (
            due
            for turn in plan.turn_order(turns)
            for due in _best_first(turn, job_due.due_of(connection, now, turn.owner_id, kinds))
        )
        claim = job_claims.claim_first(store, connection, found, kinds=kinds, seconds=seconds)
        return claim, job_turns.rest(connection, [turn.owner_id for turn in turns if turn.longest_due is None])


def _best_first(turn: Turn, found: Iterable[Due]) -> list[Due]:
    its = {one.id: one for one in found}
    candidates = [Candidate(one.id, one.owner_id, one.kind, turn.served_at) for one in its.values()]
    return [its[one.id] for one in plan.claim_order(candidates)]
