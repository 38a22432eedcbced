"""ProcessingService: messages that wait get opinions and effective values, a batch at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.mime.parse import header_fields_of
from mailhelper_core.model.ai.egress import Consent
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import Context, ContextOf, Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import Opinion, Verdict, is_open
from mailhelper_core.model.work.news import MessageProcessed
from mailhelper_core.model.work.report import ErrorNote, IsCancelled, OnProgress, ProcessReport, Progress
from mailhelper_core.process import learned
from mailhelper_core.process.ask import Reply, ask
from mailhelper_core.process.combine import combine
from mailhelper_core.process.consult import STAGE as ASK
from mailhelper_core.process.consult import ConsultService, counts
from mailhelper_core.process.reliability import reliability
from mailhelper_core.process.sayers import REQUEUE_MESSAGES, let_go
from mailhelper_core.process.suggest import by_names, suggested
from mailhelper_core.settings import Settings
from mailhelper_core.store.egress import consents
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mail.readable import readable
from mailhelper_core.store.mind import agreement, models, opinions, suggestions, tags
from mailhelper_core.store.mind.histories import is_early, with_histories
from mailhelper_core.store.mind.own_words import as_owners_left_them
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import pending

STAGE: pending.Stage = "process"
# Names that one transaction suggests: each is looked up and written alone, 1 ms of SQLite's write lock.
SUGGESTED_NAMES = 8
# Notes of one report: beyond, the same plugin is broken in the same way.
MAX_NOTES = 50

Before = Mapping[int, Sequence[Opinion]]


@guarded
@dataclass(frozen=True, slots=True)
class ProcessingService:
    """Asks the classifiers of a registry about one owner's messages."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    settings: Settings

    def process(
        self,
        account_id: int | None = None,
        *,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
    ) -> ProcessReport:
        """Process what waits, of one account or of all, oldest message first; a batch is one short transaction or two.

        What stays open is asked of the model provider that the owner has consented to, if any. Of classifiers that
        are gone since, all that they have said is left out: those messages wait again first.

        Raises NotFoundError for an unknown account, ConfigError inside the host's transaction. `cancel` is looked
        at between batches; what was not processed keeps waiting.
        """
        self.owner.require_own_transaction(STAGE)
        tally = _Tally()
        with self.owner.read() as uow:
            account_ids = self._accounts(uow, account_id)
        for id_ in account_ids:
            let_go(self.owner, self.registry, id_, STAGE)
        with self.owner.read() as uow:
            total = sum(pending.count(uow, STAGE, id_) for id_ in account_ids)
        for batch in self._batches(account_ids):
            if cancel is not None and cancel():
                break
            self._process(batch, tally)
            if progress is not None:
                progress(Progress(STAGE, tally.processed, max(total, tally.processed), tally.report()))
        for told in self._consulted(account_ids, tally, cancel):
            if progress is not None:
                done = tally.processed + told
                progress(Progress(STAGE, done, max(total, done), tally.report()))
        return tally.report()

    def _consulted(self, account_ids: Sequence[int], tally: _Tally, cancel: IsCancelled | None) -> Iterator[int]:
        """Ask a model about what stays open; yield how many messages were asked about until now."""
        consulting = ConsultService(self.owner, self.registry, self.dispatcher)
        done = 0
        for id_ in account_ids:
            for one in consulting.consult(id_, cancel=cancel):
                done += one.done
                tally.asked += one.answered
                tally.note(one.errors)
                yield done

    def account_ids(self, account_id: int | None = None) -> list[int]:
        """Answer one account, or all of the owner. Raises NotFoundError for an unknown account."""
        with self.owner.read() as uow:
            return self._accounts(uow, account_id)

    def reprocess(self, account_id: int | None = None) -> int:
        """Let messages that were processed wait again, for other classifiers or versions; answer how many."""
        self.owner.require_own_transaction("reprocess")
        with self.owner.read() as uow:
            account_ids = self._accounts(uow, account_id)
        return sum(count for id_ in account_ids for _, count in self.requeued(id_))

    def requeued(self, account_id: int, after: int = 0) -> Iterator[tuple[int, int]]:
        """Let messages of an account wait again, from behind one on; yield the last of each batch, and how many."""
        while ids := self._requeue(account_id, after):
            after = ids[-1]
            yield after, len(ids)

    def _requeue(self, account_id: int, after: int) -> list[int]:
        with self.owner.begin() as uow:
            ids = opinions.message_ids(uow, account_id, after=after, limit=REQUEUE_MESSAGES)
            pending.add(uow, STAGE, account_id, ids)
        return ids

    def _accounts(self, uow: UnitOfWork, account_id: int | None) -> list[int]:
        if account_id is not None:
            return [accounts.get(uow, self.owner.owner, account_id).id]
        return [account.id for account in accounts.every(uow, self.owner.owner)]

    def _batches(self, account_ids: Sequence[int]) -> Iterator[_Batch]:
        for account_id in account_ids:
            after = 0
            while (batch := self._take(account_id, after)).ids:
                yield batch
                after = batch.ids[-1]

    def _take(self, account_id: int, after: int) -> _Batch:
        with self.owner.read() as uow:
            ids = pending.take(uow, STAGE, account_id, self.settings.process_batch_messages, after=after)
            if not ids:
                return _Batch(account_id)
            found, errors = _load(uow, ids)
            ours, others = models.split(models.live(uow))
            states, seen = others | {learned.NAME: learned.packed(ours)}, agreement.counts(uow)
            names = tuple(tags.names(uow)) if self.registry.suggesters else ()
            context_of = contexts(self.owner, uow, self.registry)
            return _Batch(
                account_id,
                tuple(ids),
                found,
                errors,
                states,
                reliability(self.registry, seen),
                context_of,
                names,
                is_early=is_early(uow, account_id),
            )

    def _process(self, batch: _Batch, tally: _Tally) -> None:
        heard = ask(
            self.registry.classifiers,
            batch.messages,
            context_of=batch.context_of,
            dispatcher=self.dispatcher,
            states=batch.states,
        )
        tally.note((*batch.errors, *heard.errors))
        self._suggest(batch, tally)
        size = self.settings.commit_batch_messages
        for start in range(0, len(heard.replies), size):
            self._write(batch, heard.replies[start : start + size], tally)
        if lost := set(batch.ids) - {message.id for message in batch.messages}:
            with self.owner.begin() as uow:
                pending.done(uow, STAGE, batch.account_id, sorted(lost))

    def _suggest(self, batch: _Batch, tally: _Tally) -> None:
        found, errors = suggested(
            self.registry.suggesters, batch.messages,
            context_of=batch.context_of, tags=batch.tags, dispatcher=self.dispatcher,
        )  # fmt: skip
        tally.note(errors)
        for part in by_names(found, SUGGESTED_NAMES):
            with self.owner.begin() as uow:
                tally.suggested += suggestions.put(uow, part)

    def _write(self, batch: _Batch, part: Sequence[Reply], tally: _Tally) -> None:
        with self.owner.begin() as uow:
            if batch.is_early and not is_early(uow, batch.account_id, hold=True):
                return  # all is stored since: they wait, to be judged by the whole history as the others
            there = opinions.hold(uow, [reply.message.id for reply in part])
            claimed = pending.claim(uow, STAGE, batch.account_id, there)
            replies = [reply for reply in part if reply.message.id in claimed]
            ids = [reply.message.id for reply in replies]
            before, fixed = opinions.of(uow, ids), opinions.fixed(uow, ids)
            # As it is now: who takes it back while classifiers are asked lets wait what is waiting already.
            consent = consents.find(uow, batch.account_id, "classify")
            opinions.strike(uow, {(r.message.id, o.said_by) for r in replies for o in _replaced(r, before)})
            count = opinions.add(uow, batch.account_id, {reply.message.id: reply.opinions for reply in replies})
            models_here = self.registry.model_classifiers
            verdicts = {
                reply.message.id: combine(
                    (*reply.opinions, *self._kept(reply, before, consent)),
                    corrections=fixed.get(reply.message.id, {}),
                    reliability=batch.reliability,
                    models=models_here,
                )
                for reply in replies
            }
            opinions.set_effective(uow, verdicts)
            if consent is not None:
                pending.add(uow, ASK, batch.account_id, [id_ for id_, verdict in verdicts.items() if is_open(verdict)])
            uow.news.extend(
                MessageProcessed(uow.owner, batch.account_id, id_, v.spam, v.category, v.urgency, v.importance)
                for id_, v in verdicts.items()
            )
        tally.count(count, verdicts.values())

    def _kept(self, reply: Reply, before: Before, consent: Consent | None) -> Iterator[Opinion]:
        """Answer what was said earlier by who was not asked or failed now; who was switched off counts no more."""
        for opinion in before.get(reply.message.id, ()):
            if opinion.said_by not in reply.answered and counts(opinion, self.registry, consent):
                yield opinion


