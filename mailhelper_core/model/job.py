"""Jobs: work that an owner or the clock asked for, as its row says; ids and counts, never mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from mailhelper_core.model.report import AsDict, IsCancelled, OnProgress, Progress

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
    """One job. `item` names what it was at when it last failed; result is counts by name, added up over its slices."""

    id: int
    owner: str
    kind: str
    account_id: int | None
    state: JobState
    created_at: datetime
    not_before: datetime
    progress: Progress | None = None
    attempts: int = 0
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested: bool = False
    error_code: str = ""
    item: str = ""
    skipped: tuple[str, ...] = ()
    result: tuple[tuple[str, int], ...] = field(default=())

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Bell:
    """A hint that a job is due: all that a runner passes on."""

    job_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a slice of work did: counts by name; `cursor` is where the next slice goes on, empty at the end."""

    counts: tuple[tuple[str, int], ...] = ()
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class TickReport(AsDict):
    """What one look at all jobs did: jobs without worker taken back, bells rung, accounts due, old rows erased."""

    reaped: int = 0
    rung: int = 0
    polls_due: int = 0
    erased: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """What work gets: whose, of which account, where it goes on, and how it tells and hears."""

    owner: str
    account_id: int | None
    cursor: str
    progress: OnProgress
    is_over: IsCancelled
    token: int = 0


Work = Callable[[Slice], Outcome]


def spread_poll(poll_seconds: float, account_id: int) -> float:
    """Answer an account's own period: near the one asked for, and different from its neighbors'."""
    return poll_seconds * (1 - _POLL_SPREAD / 2 + _POLL_SPREAD * (account_id * _GOLDEN % 1.0))
