"""What a job of each kind does: the stages that direct calls use, under the lease of the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace

from mailhelper_core.app.cursor import Cursor
from mailhelper_core.app.session import failures_noted, opened, refusals_noted, require_rest_over
from mailhelper_core.app.stages import stages
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.jobs.work import Counts, Slice, Work, added, counts_of
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.push import Pusher, PushingSession
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.work.report import AsDict, Progress
from mailhelper_core.pipeline import Pipeline
from mailhelper_core.rules.carried import Carried
from mailhelper_core.rules.opened import Asked
from mailhelper_core.rules.service import runs_of
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import delivery
from mailhelper_core.sync.upkeep import MaintenanceService, Retention
from mailhelper_core.transfer.erase import erase_left_behind

AtServer = Callable[[Pipeline, Account, MailSession, Slice], AsDict]


@dataclass(frozen=True, slots=True)
class JobFunctions:
    """The functions of all kinds of jobs there are."""

    wiring: Wiring
    submit: Callable[[str, str, int | None], None]

    def by_kind(self) -> Mapping[str, Work]:
        """Answer kind -> function."""
        return {
            "sync": lambda one: self._at_server(one, _sync),
            "deliver": lambda one: self._at_server(one, _deliver),
            "run": lambda one: self._at_server(one, _run) if one.account_id is not None else self._fan_out(one, "run"),
            "index": self._index,
            "process": self._process,
            "embed": self._embed,
            "draft_reply": self._draft_replies,
            "apply_rules": self._apply_rules,
            "reprocess": self._reprocess,
            "train": self._train,
            "maintenance": self._maintenance,
        }

    def has_news(self, owner: str, account_id: int, lease: Lease) -> bool:
        """Look at an account's mailboxes, fetching nothing: whether there is something new, or something to send."""
        store = self.wiring.store.for_owner(owner)
        with self._session(store, account_id) as (account, session):
            report = stages(self.wiring, store).sync_stage.sync(account, max_messages=0, session=session, lease=lease)
        with store.read() as uow:
            waits = bool(delivery.window(uow, account_id, limit=1))
        return waits or bool(report.remaining or report.updated or report.moved or report.deleted or report.adopted)

    def listen(self, owner: str, account_id: int) -> Pusher | None:
        """Open a connection that listens to an account's server; None where that cannot push.

        Raises as connecting does, and without it ThrottledError while the server has asked to be left alone.
        """
        store = self.wiring.store.for_owner(owner)
        with store.read() as uow:
            account = accounts.get(uow, owner, account_id)
        require_rest_over(store, account)
        with refusals_noted(store, account), ExitStack() as unless_it_listens:
            session = self.wiring.sources.open(account)
            unless_it_listens.callback(session.close)
            pusher = session.push() if isinstance(session, PushingSession) else None
            if pusher is not None:
                unless_it_listens.pop_all()
        return pusher

    def heard(self, owner: str, account_id: int) -> None:
        """Ask for a run since an account's server was heard; so it is there, whatever earlier tries have met."""
        store = self.wiring.store.for_owner(owner)
        with store.read() as uow:
            is_away = accounts.get(uow, owner, account_id).state == "unreachable"
        if is_away:
            with store.begin() as uow:
                accounts.record_reached(uow, account_id)
        self.submit("run", owner, account_id)

    def _at_server(self, one: Slice, work: AtServer) -> Counts:
        store = self._owner(one)
        with self._session(store, one.account_id or 0) as (account, session):
            return counts_of(work(stages(self.wiring, store), account, session, one).as_dict())

    def _index(self, one: Slice) -> Counts:
        search = stages(self.wiring, self._owner(one)).search
        done = 0
        for account_id in self._accounts(one):
            done += search.index(account_id, progress=one.progress, cancel=one.is_over)
            one.settle()
        return {"indexed": done}

    def _process(self, one: Slice) -> Counts:
        pipeline = stages(self.wiring, self._owner(one))
        report = pipeline.process(one.account_id, progress=one.progress, cancel=one.is_over)
        return counts_of(report.as_dict())

    def _embed(self, one: Slice) -> Counts:
        embedding = stages(self.wiring, self._owner(one)).embedding
        done = waiting = 0
        for account_id in self._accounts(one):
            report = embedding.embed(account_id, progress=one.progress, cancel=one.is_over)
            done, waiting = done + report.embedded, waiting + report.waiting
            one.settle()
        return {"embedded": done, "waiting": waiting}

    def _draft_replies(self, one: Slice) -> Counts:
        replies = stages(self.wiring, self._owner(one)).replies
        made = [replies.make_asked(account_id, cancel=one.is_over) for account_id in self._accounts(one)]
        return {"drafted": sum(count for count, _ in made), "failed": sum(len(errors) for _, errors in made)}

    def _train(self, one: Slice) -> Counts:
        report = stages(self.wiring, self._owner(one)).learning.train(cancel=one.is_over)
        return counts_of(report.as_dict()) | Counter(training.outcome for training in report.trainings)

    def _apply_rules(self, one: Slice) -> Counts:
        """Let the rules act whose time has come (that is asked for without an account), then all on what waits.

        The cap is for all of it.
        """
        runs = runs_of(stages(self.wiring, self._owner(one)).rules)
        carried, counts = Carried.read(one.cursor), {}
        if one.account_id is None:
            report, carried = runs.by_clock(carried, progress=one.progress, cancel=one.is_over)
            counts = counts_of(report.as_dict())
            if counts:
                one.mark(carried.write())
            if carried.clock:
                return counts
            one.settle()
        report = runs.on(
            Asked(None, one.account_id), carried, progress=one.progress, cancel=one.is_over,
            carry=lambda reached: one.mark(reached.write()),
        )  # fmt: skip
        return added(counts, counts_of(report.as_dict()))

    def _reprocess(self, one: Slice) -> Counts:
        """Let all messages wait again, batch by batch, and ask for the processing of each account."""
        processing = stages(self.wiring, self._owner(one)).processing
        requeued, cut_at, ids = 0, _place_in(one.cursor), self._accounts(one)
        for number, account_id in enumerate(ids):
            if account_id < cut_at[0]:
                continue
            for last, count in processing.requeued(account_id, cut_at[1] if account_id == cut_at[0] else 0):
                requeued += count
                one.mark(f"{account_id}:{last}", {"requeued": count})
                if one.is_over():
                    return {"requeued": requeued}
            self.submit("process", one.owner, account_id)
            one.progress(Progress("accounts", number + 1, len(ids)))
        return {"requeued": requeued}

    def _maintenance(self, one: Slice) -> Counts:
        retention = Retention(lease_seconds=self.wiring.settings.lease_seconds)
        report = MaintenanceService(self._owner(one), retention).maintain(one.account_id, cancel=one.is_over)
        erase_left_behind(self.wiring.store)
        return counts_of(report.as_dict())

    def _fan_out(self, one: Slice, kind: str) -> Counts:
        asked = 0
        for account_id in self._left(one):
            self.submit(kind, one.owner, account_id)
            one.mark(str(account_id), {"accounts": 1})
            asked += 1
        return {"accounts": asked}

    def _left(self, one: Slice) -> Iterator[int]:
        """Yield the accounts behind the cursor until the slice is over."""
        ids = [id_ for id_ in self._accounts(one) if id_ > int(one.cursor or 0)]
        for number, account_id in enumerate(ids):
            if one.is_over():
                return
            yield account_id
            one.progress(Progress("accounts", number + 1, len(ids)))

    def _accounts(self, one: Slice) -> list[int]:
        if one.account_id is not None:
            return [one.account_id]
        with self._owner(one).read() as uow:
            return [account.id for account in accounts.every(uow, one.owner)]

    def _owner(self, one: Slice) -> OwnerStore:
        return self.wiring.store.for_owner(one.owner)

    @contextmanager
    def _session(self, owner: OwnerStore, account_id: int) -> Iterator[tuple[Account, MailSession]]:
        with owner.read() as uow:
            account = accounts.get(uow, owner.owner, account_id)
        with failures_noted(owner, account), closing(opened(self.wiring, owner, account)) as session:
            yield account, session


