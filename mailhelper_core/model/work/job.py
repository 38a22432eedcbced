"""Jobs: work that an owner or the clock asked for, as its row says; ids and counts, never mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from mailhelper_core.model.work.report import AsDict, Progress

# how a job stands: waiting, at work, or how it ended
JobState = Literal["queued", "running", "done", "failed", "cancelled", "quarantined"]
# What a job of each kind keeps others from doing to the same account at the same time.
Lane = Literal["server", "mind"]

LANES: Mapping[str, Lane] = MappingProxyType(
    {
        "sync": "server",
        "deliver": "server",
        "run": "server",
        "index": "mind",
        "process": "mind",
        "embed": "mind",
        "apply_rules": "mind",
        "reprocess": "mind",
        "train": "mind",
        "draft_reply": "mind",
        "maintenance": "mind",
    }
)
# Accounts that were added together are not polled together: periods differ by up to a tenth either way.
_POLL_SPREAD = 0.2
_GOLDEN = 0.6180339887498949
OPEN_STATES: tuple[JobState, ...] = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Job(AsDict):
    """One piece of work in the background, as its row says."""

    id: int  # for `ada.jobs.get` and `cancel`
    owner: str  # the host's own key
    kind: str  # what is done: sync, run, process ...
    account_id: int | None  # of which account; None for all of the owner's
    state: JobState  # whether it waits, is at work, or how it ended
    created_at: datetime  # when it was asked for
    not_before: datetime  # it waits at least until then
    progress: Progress | None = None  # how far it is, None before there is anything to tell
    attempts: int = 0  # tries since it last got further
    started_at: datetime | None = None  # when it was first claimed
    heartbeat_at: datetime | None = None  # when its worker last gave a sign of life
    finished_at: datetime | None = None  # when it ended
    cancel_requested: bool = False  # somebody wants it to end
    error_code: str = ""  # why its last try failed
    item: str = ""  # what it was at when it failed, where it names one
    skipped: tuple[str, ...] = ()  # items that are left out, for they ended its workers
    result: tuple[tuple[str, int], ...] = field(default=())  # counts by name, added up over its slices

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Bell:
    """A hint that a job is due: all that a runner passes on."""

    job_id: int  # the job that is due; 0 when accounts are due for a look
    kind: str  # its kind, by which queues are chosen


@dataclass(frozen=True, slots=True)
class TickReport(AsDict):
    """What one look at all jobs did: jobs taken back and asked for, bells rung, accounts due, old rows erased."""

    reaped: int = 0  # jobs taken back from workers that are gone, or could only note how they ended
    submitted: int = 0  # jobs asked for: deliveries that wait, the day's maintenance
    rung: int = 0  # bells rung for due jobs
    polls_due: int = 0  # accounts whose server should be looked at
    erased: int = 0  # jobs that ended long ago


def account_resource(account_id: int) -> str:
    """Answer the lease of who speaks with an account's server: jobs, direct calls, polls and removal alike."""
    return f"account:{account_id}"


def lanes_of(subject: str) -> list[str]:
    """Answer the leases of an account or owner, such as `account:7`: one for each lane."""
    return sorted({subject if lane == "server" else f"{subject}:{lane}" for lane in LANES.values()})


def spread_poll(poll_seconds: float, account_id: int) -> float:
    """Answer an account's own period: near the one asked for, and different from its neighbors'."""
    return poll_seconds * (1 - _POLL_SPREAD / 2 + _POLL_SPREAD * (account_id * _GOLDEN % 1.0))
