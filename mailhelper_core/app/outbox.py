"""`ada.outbox`: what waits for the server, and its delivery."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.actions.replay import replay
from mailhelper_core.actions.service import ActionService
from mailhelper_core.app.session import leased
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.model.door import guarded
from mailhelper_core.model.work.operation import Change, ChangeEntry
from mailhelper_core.model.work.report import DeliverReport, IsCancelled
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import outbox


@guarded
@dataclass(frozen=True, slots=True)
class OutboxServices:
    """The deeds of one owner that are not delivered yet."""

    wiring: Wiring
    owner: OwnerStore
    actions: ActionService

    def pending(self) -> tuple[ChangeEntry, ...]:
        """Answer the operations that wait, oldest first."""
        with self.owner.read() as uow:
            return tuple(outbox.pending(uow))

    def deliver(self, account_id: int, *, cancel: IsCancelled | None = None) -> DeliverReport:
        """Carry an account's waiting operations to its server; connects only when something waits.

        Raises BusyError when another process holds the account, LoginError and ServerError when connecting fails.
        """
        self.owner.require_own_transaction("deliver")
        with self.owner.read() as uow:
            account = accounts.get(uow, self.owner.owner, account_id)
        with leased(self.wiring, self.owner, account) as lease:
            return self.actions.deliver(account, lease=lease, cancel=cancel)

    def replay(self, change: Change | ChangeEntry | int, *, failed: bool = False) -> tuple[ChangeEntry, ...]:
        """Let plugins carry out again what they did in a change, or in one entry of it; answers these entries.

        For a service that has lost, or for days refused, what it was told: at the next delivery it is told the same
        under the same `operation_id`. What waits anyway, was undone, or concerns no plugin is left as it is; with
        `failed` what was delivered, too.

        Raises NotFoundError for an unknown or foreign change.
        """
        return replay(self.owner, change, failed=failed)
