"""EraseService: an owner with all that was stored of them, for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep

from mailhelper_core.errors import BusyError, ConflictError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.transfer import EraseReport
from mailhelper_core.model.work.job import account_resource, lanes_of
from mailhelper_core.store.lease import Lease, renew_lease
from mailhelper_core.store.moving import arrivals, catalog, erasing
from mailhelper_core.store.unit_of_work import OwnerStore, Store, UnitOfWork
from mailhelper_core.store.work import leases

# Rows of one transaction: SQLite's write lock stays short.
BATCH_MESSAGES = 50
BATCH_ROWS = 500
# Who works on an account ends after its batch, within ten seconds; a worker that was killed loses its lease in 20.
WAIT_SECONDS = 30.0
LOOK_SECONDS = 0.1
LEASE_SECONDS = 20.0
# A click of the owner may come between the last look and the end.
ATTEMPTS = 5


def erase_left_behind(store: Store) -> None:
    """Erase what began to arrive out of archives a day ago and does not go on."""
    for key in arrivals.left_behind(store):
        with suppress(BusyError), leases.holding(store, arrivals.resource_of(key), seconds=LEASE_SECONDS):
            EraseService(store.for_owner(key)).erase()


@guarded
@dataclass(frozen=True, slots=True)
class EraseService:
    """Erases one owner."""

    owner: OwnerStore
    plugins: tuple[PluginTables, ...] = ()
    forget: Callable[[], None] = lambda: None  # what a process keeps of mail outside the database

    def erase(self) -> EraseReport:
        """Erase all that is stored of the owner: mail, opinions, tags, rules, models, jobs, secrets, the name itself.

        Nothing on a mail server changes. Jobs end, accounts are paused at once; killed half-way, the next call goes
        on. `is_wiped` says that a SQLite file and its log hold none of it any more; of PostgreSQL, rows are gone at
        once, and its files forget them at VACUUM FULL. Of plugins' tables those go that have a column `owner`. Backups
        are the host's. What of an archive began to arrive for the owner goes too. Raises BusyError when somebody works
        on an account, or takes such an archive in, for half a minute on end.
        """
        self.owner.require_own_transaction("erase")
        begun = [self._erase_begun(key) for key in arrivals.begun_for(self.owner.store, self.owner.owner)]
        with self.owner.begin() as uow:
            accounts = erasing.quiet(uow)
            subject = f"owner:{uow.owner_id}"
        messages = sum(self._erase_account(account_id) for account_id in accounts)
        with self._alone(subject) as held:
            tables = [table for table in catalog.erased() if catalog.short(table) != "owners"]
            total = sum(
                self._repeat(lambda uow, table=table: erasing.erase_some(uow, table, BATCH_ROWS), BATCH_ROWS, held)  # type: ignore[misc]
                for table in tables
            )
            if self.owner.store.contents is not None:
                self.owner.store.contents.clear(self.owner.owner)
            self._end(accounts)
        self.owner.store.forget_owner(self.owner.owner)
        self.forget()
        messages += sum(one.messages for one in begun)
        total += sum(one.rows for one in begun)
        return EraseReport(messages, total, erasing.wipe(self.owner.store))

    def _erase_begun(self, key: str) -> EraseReport:
        with self._held(arrivals.resource_of(key)):
            return EraseService(self.owner.store.for_owner(key)).erase()

    def _erase_account(self, account_id: int) -> int:
        def step(uow: UnitOfWork) -> int:
            return erasing.erase_messages(uow, account_id, BATCH_MESSAGES)

        with self._alone(account_resource(account_id)) as held:
            return self._repeat(step, BATCH_MESSAGES, held)

    @contextmanager
    def _alone(self, subject: str) -> Iterator[list[Lease]]:
        """Hold all leases of a subject."""
        with ExitStack() as stack:
            yield [stack.enter_context(self._held(name)) for name in lanes_of(subject)]

    @contextmanager
    def _held(self, resource: str) -> Iterator[Lease]:
        deadline = monotonic() + WAIT_SECONDS
        while True:
            try:
                lease = leases.acquire(self.owner.store, resource, seconds=LEASE_SECONDS)
                break
            except BusyError:
                if monotonic() > deadline:
                    raise
            sleep(LOOK_SECONDS)
        try:
            yield lease
        finally:
            leases.release(self.owner.store, lease)

    def _repeat(self, step: Callable[[UnitOfWork], int], size: int, held: Sequence[Lease]) -> int:
        """Take steps until one does less than it may; each renews all leases."""
        total, done = 0, size
        while done == size:
            with self.owner.begin(held[0]) as uow:
                for lease in held[1:]:
                    renew_lease(uow.connection, lease, uow.now)
                done = step(uow)
            total += done
        return total

    def _end(self, accounts: list[int]) -> None:
        for number in range(1, ATTEMPTS + 1):
            try:
                with self.owner.begin() as uow:
                    erasing.erase_owner(uow, accounts, catalog.of_owner(self.plugins))
                return
            except ConflictError:
                if number == ATTEMPTS:
                    raise
