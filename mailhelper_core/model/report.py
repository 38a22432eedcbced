"""Reports and pages: what the public calls answer; ints and codes, never mail content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """One thing that went wrong without stopping the call: where (ids, a mailbox, a plugin) and the code."""

    where: str
    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long call is; total is an estimate that may grow."""

    stage: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items and the cursor for the next page, None at the end."""

    items: tuple[T, ...]
    next: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> T:
        return self.items[index]


class AsDict:
    """Give a report dataclass `as_dict()`."""

    __slots__ = ()

    def as_dict(self) -> dict[str, object]:
        """Answer the fields as plain values, nested reports included."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True, slots=True)
class SyncReport(AsDict):
    """What one sync changed in the store; body_bytes counts octets of bodies fetched."""

    new: int = 0
    updated: int = 0
    moved: int = 0
    deleted: int = 0
    quarantined: int = 0
    adopted: int = 0
    remaining: int = 0
    indexed: int = 0
    mailboxes: int = 0
    mailboxes_changed: int = 0
    commands: int = 0
    body_bytes: int = 0
    errors: tuple[ErrorNote, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessReport(AsDict):
    """What one round of processing said."""

    processed: int = 0
    opinions: int = 0
    undecided: int = 0
    errors: tuple[ErrorNote, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRun(AsDict):
    """What one run of the rules did; change is None when nothing matched."""

    change: int | None = None
    messages: int = 0
    hits: int = 0
    operations: int = 0
    capped: int = 0
    errors: tuple[ErrorNote, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliverReport(AsDict):
    """What the server accepted, refused or made pointless."""

    delivered: int = 0
    conflicted: int = 0
    retried: int = 0
    dead: int = 0
    waiting: int = 0
    commands: int = 0
    errors: tuple[ErrorNote, ...] = ()

    def then(self, later: DeliverReport) -> DeliverReport:
        """Answer both rounds as one: counts add up, what waits is what the later one left."""
        return DeliverReport(
            delivered=self.delivered + later.delivered,
            conflicted=self.conflicted + later.conflicted,
            retried=self.retried + later.retried,
            dead=self.dead + later.dead,
            waiting=later.waiting,
            commands=self.commands + later.commands,
            errors=self.errors + later.errors,
        )


@dataclass(frozen=True, slots=True)
class UndoReport(AsDict):
    """What was taken back, and what the owner has touched since and therefore keeps."""

    undone: int = 0
    left: int = 0
    errors: tuple[ErrorNote, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport(AsDict):
    """One whole journey of one account."""

    sync: SyncReport = SyncReport()
    process: ProcessReport = ProcessReport()
    rules: RuleRun = RuleRun()
    deliver: DeliverReport = DeliverReport()

    @property
    def errors(self) -> tuple[ErrorNote, ...]:
        """The notes of all stages."""
        return self.sync.errors + self.process.errors + self.rules.errors + self.deliver.errors


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an owner's mail; ids and counts only."""

    id: int
    kind: str
    at: datetime
    data: tuple[tuple[str, str | int], ...] = field(default=())
