"""`ada.accounts`: logins, and whether the store still says what their servers say."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.accounts.service import AccountService
from mailhelper_core.app.session import leased_session
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.model.door import guarded
from mailhelper_core.model.source.account import Verification
from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.pipeline import Pipeline
from mailhelper_core.sync.verify import VerifyService


@guarded
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountServices(AccountService):
    """The accounts of one owner, with what needs a sync."""

    wiring: Wiring
    pipeline: Pipeline

    def verify(self, account_id: int) -> Verification:
        """Compare the whole store with the server: mailboxes, missing, extra, other keywords. Raises as `sync`."""
        self.owner.require_own_transaction("verify")
        account = self.get(account_id)
        with leased_session(self.wiring, self.owner, account) as (session, _):
            return VerifyService(self.owner).verify(account, session)

    def repair(self, account_id: int) -> SyncReport:
        """Sync as if nothing were known of the server's state: list everything, read all flags, fetch what is missing.

        What is stored and still there keeps its id, tags and history, and is not fetched again, unless its body came
        shorter than the server announced it. Mailboxes that were given up are tried anew. Raises as `sync`.
        """
        self.owner.require_own_transaction("repair")
        account = self.get(account_id)
        with leased_session(self.wiring, self.owner, account) as (session, lease):
            VerifyService(self.owner).forget(account, lease)
            return self.pipeline.sync(account, session, lease, asks_again=True)
