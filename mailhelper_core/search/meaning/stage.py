"""The embed stage: messages that wait get vectors, a batch at a time; new vectors take over when all are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mailhelper_core.ai import builtin
from mailhelper_core.egress.outgoing import letter
from mailhelper_core.errors import ConflictError, InvalidError, PluginError, ProviderError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.meaning import VectorStatus
from mailhelper_core.model.work.report import EmbedReport, ErrorNote, IsCancelled, OnProgress, Progress
from mailhelper_core.search.meaning.makers import Makers, is_nonsense, is_permanent
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mail.readable import readable
from mailhelper_core.store.search import vectors
from mailhelper_core.store.search.vectors import Profile
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import pending

STAGE: pending.Stage = "embed"
BATCH_MESSAGES = 50
# Rows of one transaction that lets messages wait: about 10 ms of SQLite's write lock.
QUEUE_MESSAGES = 2_000
# What an embedder may look at before it begins: enough to know which words are rare.
FIT_MESSAGES = 1_000


@guarded
@dataclass(frozen=True, slots=True)
class EmbedService:
    """Makes and keeps the vectors of one owner's messages."""

    owner: OwnerStore
    makers: Makers

    def embed(
        self, account_id: int, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None
    ) -> EmbedReport:
        """Make the vectors that an account's messages wait for. Raises NotFoundError; without numpy nothing is done.

        A maker that fails or is gone leaves its messages waiting; what it can never answer waits no more. Mail that
        may not leave to a provider waits for a consent; meanwhile it gets vectors of the maker before, if that may.
        """
        self.owner.require_own_transaction(STAGE)
        if not builtin.has_numpy():
            return EmbedReport()
        with self.owner.read() as uow:
            accounts.get(uow, self.owner.owner, account_id)
        try:
            self._keep_up()
        except (InvalidError, PluginError) as exc:  # who made the vectors is not here any more, or fails
            return EmbedReport(errors=(ErrorNote.of("embedder", exc),))
        with self.owner.read() as uow:
            total = pending.count(uow, STAGE, account_id)
        done, made, errors, after = 0, 0, dict[ErrorNote, None](), 0
        while total and not (cancel and cancel()):
            try:
                taken, count = self._embed_some(account_id, after, errors)
            except (PluginError, ProviderError, ConflictError) as exc:
                errors[ErrorNote.of("embedder", exc)] = None
                if exc.code == "dimension":
                    self._begin_anew()
                break
            if not taken:
                break
            done, made, after = done + len(taken), made + count, taken[-1]
            if progress is not None:
                progress(Progress(STAGE, done, max(total, done), EmbedReport(made)))
        switched = self._switch_if_built()
        with self.owner.read() as uow:
            left = pending.count(uow, STAGE, account_id)
        return EmbedReport(made, left, switched, tuple(errors))

    def use(self, name: str) -> VectorStatus:
        """Let vectors of another embedder, or of `provider:NAME`, be made and take over when all are there.

        Mail of an account without consent to `embed` gets none of a provider; without any those before go on answering.
        Raises InvalidError for an unknown name, ConfigError without numpy.
        """
        self.owner.require_own_transaction("using an embedder")
        builtin.require_numpy()
        self._build(name)
        return self.status()

    def embedder(self) -> str:
        """Answer whose vectors answer now, empty while there are none; `status` counts them too, which takes longer."""
        with self.owner.read() as uow:
            live = vectors.profiles(uow).get("live")
            return live.name if live and vectors.has_some(uow, live.id) else ""

    def status(self) -> VectorStatus:
        """Answer whose vectors answer now, and how far those that are to take over are."""
        with self.owner.read() as uow:
            found = vectors.profiles(uow)
            live, building = found.get("live"), found.get("building")
            newest = building or live
            barred = vectors.barred(uow, newest) if newest else frozenset()
            return VectorStatus(
                live.name if live else "", live.dimension if live else 0,
                vectors.count(uow, live.id) if live else 0,
                building.name if building else "", vectors.count(uow, building.id) if building else 0,
                vectors.is_waiting(uow, but=barred), "" if builtin.has_numpy() else builtin.ADVICE,
                tuple(sorted(barred)),
            )  # fmt: skip

    def _keep_up(self) -> None:
        """Begin anew where there are no vectors yet, or the embedder is not the one that made them."""
        with self.owner.read() as uow:
            newest = vectors.newest(uow)
            has_mail = bool(vectors.newest_ids(uow, 1))
        if newest is None:
            if has_mail:  # of none it would learn that no word is rare, for good
                self._build(builtin.NAME)
        elif not self.makers.kind(newest.name).fits(newest):
            self._build(newest.name)
        elif newest.is_begun:  # somebody is at it, or has died over it; what waits already goes on waiting
            self._let_all_wait(newest.id)

    def _begin_anew(self) -> None:
        """Make all vectors anew where a provider has changed their length; an embedder says its own beforehand."""
        with self.owner.read() as uow:
            newest = vectors.newest(uow)
        if newest is not None and newest.provider:
            self._build(newest.name)

    def _build(self, name: str) -> None:
        kind = self.makers.kind(name)
        with self.owner.read() as uow:
            sample, _ = readable(uow, vectors.newest_ids(uow, FIT_MESSAGES))
        fitted = self.makers.fitted(name, [letter(message).part.text for message in sample])
        with self.owner.begin() as uow:
            profile_id = vectors.create(uow, kind.name, kind.version, kind.dimension, fitted)
        self._let_all_wait(profile_id)

    def _let_all_wait(self, profile_id: int) -> None:
        with self.owner.read() as uow:
            known = [account.id for account in accounts.every(uow, self.owner.owner)]
        self._let_wait(known)
        with self.owner.begin() as uow:
            vectors.all_wait(uow, profile_id)

    def _let_wait(self, account_ids: Iterable[int]) -> None:
        for account_id in account_ids:
            after = 0
            while ids := self._queue(account_id, after):
                after = ids[-1]

    def _queue(self, account_id: int, after: int) -> list[int]:
        with self.owner.begin() as uow:
            ids = vectors.message_ids(uow, account_id, after=after, limit=QUEUE_MESSAGES)
            pending.add(uow, STAGE, account_id, ids)
        return ids

    def _embed_some(self, account_id: int, after: int, errors: dict[ErrorNote, None]) -> tuple[list[int], int]:
        """Make the vectors of one batch, with no transaction open meanwhile; answer the messages, and how many.

        One that cannot be read is noted in `errors` and waits no more. Mail that may not leave is not even looked at.
        """
        with self.owner.read() as uow:
            chosen = self._chosen(uow, account_id)
            if chosen is None:
                return [], 0
            ids = pending.take(uow, STAGE, account_id, BATCH_MESSAGES, after=after)
            profile = vectors.with_fitted(uow, chosen)
            missing = vectors.missing(uow, profile.id, ids)
            found, odd = readable(uow, missing)
        errors |= dict.fromkeys(odd)
        rows = self._made(profile, account_id, found)
        with self.owner.begin() as uow:
            uow.lock_owner()  # nobody begins anew meanwhile
            chosen = self._chosen(uow, account_id)
            if is_wanted := chosen is not None and chosen.id == profile.id:
                claimed = pending.claim(uow, STAGE, account_id, ids)
                rows = [row for row in rows if row[0] in claimed]
                if rows:
                    vectors.put(uow, profile.id, account_id, rows)
                if rows and not profile.dimension:
                    vectors.set_dimension(uow, profile.id, len(rows[0][1]) // 4)
        # Others were begun meanwhile, and all messages wait for those: from the first on.
        return (ids, len(rows)) if is_wanted else self._embed_some(account_id, 0, errors)

    def _chosen(self, uow: UnitOfWork, account_id: int) -> Profile | None:
        """Answer whose vectors an account's mail gets now; None where it may not leave to any of them.

        While vectors are built that are to take over, no others are made: those are on their way out. But of mail that
        may not leave to their provider nobody knows when that will be: until then it is found by those before.
        """
        found = vectors.profiles(uow)
        known = [one for one in (found.get("building"), found.get("live")) if one is not None]
        return next((one for one in known if account_id not in vectors.barred(uow, one) and self._fits(one)), None)

    def _fits(self, profile: Profile) -> bool:
        try:
            return self.makers.kind(profile.name).fits(profile)
        except InvalidError:  # who made them is not here any more
            return False

    def _made(self, profile: Profile, account_id: int, batch: Sequence[MessageDetail]) -> list[tuple[int, bytes]]:
        if not batch:
            return []
        try:
            found = self.makers.of_messages(profile, account_id, batch)
        except (PluginError, ProviderError) as exc:
            if not is_permanent(exc):
                raise
            if len(batch) == 1:  # an odd text: all others must not wait for it
                return []
            rows = [row for message in batch for row in self._made(profile, account_id, [message])]
            if not rows and is_nonsense(exc):  # it is not the texts: vectors that are there must not be given up
                raise
            return rows
        return [(message.id, vector) for message, vector in zip(batch, found, strict=True)]

    def _switch_if_built(self) -> bool:
        with self.owner.begin() as uow:
            uow.lock_owner()  # nobody begins anew meanwhile
            found = vectors.profiles(uow)
            building, live = found.get("building"), found.get("live")
            if building is None or building.is_begun:
                return False
            barred = vectors.barred(uow, building)
            if vectors.is_waiting(uow, but=barred) or _is_worse(uow, building, live, barred):
                return False
            vectors.switch(uow, building, live)
        self._let_wait(barred)  # for a consent: the vectors before it are gone
        return True


def _is_worse(uow: UnitOfWork, building: Profile, live: Profile | None, barred: Collection[int]) -> bool:
    """Say whether vectors that may take over are none, or not all of an account whose consent was withdrawn."""
    if not vectors.has_some(uow, building.id):
        return bool(barred) or (live is not None and vectors.has_some(uow, live.id))
    return vectors.has_of(uow, building.id, barred)
