"""Claiming the next job: new ones are lined up, and the first of the row that can be had is taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from time import sleep

from mailhelper_core.jobs import plan
from mailhelper_core.jobs.plan import Candidate
from mailhelper_core.store.revision import require_code
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_claims, job_due, job_holds, job_turns
from mailhelper_core.store.work.job_claims import Claim
from mailhelper_core.store.work.job_due import Due
from mailhelper_core.store.work.job_turns import Turn

# Another worker holds new jobs for milliseconds while it lines them up: so often, and for so long, they are awaited.
# A host that has cancelled one in a transaction which stays open is waited for no longer than that.
LOOKS = 5
LOOK_AGAIN_SECONDS = 0.01
# One look goes so far along the row, in pages, where nothing of a page can be had: a host that has asked anew for the
# jobs of many owners holds them until it commits, and other workers let owners rest who have none. Each page costs a
# few statements, so one look has its end.
PAGES = 10
# Of what was asked for since the last look one claim lines up so many batches of 500, a tick the rest: who asks for
# 100,000 jobs at once keeps the claims of others waiting for a second, and not for half a minute.
BATCHES = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What one look along the row has come to: the claim, if any, and the owners in it who have no open job.

    rested says how many of those rest from now on; others are resting the rest of them. Unless is_whole, the row goes
    on behind what was seen.
    """

    claim: Claim | None
    idle: frozenset[int]
    rested: int
    is_whole: bool


def claim_next(store: Store, kinds: Collection[str], *, seconds: float) -> Claim | None:
    """Claim the job whose owner has waited longest for a turn; None when nothing is due.

    Raises SchemaError when the database has been upgraded for newer programs than this one.
    """
    looks = 0
    idle_before: frozenset[int] = frozenset()
    while looks < LOOKS:
        left = job_turns.line_up(store, at_most=BATCHES)
        look = _look_along(store, kinds, seconds)
        hides_others = bool(look.idle) and not look.is_whole
        if look.claim is not None or not (left != "none" or hides_others):
            return look.claim
        if left == "more" or (hides_others and look.rested):
            continue
        looks += look.idle == idle_before  # else other workers shorten the row, and come to its end
        idle_before = look.idle
        sleep(LOOK_AGAIN_SECONDS)
    return None


def claim_one(store: Store, job_id: int, kinds: Collection[str], *, seconds: float) -> Claim | None:
    """Claim exactly this job, whoever waits; None when it is not due. Raises SchemaError as `claim_next` does."""
    with store.begin() as connection:
        require_code(connection)
        found = job_due.due_one(connection, store.now(), job_id, kinds)
        return job_claims.claim_first(store, connection, found, kinds=kinds, seconds=seconds)


def _look_along(store: Store, kinds: Collection[str], seconds: float) -> Look:
    """Claim a job of the owners first in the row, and let those of them rest who have none."""
    idle: set[int] = set()
    claim, turns, is_whole = None, list[Turn](), False
    with store.begin() as connection:
        require_code(connection)
        now = store.now()

        def take(turn: Turn) -> Claim | None:
            found = _best_first(turn, job_due.due_of(connection, now, turn.owner_id, kinds))
            return job_claims.claim_first(store, connection, found, kinds=kinds, seconds=seconds)

        for _ in range(PAGES):
            turns = job_turns.row(connection, now, kinds, turns[-1] if turns else None)
            idle |= {turn.owner_id for turn in turns if turn.longest_due is None}
            claim = job_holds.first_of(connection, now, plan.turn_order(turns), take, kinds=kinds)
            is_whole = len(turns) < job_turns.MOST_OWNERS
            if claim is not None or is_whole:
                break
        # The last statements: what they lock keeps others for no longer than the commit lasts.
        rested = job_turns.rest(connection, sorted(idle))
    return Look(claim, frozenset(idle), rested, is_whole)


def _best_first(turn: Turn, found: Iterable[Due]) -> list[Due]:
    its = {one.id: one for one in found}
    candidates = [Candidate(one.id, one.owner_id, one.kind, turn.served_at) for one in its.values()]
    return [its[one.id] for one in plan.claim_order(candidates)]
