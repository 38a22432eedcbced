"""OwnerServices: everything one owner can do, each call owner-scoped; wiring only."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager

from mailhelper_core.accounts.owner_settings import OwnerSettingsService
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.app.accounts import AccountServices
from mailhelper_core.app.messages import MessageServices
from mailhelper_core.app.opinions import opinions_of
from mailhelper_core.app.outbox import OutboxServices
from mailhelper_core.app.questions import egress_of
from mailhelper_core.app.session import leased_session
from mailhelper_core.app.stages import stages
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.jobs.owner import OwnerJobs
from mailhelper_core.model.door import guarded
from mailhelper_core.model.work.operation import Change
from mailhelper_core.model.work.report import (
    Event,
    IsCancelled,
    OnProgress,
    Page,
    ProcessReport,
    RunReport,
    SyncReport,
)
from mailhelper_core.plugins.settings import PluginSettings
from mailhelper_core.read.threads import ThreadService
from mailhelper_core.search.saved import SavedSearches
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import changes, events
from mailhelper_core.sync.upkeep import MaintenanceService
from mailhelper_core.tags.service import TagManager
from mailhelper_core.transfer.erase import EraseService
from mailhelper_core.transfer.export import ExportService


@guarded
class OwnerServices:
    """The services of one owner. Thread-safe, cheap to make for each request, holds no database session."""

    def __init__(self, wiring: Wiring, owner: OwnerStore) -> None:
        pipeline, gate = stages(wiring, owner), EgressGate(owner, wiring.registry, wiring.dispatcher)
        search = pipeline.search
        self.accounts = AccountServices(
            owner, wiring.sources, wiring.keyring, wiring.settings.schemes, wiring=wiring, pipeline=pipeline
        )
        self.settings = OwnerSettingsService(owner)
        self.maintain = MaintenanceService(owner).maintain
        self.plugins = PluginSettings(owner, wiring.registry, wiring.keyring)
        self.messages = MessageServices(owner, wiring, pipeline.search.meaning)
        self.opinions = opinions_of(wiring, gate)
        self.tags = TagManager(owner)
        self.rules = pipeline.rules
        self.learning = pipeline.learning
        self.outbox = OutboxServices(wiring, owner, pipeline.actions)
        self.jobs = OwnerJobs(owner, frozenset(wiring.jobs.works), lambda bell: wiring.jobs.ring([bell]))
        self.egress = egress_of(wiring, gate)
        self.replies = pipeline.replies
        self.search, self.ranked = search.search, search.ranked
        self.vectors = pipeline.embedding
        self.searches = SavedSearches(owner, wiring.registry)
        self.threads = ThreadService(owner)
        self.count, self.count_some = search.count, search.count_some
        self.counts = search.counts
        self.explain, self.snippets = search.explain, search.snippets
        self.undo = UndoService(owner).undo
        self.reprocess = pipeline.processing.reprocess
        self.export = ExportService(owner).export
        of_plugins = [one.provider for one in wiring.registry.tables.values()]
        self.erase = EraseService(owner, tuple(of_plugins), wiring.shown.clear).erase
        self._wiring = wiring
        self._owner = owner
        self._pipeline = pipeline

    def reading(self) -> AbstractContextManager[None]:
        """Let the calls within a `with` block that only look share one transaction: a page is read as of one moment.

        It holds for this thread. Long calls raise ConfigError in it, and a body that was not fetched is not fetched
        now (NotFoundError). What is written within is seen behind it, on SQLite.
        """
        return self._owner.reading()

    def sync(
        self,
        account_id: int,
        *,
        max_messages: int | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
    ) -> SyncReport:
        """Bring the store and its search index up to date with the account's server.

        Raises BusyError when another process holds the account; LoginError, ThrottledError or ServerError when
        the connection fails (what was stored before stays, the account's state says why).
        """
        self._owner.require_own_transaction("sync")
        account = self.accounts.get(account_id)
        with leased_session(self._wiring, self._owner, account) as (session, lease):
            return self._pipeline.sync(
                account, session, lease, max_messages=max_messages, progress=progress, cancel=cancel
            )

    def process(
        self, account_id: int | None = None, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None
    ) -> ProcessReport:
        """Process what waits, of one account or of all, oldest message first; then suggest tags for new mail.

        A batch is one short transaction or two. What stays open is asked of the model provider that the owner has
        consented to, if any. Raises NotFoundError for an unknown account, ConfigError inside the host's transaction.
        `cancel` is looked at between batches; what was not processed keeps waiting.
        """
        return self._pipeline.process(account_id, progress=progress, cancel=cancel)

    def run(
        self,
        account_id: int,
        *,
        max_messages: int | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
    ) -> RunReport:
        """Make the whole journey: deliver, sync, process, let rules act, draft, deliver, embed. Raises as `sync`."""
        self._owner.require_own_transaction("run")
        account = self.accounts.get(account_id)
        with leased_session(self._wiring, self._owner, account) as (session, lease):
            return self._pipeline.run(
                account, session, lease, max_messages=max_messages, progress=progress, cancel=cancel
            )

    def changes(self, *, after: str | None = None, limit: int = 50) -> Page[Change]:
        """Answer what was decided, newest first, with how far each entry got."""
        with self._owner.read() as uow:
            return changes.page(uow, after=after, limit=limit)

    def events(
        self, *, after: str | None = None, limit: int = 100, kinds: Collection[str] | None = None
    ) -> Page[Event]:
        """Answer what happened since a cursor, all or of some kinds, oldest first; none is missed."""
        with self._owner.read() as uow:
            return events.page(uow, after=after, limit=limit, kinds=kinds)
