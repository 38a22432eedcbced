"""How entries end: delivered, conflicted, dead, or waiting for another attempt; each end is one small transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol, TypeVar

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.reasons import GIVEN_UP, reason_for
from mailhelper_core.model.work.backoff import backoff
from mailhelper_core.model.work.operation import operation_kind
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.settings import Settings
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import delivery, events

MICROS = 1_000_000
FIRST_RETRY_SECONDS = 60.0
# 60 s * 2^10 is 17 hours: a server that is away for days is still asked daily.
MAX_DOUBLINGS = 10
# Servers that answer OK and do nothing do so again; the third time is the proof.
MAX_UNCONFIRMED = 3
UNCONFIRMED = "unconfirmed"
# The event that tells of an entry that will never be delivered.
NOT_DELIVERED = "not_delivered"


class HasStep(Protocol):
    """What is sent together: each belongs to a step."""

    @property
    def step(self) -> Step:
        """The step."""
        ...


T = TypeVar("T", bound=HasStep)


def retry_wait(attempts: int, draw: float) -> float:
    """Answer the seconds to wait after so many attempts."""
    return backoff(attempts, FIRST_RETRY_SECONDS, draw, doublings=MAX_DOUBLINGS)


@dataclass(slots=True)
class Ledger:
    """Writes how the steps of one call ended, and counts them by entries.

    `blocked` holds messages whose next step cannot be made in this call; what comes after it must wait too.
    `ended` holds the ids of entries that are done with, `parked` those that wait for another call.
    """

    owner: OwnerStore
    lease: Lease | None
    settings: Settings
    jitter: Callable[[], float]
    blocked: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    parked: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[ErrorNote] = field(default_factory=list)
    _failed: list[Mapping[str, str | int]] = field(default_factory=list)

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """Open a transaction that the account's lease fences; events of what ends badly are its last statement."""
        self._failed.clear()
        with self.owner.begin(self.lease) as uow:
            yield uow
            events.emit_all(uow, [(NOT_DELIVERED, told) for told in self._failed])

    def is_open(self, step: Step) -> bool:
        """Say whether a step can still be tried in this call."""
        return self.parked.isdisjoint(step.ids) and self.ended.isdisjoint(step.ids)

    def claim(self, items: Sequence[T], intent: Mapping[str, int] | None = None) -> list[T]:
        """Note an attempt, and where its copies will appear, before it is made.

        An attempt with copies that nobody brings to its end is left alone for as long as its command may take: the
        server may still be at it, and to look and find nothing would tell nothing.

        Answers what may be sent: what its owner has taken back meanwhile is looked at anew by the next call.
        """
        with self.begin() as uow:
            until = uow.now + int(self.settings.server_timeout_seconds * MICROS)
            ids = [id_ for one in items for id_ in one.step.ids]
            claimed = delivery.claim(uow, ids, intent, not_before=until)
        ready = [one for one in items if claimed.issuperset(one.step.ids)]
        for one in items:
            if not claimed.issuperset(one.step.ids):
                self._park(one.step)
        return ready

    def delivered(self, uow: UnitOfWork, steps: Iterable[Step]) -> None:
        """End steps that the server carried out."""
        rows = [row for step in steps for row in step.rows]
        delivery.finish(uow, rows, "delivered")
        self.ended.update(row.id for row in rows)
        self.counts["delivered"] += len(rows)

    def conflicted(self, uow: UnitOfWork, step: Step, code: str, *, note: ErrorNote | None = None) -> None:
        """End a step that the server, or what happened there meanwhile, made pointless."""
        delivery.finish(uow, step.rows, "conflicted", error_code=code)
        self.ended.update(step.ids)
        self.counts["conflicted"] += len(step.rows)
        self.notes.append(note or _note(step, code))
        self._fail(step, code)

    def withdrawn(self, uow: UnitOfWork, step: Step) -> None:
        """End a step that its owner has taken back; nobody is asked for it any more."""
        delivery.finish(uow, step.rows, "cancelled")
        self.ended.update(step.ids)

    def again(
        self,
        uow: UnitOfWork,
        step: Step,
        code: str,
        *,
        wait_seconds: float | None = None,
        keeps_intent: bool = True,
        note: ErrorNote | None = None,
    ) -> None:
        """Let a step wait for its next attempt, or end it when it is too old."""
        attempts = max(row.attempts for row in step.rows) + 1
        seconds = retry_wait(attempts, self.jitter()) if wait_seconds is None else wait_seconds
        if not self._died(uow, step, code, note):
            for row in step.rows:
                until = uow.now + int(seconds * MICROS)
                delivery.wait(uow, row, error_code=code, not_before=until, keeps_intent=keeps_intent)
            self.counts["retried"] += len(step.rows)
            self.notes.append(note or _note(step, code))

    def unconfirmed(self, uow: UnitOfWork, step: Step, code: str = UNCONFIRMED) -> None:
        """Try again what the server accepted without doing it, or does not tell of, but not for ever."""
        if min(row.attempts for row in step.rows) + 1 >= MAX_UNCONFIRMED:
            self.conflicted(uow, step, code)
        else:
            self.again(uow, step, code)

    def postpone(self, steps: Iterable[Step], code: str) -> None:
        """Let steps wait for what a sync will find; since when they do is written the first time."""
        waiting = iter(steps)
        while batch := list(islice(waiting, self.settings.commit_batch_messages)):
            with self.begin() as uow:
                for step in batch:
                    if not self._died(uow, step, code):
                        _postpone(uow, step, code)

    def _park(self, step: Step) -> None:
        self.blocked.add(step.message_id)
        self.parked.update(step.ids)

    def _died(self, uow: UnitOfWork, step: Step, code: str, note: ErrorNote | None = None) -> bool:
        self._park(step)
        if not self._is_old(step):
            return False
        delivery.finish(uow, step.rows, "dead", error_code=code)
        self.ended.update(step.ids)
        self.counts["dead"] += len(step.rows)
        self.notes.append(replace(note or _note(step, code), message=GIVEN_UP))
        self._fail(step, code)
        return True

    def _is_old(self, step: Step) -> bool:
        age = self.owner.store.now() - min(row.created_at for row in step.rows)
        return age > self.settings.give_up_seconds * MICROS

    def _fail(self, step: Step, code: str) -> None:
        self._failed += [
            {
                "message_id": row.message_id,
                "change_id": row.change_id,
                "operation": operation_kind(row.operation),
                "code": code,
            }
            for row in step.rows
        ]


def _note(step: Step, code: str) -> ErrorNote:
    return ErrorNote(f"outbox:{step.rows[0].id}", code, reason_for(code))


def _postpone(uow: UnitOfWork, step: Step, code: str) -> None:
    for row in step.rows:
        if row.state == "waiting" and row.error_code == code:
            delivery.tried(uow, row)
        else:
            delivery.wait(uow, row, error_code=code, not_before=uow.now, keeps_intent=True)
