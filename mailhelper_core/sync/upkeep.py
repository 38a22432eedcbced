"""Upkeep of what sync stored: decide what has been kept long enough, and erase it in small transactions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from mailhelper_core.errors import BusyError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.fingerprint import fingerprint
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.model.work.report import ErrorNote, IsCancelled, MaintenanceReport
from mailhelper_core.store.clock import micros
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.mail import accounts, erase
from mailhelper_core.store.mail.readable import CODE
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import leases

DAY_SECONDS = 86_400.0
# Erased in one transaction: as many as one stores.
BATCH = 50
_UNKEPT = "The stored message could not be read: it was erased, and what its owner taught by it is not kept."


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is no longer needed is kept."""

    # A month is what trash folders give who deleted by mistake.
    lost_message_seconds: float = 30 * DAY_SECONDS
    # A message that another transaction is about to refer to was put here a moment ago.
    unused_content_seconds: float = DAY_SECONDS
    # A host that reads no events for a quarter of a year reads the whole state instead.
    event_seconds: float = 90 * DAY_SECONDS
    # Why a rule acted, and what left for which provider, is asked within a year, or never.
    trace_seconds: float = 365 * DAY_SECONDS
    ledger_seconds: float = 365 * DAY_SECONDS
    lease_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The moments (microseconds) before which things may go."""

    lost_message: int
    unused_content: int
    event: int
    trace: int
    ledger: int


def plan_deadlines(now: int, retention: Retention) -> Deadlines:
    """Decide what is old enough to be erased."""
    return Deadlines(
        now - micros(retention.lost_message_seconds),
        now - micros(retention.unused_content_seconds),
        now - micros(retention.event_seconds),
        now - micros(retention.trace_seconds),
        now - micros(retention.ledger_seconds),
    )


@guarded
@dataclass(frozen=True, slots=True)
class MaintenanceService:
    """Erases for one owner what has been kept long enough."""

    owner: OwnerStore
    retention: Retention = field(default_factory=Retention)

    def maintain(self, account_id: int | None = None, *, cancel: IsCancelled | None = None) -> MaintenanceReport:
        """Erase lost messages of one account, or of all, then contents, events and traces that nobody needs any more.

        An account that is being synced is left for the next time, with a note. Raises NotFoundError.
        """
        self.owner.require_own_transaction("maintain")
        stop = cancel or _never
        with self.owner.read() as uow:
            due = plan_deadlines(uow.now, self.retention)
            mine = [one.id for one in accounts.every(uow, self.owner.owner)]
            ids = mine if account_id is None else [accounts.get(uow, self.owner.owner, account_id).id]
        report = MaintenanceReport()
        for one in ids:
            report = self._erase_lost(one, due, report, stop)
        contents = self._repeat(lambda uow: erase.collect_blobs(uow, due.unused_content, BATCH), stop)
        events = self._repeat(lambda uow: erase.erase_events(uow, due.event, BATCH), stop)
        traces = self._repeat(lambda uow: erase.erase_traces(uow, due.trace, BATCH), stop)
        calls = self._repeat(lambda uow: erase.erase_ledger(uow, due.ledger, BATCH), stop)
        return replace(report, contents=contents, events=events, traces=traces, calls=calls)

    def _erase_lost(
        self, account_id: int, due: Deadlines, report: MaintenanceReport, stop: IsCancelled
    ) -> MaintenanceReport:
        with self.owner.read() as uow:
            if not erase.lost(uow, account_id, due.lost_message, 1):
                return report
        unkept: list[int] = []
        with suppress(BusyError):
            # A sync may be about to find one of them again.
            with leases.holding(
                self.owner.store, account_resource(account_id), seconds=self.retention.lease_seconds
            ) as lease:
                gone = self._repeat(lambda uow: _erase_some(uow, account_id, due, unkept), stop, lease)
            notes = [ErrorNote(f"message:{message_id}", CODE, _UNKEPT) for message_id in unkept]
            return replace(report, messages=report.messages + gone, errors=(*report.errors, *notes))
        return replace(report, errors=(*report.errors, ErrorNote(f"account:{account_id}", "busy")))

    def _repeat(self, step: Callable[[UnitOfWork], int], stop: IsCancelled, lease: Lease | None = None) -> int:
        total = 0
        done = BATCH
        while done == BATCH and not stop():
            with self.owner.begin(lease) as uow:
                done = step(uow)
            total += done
        return total


def _erase_some(uow: UnitOfWork, account_id: int, due: Deadlines, unkept: list[int]) -> int:
    ids = erase.lost(uow, account_id, due.lost_message, BATCH)
    unkept += erase.erase(uow, ids, fingerprint)
    return len(ids)


def _never() -> bool:
    return False
