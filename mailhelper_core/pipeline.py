"""The order of stages for one account, on one screen; a stage never calls another stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce

from mailhelper_core.actions.service import ActionService
from mailhelper_core.errors import BusyError
from mailhelper_core.learn.service import LearningService
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.work.report import (
    DeliverReport,
    IsCancelled,
    OnProgress,
    ProcessReport,
    Progress,
    RunReport,
    SyncReport,
)
from mailhelper_core.process.service import ProcessingService
from mailhelper_core.replies.service import ReplyService
from mailhelper_core.rules.carried import Carried
from mailhelper_core.rules.opened import Asked
from mailhelper_core.rules.runs import Carry
from mailhelper_core.rules.service import RulesEngine, runs_of
from mailhelper_core.search.meaning.stage import EmbedService
from mailhelper_core.search.service import SearchService
from mailhelper_core.store.lease import Lease
from mailhelper_core.sync.looked import Place
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.tags.service import TagManager


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of one owner, and the two journeys through them."""

    sync_stage: MailSyncService
    search: SearchService
    processing: ProcessingService
    rules: RulesEngine
    actions: ActionService
    learning: LearningService
    tags: TagManager
    embedding: EmbedService
    replies: ReplyService

    def sync(
        self,
        account: Account,
        session: MailSession,
        lease: Lease,
        *,
        max_messages: int | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
        between_batches: Callable[[], None] | None = None,
        place: Place | None = None,
        asks_again: bool = False,
    ) -> SyncReport:
        """Bring the store up to date with the server, then tags with keywords, then the search index."""
        report = self.sync_stage.sync(
            account, max_messages=max_messages, session=session, lease=lease, progress=progress, cancel=cancel,
            between_batches=between_batches, place=place, asks_again=asks_again,
        )  # fmt: skip
        if report.new or report.updated or report.adopted:
            self.tags.take_over(account.id)
        return replace(report, indexed=self.search.index(account.id, progress=progress, cancel=cancel))

    def process(
        self, account_id: int | None = None, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None
    ) -> ProcessReport:
        """Process what waits, then suggest tags for new mail: of one account or of all."""
        report = self.processing.process(account_id, progress=progress, cancel=cancel)
        if cancel is None or not cancel():  # else the next slice of the job comes to it
            for id_ in self.processing.account_ids(account_id):
                self.learning.tag_new(id_)
        return report

    def run(
        self,
        account: Account,
        session: MailSession,
        lease: Lease,
        *,
        max_messages: int | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
        ruled: Carried = Carried(),  # noqa: B008 - a frozen value
        carry: Carry | None = None,
        place: Place | None = None,
    ) -> RunReport:
        """Make the whole journey: deliver what waits, sync, learn, process, tag, rules, draft, deliver, embed.

        What is decided while a long sync goes on is delivered between its batches. `ruled` is how far the rules came
        in earlier slices of a job, and `carry` hears how far they come now; `place` is where its looks go on.
        """
        rounds: list[DeliverReport] = []

        def deliver() -> None:
            tell = _added_to(reduce(DeliverReport.then, rounds, DeliverReport()), progress) if progress else None
            rounds.append(self.actions.deliver(account, session=session, lease=lease, progress=tell, cancel=cancel))

        deliver()
        synced = self.sync(
            account, session, lease, max_messages=max_messages, progress=progress, cancel=cancel,
            between_batches=deliver, place=place,
        )  # fmt: skip
        self.learning.train_if_due(cancel=cancel)
        processed = self.process(account.id, progress=progress, cancel=cancel)
        asked = Asked(None, account.id)
        decided = runs_of(self.rules).on(asked, ruled, progress=progress, cancel=cancel, carry=carry)
        drafted, failed = self.replies.make_asked(account.id, cancel=cancel)
        try:
            deliver()
        except BusyError as exc:  # thinking took longer than the lease: who has the account now delivers what waits
            rounds.append(self.actions.put_off(account, exc.code))
        embedded = self.embedding.embed(account.id, progress=progress, cancel=cancel)
        return RunReport(synced, processed, decided, reduce(DeliverReport.then, rounds), embedded, drafted, failed)


def _added_to(earlier: DeliverReport, progress: OnProgress) -> OnProgress:
    """Answer what tells the progress of one more delivery as that of all of them."""

    def tell(one: Progress) -> None:
        report = earlier.then(one.report) if isinstance(one.report, DeliverReport) else one.report
        progress(Progress(one.stage, earlier.delivered + one.done, earlier.delivered + one.total, report))

    return tell