@dataclass(frozen=True, slots=True)
class _Batch:
    account_id: int
    ids: tuple[int, ...] = ()
    messages: Sequence[MessageDetail] = ()
    errors: Sequence[ErrorNote] = ()
    states: Mapping[str, bytes] = field(default_factory=dict)
    reliability: Mapping[str, float] = field(default_factory=dict)
    context_of: ContextOf = lambda plugin: Context("")
    tags: tuple[str, ...] = ()
    is_early: bool = False  # a first sync had not seen all of the account yet


@dataclass(slots=True)
class _Tally:
    processed: int = 0
    opinions: int = 0
    undecided: int = 0
    suggested: int = 0
    asked: int = 0
    errors: dict[ErrorNote, None] = field(default_factory=dict)

    def note(self, errors: Iterable[ErrorNote]) -> None:
        for error in errors:
            if len(self.errors) < MAX_NOTES:
                self.errors[error] = None

    def count(self, said: int, verdicts: Collection[Verdict]) -> None:
        self.processed += len(verdicts)
        self.opinions += said
        self.undecided += sum(verdict.category is None for verdict in verdicts)

    def report(self) -> ProcessReport:
        return ProcessReport(
            self.processed, self.opinions, self.undecided, self.suggested, self.asked, tuple(self.errors)
        )


def _replaced(reply: Reply, before: Before) -> Iterator[Opinion]:
    return (opinion for opinion in before.get(reply.message.id, ()) if opinion.said_by in reply.answered)


def _load(uow: UnitOfWork, ids: Sequence[int]) -> tuple[list[MessageDetail], list[ErrorNote]]:
    """Read messages; one that cannot be read is noted and left out."""
    return readable(uow, ids, _read)


def _read(uow: UnitOfWork, ids: Sequence[int]) -> list[MessageDetail]:
    found = messages.details(uow, ids, decode_headers=header_fields_of)
    return with_histories(uow, as_owners_left_them(uow, found))
