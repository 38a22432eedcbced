"""Reports and pages: what the public calls answer; ints and codes, never mail content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from mailhelper_core.errors import InvalidError, MailHelperError, PluginError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """One thing that went wrong without stopping the call: where (ids, a mailbox, a plugin) and the code."""

    where: str  # such as `message:17`, `mailbox:3`, `plugin:shop/invoices`
    code: str  # stable, for programs
    message: str = ""  # one sentence, without mail content
    plugin: str = ""  # whose provider failed, such as `shop/invoices`

    @classmethod
    def of(cls, where: str, error: MailHelperError) -> ErrorNote:
        """Note an error, and whose provider it came from."""
        found = next((one for one in (error, error.__cause__) if isinstance(one, PluginError)), None)
        plugin = f"{found.plugin}/{found.provider}" if found is not None and found.provider else ""
        return cls(where, error.code, str(error), plugin)


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """What a comparison of the search index with the stored texts found; nothing is changed by it."""

    messages: int = 0  # that were compared: those in the index; what waits for it is not yet
    missing: int = 0  # that the index has lost: neither in it nor waiting for it
    stale: int = 0  # that it holds with other words than their texts have now

    @property
    def ok(self) -> bool:
        """Whether both say the same."""
        return not (self.missing or self.stale)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long call is; total is an estimate that may grow."""

    stage: str  # `sync`, `index`, `process`, `rules` ...
    done: int  # messages
    total: int  # messages
    report: AsDict | None = field(default=None, compare=False, repr=False)  # what the stage has counted so far


OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items and the cursor for the next page, None at the end."""

    items: tuple[T, ...]  # the page itself iterates and counts them
    next: str | None = None  # what to pass as `after=`
    notes: tuple[ErrorNote, ...] = ()  # what of that which was asked for is missing here, and why

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> T:
        return self.items[index]


def at_least_one(limit: int) -> int:
    """Answer the limit of a page; raise InvalidError for one that no item fits into."""
    if limit < 1:
        raise InvalidError("A page has at least one item.", code="limit")
    return limit


class AsDict:
    """Give a report dataclass `as_dict()`."""

    __slots__ = ()

    def as_dict(self) -> dict[str, object]:
        """Answer the fields as plain values, nested reports included."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True, slots=True)
class SyncReport(AsDict):
    """What one sync changed in the store; body_bytes counts octets of bodies fetched."""

    new: int = 0  # messages stored
    updated: int = 0  # places whose keywords changed
    moved: int = 0  # messages that had lost their place and have one again
    deleted: int = 0  # messages that now lie nowhere; kept for 30 days
    quarantined: int = 0  # new ones that could not be read; kept as they came
    adopted: int = 0  # messages known by their header: no body was fetched again
    completed: int = 0  # messages stored without their body before, and with it now
    remaining: int = 0  # left for the next call by `max_messages`
    indexed: int = 0  # messages put into the search index
    mailboxes: int = 0  # wanted by the policy
    mailboxes_changed: int = 0  # of these, how many were opened
    commands: int = 0  # sent after login
    body_bytes: int = 0  # octets of bodies fetched
    errors: tuple[ErrorNote, ...] = ()  # mailboxes and messages that could not be synced


@dataclass(frozen=True, slots=True)
class MaintenanceReport(AsDict):
    """What was erased because it had been kept long enough."""

    messages: int = 0  # that had no place for 30 days
    contents: int = 0  # raw messages that nothing referred to
    events: int = 0  # of long ago; a cursor before them is answered with `cursor_too_old`
    traces: int = 0  # what rules saw more than a year ago; that they acted stays known
    calls: int = 0  # of model providers, more than a year ago
    errors: tuple[ErrorNote, ...] = ()  # accounts that were busy; messages that could not be read: they are gone too


@dataclass(frozen=True, slots=True)
class ProcessReport(AsDict):
    """What one round of processing said."""

    processed: int = 0  # messages
    opinions: int = 0  # given by classifiers
    undecided: int = 0  # messages of whose category nobody was sure
    suggested: int = 0  # tags that plugins suggest and that wait for the owner
    asked: int = 0  # messages about which a model provider was asked, because all others were unsure
    errors: tuple[ErrorNote, ...] = ()  # classifiers that failed, and unreadable messages


@dataclass(frozen=True, slots=True)
class RuleRun(AsDict):
    """What one run of the rules did; change is None when nothing matched."""

    change: int | None = None  # what `ada.undo` takes back; None where nothing matched
    messages: int = 0  # candidates: those that no rule can match are not counted
    hits: int = 0  # a rule on a message, counted once
    operations: int = 0  # that change something
    capped: int = 0  # messages held back: see `destructive_cap`
    proposed: tuple[int, ...] = ()  # changes that wait for `ada.rules.approve`, one for each rule that asks
    errors: tuple[ErrorNote, ...] = ()  # rules and plugins that failed


@dataclass(frozen=True, slots=True)
class DeliverReport(AsDict):
    """What the server accepted, refused or made pointless."""

    delivered: int = 0  # operations that the server accepted
    conflicted: int = 0  # dropped: the message changed or went meanwhile
    retried: int = 0  # failed for now, tried again later
    dead: int = 0  # refused for good, or given up
    waiting: int = 0  # still in the outbox
    commands: int = 0  # sent after login
    errors: tuple[ErrorNote, ...] = ()  # what was refused, and why

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

    undone: int = 0  # entries taken back
    left: int = 0  # entries left because they were touched since
    errors: tuple[ErrorNote, ...] = ()  # of which messages they are, and why: `changed_since`, `decided_since`

    def then(self, later: UndoReport) -> UndoReport:
        """Answer both as one."""
        return UndoReport(self.undone + later.undone, self.left + later.left, (*self.errors, *later.errors))


@dataclass(frozen=True, slots=True)
class EmbedReport(AsDict):
    """What one embedding did."""

    embedded: int = 0  # messages that got a vector
    waiting: int = 0  # messages that still wait for one, for want of a consent too
    switched: bool = False  # whether new vectors took over from old ones
    errors: tuple[ErrorNote, ...] = ()  # why some got none


@dataclass(frozen=True, slots=True)
class RunReport(AsDict):
    """One whole journey of one account."""

    sync: SyncReport = SyncReport()  # what was fetched
    process: ProcessReport = ProcessReport()  # what was understood
    rules: RuleRun = RuleRun()  # what rules decided
    deliver: DeliverReport = DeliverReport()  # what reached the server, before and after
    embed: EmbedReport = EmbedReport()  # what got a vector
    drafted: int = 0  # replies that rules asked for and that now wait for the owner
    draft_errors: tuple[ErrorNote, ...] = ()  # why one could not be drafted

    @property
    def errors(self) -> tuple[ErrorNote, ...]:
        """The notes of all stages."""
        stages = (self.sync, self.process, self.rules, self.deliver, self.embed)
        return (*(error for stage in stages for error in stage.errors), *self.draft_errors)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an owner's mail; ids and counts only."""

    id: int  # its number in the owner's own sequence
    kind: str  # `notified`: a rule's `notify`; `not_delivered`: an entry that never will be; `job_finished`
    at: datetime  # when it was committed
    data: tuple[tuple[str, str | int], ...] = field(default=())  # pairs, by the kind: see Embed, "Hear what happened"