def _place_in(cursor: str) -> tuple[int, int]:
    """Read in which account, and behind which message of it, a slice goes on."""
    account_id, _, message_id = cursor.partition(":")
    return int(account_id or 0), int(message_id or 0)


def _sync(pipeline: Pipeline, account: Account, session: MailSession, one: Slice) -> AsDict:
    def deliver() -> None:
        # Who clicks meanwhile need not wait: a `deliver` job cannot begin while this one holds the account.
        pipeline.actions.deliver(account, session=session, lease=one.lease, cancel=one.is_over)

    return pipeline.sync(
        account, session, one.lease, progress=one.progress, cancel=one.is_over, between_batches=deliver,
        place=Cursor(one).place,
    )  # fmt: skip


def _run(pipeline: Pipeline, account: Account, session: MailSession, one: Slice) -> AsDict:
    cursor = Cursor(one)
    # Mail that comes while a slice waits may lie before where the rules ended: each looks from the beginning.
    return pipeline.run(
        account, session, one.lease, progress=one.progress, cancel=one.is_over,
        ruled=replace(cursor.ruled, at=None), carry=cursor.keep_ruled, place=cursor.place,
    )  # fmt: skip


def _deliver(pipeline: Pipeline, account: Account, session: MailSession, one: Slice) -> AsDict:
    return pipeline.actions.deliver(
        account, session=session, lease=one.lease, progress=one.progress, cancel=one.is_over
    )
