"""What becomes of jobs, decided: who comes first, what follows a slice, an error or a crash. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailhelper_core.dispatch import LEFT_OUT
from mailhelper_core.errors import BusyError, ConfigError, MailHelperError, ServerError
from mailhelper_core.model.work.backoff import backoff
from mailhelper_core.model.work.job import LANES, JobState, account_resource
from mailhelper_core.store.work.job_turns import Turn

# Of two jobs that an owner asked for at the same time, deeds go out before mail comes in, and that before thinking.
ORDER = ("deliver", "run", "sync", "index", "apply_rules", "process", "draft_reply", "embed")
UNEXPECTED = "unexpected"
CRASHED = "crashed"
# An account names a source or a provider of tokens that this worker lacks: another one may have its plugin.
LACKED_HERE = frozenset({"scheme", "tokens"})
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
    """Decide after an error; draw in [0, 1) is the jitter.

    What is the fault of a server, the database or another worker, and what this one lacks a plugin for, costs no
    attempt, and is given up by age.
    """
    if not isinstance(error, MailHelperError):
        return _again(standing, UNEXPECTED, "quarantined", patience, draw)
    if error.code == LEFT_OUT and standing.skipped:
        # It cannot go on without the last that was left out: the job itself is taken out of circulation, as polls do.
        return Verdict("quarantined", 0.0, standing.attempts, CRASHED, standing.skipped[-1], standing.skipped)
    if isinstance(error, ConfigError) and error.code in LACKED_HERE:
        return _later(standing, error, patience, draw)
    if not error.transient:
        return Verdict("failed", attempts=standing.attempts, error_code=error.code, skipped=standing.skipped)
    if isinstance(error, ServerError | BusyError | ConfigError):
        return _later(standing, error, patience, draw)
    return _again(standing, error.code, "failed", patience, draw)


def after_crash(standing: Standing, patience: Patience, draw: float) -> Verdict:
    """Decide about a job whose worker is gone; the first time it goes on at once, for most crashes are no fault of it.

    At the last try an item that it names is left out from now on; without one the job itself is taken out.
    """
    verdict = _again(standing, CRASHED, "quarantined", patience, draw)
    return replace(verdict, wait_seconds=0.0) if standing.attempts <= 1 else verdict


def resource(kind: str, owner_id: int, account_id: int | None) -> str:
    """Answer the lease that a job of this kind holds while it runs: two lanes for an account.

    So thinking delays no mail. The lease of the server's lane is that of a direct call.
    """
    subject = account_resource(account_id) if account_id is not None else f"owner:{owner_id}"
    return subject if LANES[kind] == "server" else f"{subject}:{LANES[kind]}"


def _rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _later(standing: Standing, error: MailHelperError, patience: Patience, draw: float) -> Verdict:
    tries = max(0, standing.attempts - 1)
    if standing.age_seconds >= patience.give_up_seconds:
        return Verdict("failed", attempts=tries, error_code=error.code, skipped=standing.skipped)
    asked = patience.first_wait_seconds if error.retry_after is None else error.retry_after
    wait = max(asked, min(SHORTEST_WAIT_SECONDS, patience.first_wait_seconds)) * (0.5 + draw)
    wait = max(wait, error.retry_after or 0.0)
    return Verdict("queued", wait, tries, error.code, skipped=standing.skipped)


def _again(standing: Standing, code: str, end: JobState, patience: Patience, draw: float) -> Verdict:
    wait = backoff(standing.attempts, patience.first_wait_seconds, draw)
    if standing.attempts < patience.tries:
        return Verdict("queued", wait, standing.attempts, code, standing.item, standing.skipped)
    if end == "quarantined" and standing.item:
        # What kills the worker is named: the job goes on without it.
        return Verdict("queued", 0.0, 0, code, standing.item, (*standing.skipped, standing.item))
    return Verdict(end, 0.0, standing.attempts, code, standing.item, standing.skipped)
