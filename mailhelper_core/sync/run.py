"""One sync under way: its connection, its lease, what it counts, and when it must stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeVar

from mailhelper_core.errors import InvalidError, ServerError, ends_connection
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.held import NEVER_SEEN, HeldMailbox
from mailhelper_core.model.source.remote import MailSession, OpenedMailbox, Resume
from mailhelper_core.model.work.report import ErrorNote, IsCancelled, OnProgress, Progress, SyncReport
from mailhelper_core.settings import Settings
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, moment
from mailhelper_core.store.work import leases
from mailhelper_core.sync.looked import Looked, Place
from mailhelper_core.sync.pace import Pace
from mailhelper_core.sync.plan import Rhythm

T = TypeVar("T")
# A lease of 20 s is renewed every 5 s: three beats may come late.
BEATS_A_LEASE = 4


@dataclass(slots=True)
class Tally:
    """What a sync counts while it works; orphans are messages that lost their last place."""

    new: int = 0
    updated: int = 0
    adopted: int = 0
    moved: int = 0
    completed: int = 0
    quarantined: int = 0
    mailboxes: int = 0
    mailboxes_changed: int = 0
    orphans: set[int] = field(default_factory=set)
    errors: list[ErrorNote] = field(default_factory=list)


@dataclass(slots=True)
class SyncRun:
    """What the steps of one sync share.

    asks_again: bodies that came shorter than announced are fetched anew. is_partial: a mailbox could not be looked at
    this time; tells_states: whether the first STATUS could be read, None before; untold: messages of which the server
    says nothing, however often it is asked.
    """

    owner: OwnerStore
    account: Account
    session: MailSession
    lease: Lease
    settings: Settings
    rhythm: Rhythm
    max_messages: int | None = None
    progress: OnProgress | None = None
    cancel: IsCancelled | None = None
    between_batches: Callable[[], None] | None = None
    place: Place | None = None
    asks_again: bool = False
    tally: Tally = field(default_factory=Tally)
    total: int = 0
    missing: dict[int, int] = field(default_factory=dict)
    done: int = 0
    has_opened: bool = False
    is_partial: bool = False
    is_whole: bool = False
    tells_states: bool | None = None
    untold: int = 0
    pace: Pace = field(default_factory=Pace)
    _open: str = ""
    _is_over: bool = False
    _commands: int = 0
    _body_bytes: int = 0
    _renewed: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self._commands, self._body_bytes = self.session.commands, self.session.body_bytes

    @property
    def looked(self) -> Looked:
        """What earlier slices of the job have looked at."""
        return Looked() if self.place is None else self.place.looked

    @property
    def began_at(self) -> datetime:
        """When the first of the looks began, in this slice or an earlier one."""
        return moment(self.looked.began_at) or self.rhythm.now if self.looked else self.rhythm.now

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """Open a write transaction under the lease."""
        with self.owner.begin(self.lease) as uow:
            yield uow
        self._renewed = monotonic()

    def beating(self, stream: Iterable[T]) -> Iterator[T]:
        """Pass a stream on, keeping the lease while it is slow."""
        for one in stream:
            if monotonic() - self._renewed > self.lease.seconds / BEATS_A_LEASE:
                leases.renew(self.owner.store, self.lease)
                self._renewed = monotonic()
            yield one

    def open(self, held: HeldMailbox, *, resume: Resume | None = None, writable: bool = False) -> OpenedMailbox:
        """Open a mailbox at the server; for writing only to hear which keywords it keeps."""
        self._open = ""
        opened = self.session.open(held.name, resume=resume, writable=writable)
        self._open, self.has_opened = held.name, True
        return opened

    def reopen(self, held: HeldMailbox) -> None:
        """Open a mailbox unless it is open; raise ServerError "renumbered" when its uids mean something else now."""
        if self._open != held.name and self.open(held).status.uid_validity != held.seen.uid_validity:
            raise ServerError("the mailbox was renumbered meanwhile", code="renumbered")

    def conclude(self) -> None:
        """Note whether all that is wanted was seen and is stored: what was found nowhere is not there."""
        self.is_whole = not (self.is_partial or self.is_cancelled) and self.remaining <= self.untold

    def end(self) -> None:
        """Note that the connection is of no use any more."""
        self._is_over, self._open = True, ""

    @property
    def is_cancelled(self) -> bool:
        """Say whether the sync must end: its caller wants it, or the connection is gone."""
        return self._is_over or (self.cancel is not None and self.cancel())

    def may_leave(self) -> bool:
        """Say whether an answer of the server may be left half-way: the sync must end, and has stored something.

        Over a slow line all slices of a job could end before that, and each would begin anew.
        """
        return self.done > 0 and self.is_cancelled

    @property
    def room(self) -> int | None:
        """How many new messages this sync may still store; None is any number."""
        return None if self.max_messages is None else max(0, self.max_messages - self.tally.new)

    @property
    def remaining(self) -> int:
        """How many messages the server has that are not stored yet."""
        return sum(self.missing.values())

    def advance(self, held: HeldMailbox, count: int) -> None:
        """Note that so many uids of a mailbox are dealt with, and tell how far the sync is."""
        self.missing[held.id] -= count
        self.done += count
        if self.progress is not None:
            self.progress(Progress("sync", self.done, max(self.done, self.total), self.report()))

    def pause(self) -> None:
        """Let the caller use the connection between two batches; it may open another mailbox."""
        if self.between_batches is None:
            return
        before = self.session.commands
        self.between_batches()
        if self.session.commands != before:
            self._open = ""
            self._commands += self.session.commands - before

    @contextmanager
    def isolated(self, held: HeldMailbox) -> Iterator[None]:
        """Note what goes wrong with one mailbox and go on; what ends the connection is raised."""
        try:
            yield
        except (ServerError, InvalidError) as exc:
            if ends_connection(exc):
                raise
            # One that has never let us in must not keep the sync from being whole for ever.
            self.is_partial |= exc.transient and held.seen != NEVER_SEEN
            self.note(held, exc.code, str(exc))

    def note(self, held: HeldMailbox, code: str, message: str) -> None:
        """Report what went wrong with a mailbox, by its id: its name may be private."""
        note = ErrorNote(f"mailbox:{held.id}", code, message)
        if note not in self.tally.errors:
            self.tally.errors.append(note)

    def report(self) -> SyncReport:
        """Answer what was done."""
        tally = self.tally
        return SyncReport(
            new=tally.new, updated=tally.updated, moved=tally.moved, deleted=len(tally.orphans),
            quarantined=tally.quarantined, adopted=tally.adopted, completed=tally.completed, remaining=self.remaining,
            mailboxes=tally.mailboxes, mailboxes_changed=tally.mailboxes_changed,
            commands=self.session.commands - self._commands, body_bytes=self.session.body_bytes - self._body_bytes,
            errors=tuple(tally.errors),
        )  # fmt: skip
