"""What becomes of jobs, decided: who comes first, what follows a slice, an error or a crash. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailhelper_core.errors import MailHelperError
from mailhelper_core.jobs.policy import POLICIES, Policy, trouble_of
from mailhelper_core.model.work.backoff import backoff
from mailhelper_core.model.work.job import LANES, JobState, account_resource
from mailhelper_core.store.work.job_turns import Turn

# Of two jobs that an owner asked for at the same time, deeds go out before mail comes in, and that before thinking.
ORDER = ("deliver", "run", "sync", "index", "apply_rules", "process", "draft_reply", "embed")
UNEXPECTED = "unexpected"
CRASHED = "crashed"
# A lease that has just ended, or a lock: not asked for again in a tight loop.
SHORTEST_WAIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A due job whose resource is free; served_at is when a job of its owner was last claimed (0: never)."""

    id: int
    owner_id: int
    kind: str
    served_at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A claimed job at the end of a slice; attempts include this one, and are 0 once progress was committed."""

    attempts: int
    age_seconds: float
    item: str = ""
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a job becomes; a queued one waits for so many seconds."""

    state: JobState
    wait_seconds: float = 0.0
    attempts: int = 0
    error_code: str = ""
    item: str = ""
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a job tries, its first wait, and after how many seconds it gives up what is not its own fault."""

    tries: int
    first_wait_seconds: float
    give_up_seconds: float


def turn_order(turns: Iterable[Turn]) -> list[Turn]:
    """Sort owners with a job that is due: who has waited longest for a turn, of those never served who asked first."""
    due = ((turn.served_at, turn.longest_due, turn) for turn in turns if turn.longest_due is not None)
    return [turn for *_, turn in sorted(due, key=lambda one: one[:2])]


def claim_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Sort jobs: those of the owner whose turn it is, of them what helps most, then the oldest."""
    known = list(candidates)
    oldest: dict[int, int] = {}
    for one in known:
        oldest[one.owner_id] = min(one.id, oldest.get(one.owner_id, one.id))
    return sorted(known, key=lambda one: (one.served_at, oldest[one.owner_id], _rank(one.kind), one.id))


def after_slice(standing: Standing, *, is_cut: bool, is_cancelled: bool) -> Verdict:
    """Decide after a slice without failure: a cut one goes on at its cursor."""
    if is_cut and is_cancelled:
        return Verdict("cancelled", skipped=standing.skipped)
    if is_cut:
        return Verdict("queued", attempts=max(0, standing.attempts - 1), skipped=standing.skipped)
    return Verdict("done", skipped=standing.skipped)


def after_error(standing: Standing, error: Exception, patience: Patience, draw: float) -> Verdict:
    """Decide after an error by the row of POLICIES that it belongs to; draw in [0, 1) is the jitter."""
    trouble = trouble_of(error, has_left_out=bool(standing.skipped))
    if trouble == "left out":
        # It cannot go on without the last that was left out: the job itself is taken out of circulation, as polls do.
        return _ended(POLICIES[trouble], replace(standing, item=standing.skipped[-1]), CRASHED)
    code = error.code if isinstance(error, MailHelperError) else UNEXPECTED
    asked = error.retry_after if isinstance(error, MailHelperError) else None
    return _decided(POLICIES[trouble], standing, code, patience, draw, asked)


def after_crash(standing: Standing, patience: Patience, draw: float) -> Verdict:
    """Decide about a job whose worker is gone; the first time it goes on at once, for most crashes are no fault of it.

    At the last try an item that it names is left out from now on; without one the job itself is taken out.
    """
    return _decided(POLICIES["crash"], standing, CRASHED, patience, draw, None)


def resource(kind: str, owner_id: int, account_id: int | None) -> str:
    """Answer the lease that a job of this kind holds while it runs: two lanes for an account.

    So thinking delays no mail. The lease of the server's lane is that of a direct call.
    """
    subject = account_resource(account_id) if account_id is not None else f"owner:{owner_id}"
    return subject if LANES[kind] == "server" else f"{subject}:{LANES[kind]}"


def _rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _decided(
    policy: Policy, standing: Standing, code: str, patience: Patience, draw: float, asked: float | None
) -> Verdict:
    if not policy.counts:
        standing = replace(standing, attempts=max(0, standing.attempts - 1), item="")
    is_over = {
        "at once": True,
        "tries": standing.attempts >= patience.tries,
        "age": standing.age_seconds >= patience.give_up_seconds,
    }[policy.limit]
    if not is_over:
        wait = _wait(policy, standing.attempts, patience, draw, asked)
        return Verdict("queued", wait, standing.attempts, code, standing.item, standing.skipped)
    if policy.leaves_out and standing.item:
        # What kills the worker is named: the job goes on without it.
        return Verdict("queued", 0.0, 0, code, standing.item, (*standing.skipped, standing.item))
    return _ended(policy, standing if policy.limit == "tries" else replace(standing, item=""), code)


def _ended(policy: Policy, standing: Standing, code: str) -> Verdict:
    return Verdict(policy.ends_as, 0.0, standing.attempts, code, standing.item, standing.skipped)


def _wait(policy: Policy, attempts: int, patience: Patience, draw: float, asked: float | None) -> float:
    if policy.again == "asked":
        at_least = patience.first_wait_seconds if asked is None else asked
        wait = max(at_least, min(SHORTEST_WAIT_SECONDS, patience.first_wait_seconds)) * (0.5 + draw)
        return max(wait, asked or 0.0)
    if policy.again == "at once, then doubled" and attempts <= 1:
        return 0.0
    return backoff(attempts, patience.first_wait_seconds, draw)
