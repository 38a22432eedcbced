"""What a job's function gets and answers; the functions themselves are given by the front, one a kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from mailhelper_core.errors import PluginError
from mailhelper_core.model.work.report import IsCancelled, OnProgress, Progress
from mailhelper_core.store.lease import Lease

# What stands at the end of a slice; everything else is counted, and added up over the slices of a job.
GAUGES = frozenset({"remaining", "waiting", "mailboxes"})
# Each slice of a run looks again at what the cap holds back.
_GAUGES_OF_A_RUN = frozenset({"rules.capped"})
# Numbers that are no counts.
_NO_COUNTS = frozenset({"change"})

Counts = Mapping[str, int]
NOTHING: Counts = MappingProxyType({})


class Mark(Protocol):
    """Keeps a cursor for the next slice, and with it what was counted since the last one: both are written, or none."""

    def __call__(self, cursor: str, counted: Counts = NOTHING) -> None:
        """Write both down."""
        ...


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of work on one job: whose, where it goes on, and how it tells and hears.

    `mark` keeps a cursor for the next slice, and the counts of those who tell no report; work ends soon after `is_over`
    says so, and goes on in another slice.
    `settle` says that the stages told so far have ended, before one of them is begun a second time.
    """

    owner: str
    account_id: int | None
    lease: Lease
    cursor: str
    progress: OnProgress
    is_over: IsCancelled
    mark: Mark
    settle: Callable[[], None] = lambda: None


Work = Callable[[Slice], Counts]
# Says whether the server of an account has something new: (owner, account_id, lease).
Look = Callable[[str, int, Lease], bool]


def counts_of(report: Mapping[str, object], prefix: str = "") -> dict[str, int]:
    """Answer the numbers of a report by name, those of a nested report behind its name.

    Of notes only how many there are, and how many of them name each provider of a plugin.
    """
    counts: dict[str, int] = {}
    for name, value in report.items():
        if isinstance(value, Mapping):
            counts |= counts_of(value, f"{prefix}{name}.")
        elif isinstance(value, tuple | list):
            counts[prefix + name] = len(value)
            blamed = Counter(filter(None, map(_blamed, value)))
            counts |= {f"{prefix}plugin:{who}": number for who, number in blamed.items()}
        elif isinstance(value, int) and name not in _NO_COUNTS:
            counts[prefix + name] = int(value)
    return counts


def _blamed(note: object) -> str:
    return str(note.get("plugin", "")) if isinstance(note, Mapping) else ""


def so_far(kind: str, progress: Progress) -> dict[str, int]:
    """Answer what a stage has counted until now under the names that it will have in the job's result.

    What stands at the end of a slice is left out.
    """
    counts = counts_of(progress.report.as_dict()) if progress.report is not None else {}
    part = progress.stage
    if part == "index":
        counts, part = {"indexed": progress.done}, "sync"
    prefix = f"{part}." if kind == "run" else ""
    return {prefix + name: count for name, count in counts.items() if not _is_gauge(prefix + name)}


def added(before: Counts, now: Counts) -> dict[str, int]:
    """Answer the counts of a job after one more slice."""
    total = dict(before)
    for name, count in now.items():
        total[name] = count if _is_gauge(name) else total.get(name, 0) + count
    return total


def _is_gauge(name: str) -> bool:
    return name.rpartition(".")[2] in GAUGES or name in _GAUGES_OF_A_RUN


def blamed(error: Exception | None) -> Counts:
    """Answer the count that names the plugin at whose error a slice ended."""
    return {f"plugin:{error.plugin}": 1} if isinstance(error, PluginError) and error.plugin else {}
