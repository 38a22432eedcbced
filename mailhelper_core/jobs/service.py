"""JobService: claims due jobs and polls due accounts, a slice at a time, and looks after those left behind."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from threading import Event
from time import monotonic
from typing import TypeVar

from mailhelper_core.errors import MailHelperError, NotFoundError
from mailhelper_core.jobs import ended, plan
from mailhelper_core.jobs.asleep import Asleep
from mailhelper_core.jobs.beat import Hand
from mailhelper_core.jobs.claiming import claim_next, claim_one
from mailhelper_core.jobs.gauges import IDLE_SECONDS, gauges
from mailhelper_core.jobs.plan import Patience, Standing, Verdict
from mailhelper_core.jobs.repeat import insisted, repeated
from mailhelper_core.jobs.runner import Runner
from mailhelper_core.jobs.work import Counts, Look, Slice, Work, added, blamed
from mailhelper_core.model.work.job import Bell, Job, TickReport
from mailhelper_core.model.work.report import Progress
from mailhelper_core.settings import Settings
from mailhelper_core.store.engine import SUBMIT_WAIT_SECONDS, release_memory
from mailhelper_core.store.mind import schedules
from mailhelper_core.store.unit_of_work import Store, to_micros
from mailhelper_core.store.work import job_ends, job_rounds, job_turns, jobs, leases, polls
from mailhelper_core.store.work.job_claims import Claim, Ending
from mailhelper_core.store.work.job_rounds import TICK_WAIT_SECONDS
from mailhelper_core.watchman import watched

T = TypeVar("T")
logger = logging.getLogger("mailhelper.jobs")

# A bell is lost, or its worker was: rung again after this long.
RING_AGAIN_SECONDS = 5.0
# Bells of one tick: at one tick in 5 s a worker is never without one, and a broker that is away is not flooded.
MAX_BELLS = 100
# Accounts that one bell without a job polls.
POLLS_A_BELL = 20
# Who works looks now and then for jobs whose worker is gone: a tick may wait behind a long queue of bells.
REAP_SECONDS = 5.0
# One tick in so many looks whose upkeep is due, at random: about every five minutes.
UPKEEP_SHARE = 1 / 60
# One tick in so many measures queues and accounts, at random: about once a minute.
GAUGES_SHARE = 1 / 12
# A job that is due for so long lacks workers.
LATE_SECONDS = 600.0


@dataclass(slots=True, eq=False)
class JobService:
    """The jobs of all owners, for those who run them. `works` answers the functions that do them, by kind."""

    store: Store
    settings: Settings
    runner: Runner | None = None
    works: Mapping[str, Work] = field(default_factory=dict)
    look: Look = lambda owner, account_id, lease: False
    draw: Callable[[], float] = random.random
    is_stopping: Callable[[], bool] | None = None
    stopped: Event = field(default_factory=Event)
    reaped_at: float = 0.0
    polled_at: float = float("-inf")
    asleep: Asleep = field(default_factory=Asleep)

    def tick(self) -> TickReport:
        """Take back jobs whose worker is gone, ask for deliveries and rules that have to act, ring for what is due.

        Two at once do no harm.
        """
        reaped = self._reap()
        self._again(lambda: job_rounds.tell_ends(self.store))
        self._again(lambda: job_rounds.drop_unwanted(self.store))
        undelivered = job_rounds.undelivered(self.store, MAX_BELLS)
        asked: list[tuple[str, str, int | None]] = [("deliver", *account) for account in undelivered]
        asked += [("apply_rules", *account) for account in job_rounds.old_enough(self.store, MAX_BELLS)]
        if self.draw() < UPKEEP_SHARE:
            asked += [("maintenance", owner, None) for owner in job_rounds.unmaintained(self.store, MAX_BELLS)]
        steps = [partial(self._queue, *one, TICK_WAIT_SECONDS, makes_owner=False) for one in asked]
        steps += [partial(self._submit_scheduled, owner) for owner in schedules.owners_due(self.store, MAX_BELLS)]
        submitted = sum(self._has_asked(step) for step in steps)
        self._again(lambda: job_turns.line_up(self.store))
        bells = self._again(lambda: job_rounds.ring(self.store, again_seconds=RING_AGAIN_SECONDS, limit=MAX_BELLS))
        accounts_due = polls.polls_due(self.store, MAX_BELLS * POLLS_A_BELL)
        self.ring([*bells, *[Bell(0, "sync")] * -(-accounts_due // POLLS_A_BELL)])
        if self.draw() < GAUGES_SHARE:
            self.store.tell(gauges(self.store))
        erased = job_rounds.erase(self.store, keep_seconds=self.settings.job_keep_seconds)
        return TickReport(reaped, submitted, len(bells), accounts_due, erased)

    def run(
        self, job_id: int | None = None, *, exactly: bool = False, kinds: Collection[str] | None = None
    ) -> Job | None:
        """Work for one slice on the job whose owner has waited longest, and answer it; None when there was nothing.

        job_id is a hint that something is due; with `exactly` only that job counts. Accounts are polled where no job is
        due, or they have long been, unless `kinds` leaves out sync. Raises SchemaError when this program is too old.
        """
        if self._is_stopping() or (not exactly and self.asleep.has_just_ended(self.settings.lease_seconds)):
            return None
        if monotonic() - self.reaped_at >= REAP_SECONDS:
            self._reap()
        known = self.works.keys() & (self.works if kinds is None else kinds)
        if not exactly and "sync" in known and self._owes_polls():
            self.poll(POLLS_A_BELL)
        claim = self._claim(job_id if exactly else None, known)
        if claim is None and not exactly and "sync" in known and self.poll(POLLS_A_BELL):
            claim = self._claim(None, known)  # what a poll has found, or kept waiting
        return None if claim is None else self._work(claim)

    def poll(self, limit: int = 1) -> int:
        """Look whether the servers of due accounts have news, and submit `run` for those; answer how many were due."""
        began = monotonic()
        for number in range(limit):
            self.polled_at = monotonic()
            # Servers that are away take a minute each: twenty would hold a worker beyond its limits.
            if self.polled_at - began > self.settings.job_turn_seconds or self._is_stopping() or not self._poll():
                return number
        return limit

    def get(self, job_id: int) -> Job:
        """Answer a job of any owner; raise NotFoundError."""
        found = job_rounds.get(self.store, job_id)
        if found is None:
            raise NotFoundError(f"There is no job {job_id}.")
        return found

    def stuck(self) -> tuple[Job, ...]:
        """Answer the jobs to look at: quarantined, without worker, due for ten minutes, no further for an hour."""
        return tuple(job_rounds.stuck(self.store, late_seconds=LATE_SECONDS, idle_seconds=IDLE_SECONDS))

    def start(self) -> None:
        """Let the runner begin to look after jobs and polls before the first bell."""
        if self.runner is not None:
            self.runner.start(self)

    def stop(self) -> None:
        """Let slices end after their batch and begin no more; the runner's threads are waited for."""
        self.stopped.set()
        if self.runner is not None:
            self.runner.stop()

    def ring(self, bells: Sequence[Bell]) -> None:
        """Let somebody work: what was submitted with the host's own connection, after its commit."""
        if self.runner is not None and bells:
            self.runner.ring(self, bells)

    def _reap(self) -> int:
        self.reaped_at = monotonic()
        if self.asleep.has_just_ended(self.settings.lease_seconds):
            return 0
        return self._again(lambda: job_rounds.reap(self.store, self._after_crash))

    def _claim(self, job_id: int | None, kinds: Collection[str]) -> Claim | None:
        seconds = self.settings.lease_seconds
        if job_id is None:
            return self._again(lambda: claim_next(self.store, kinds, seconds=seconds))
        return self._again(lambda: claim_one(self.store, job_id, kinds, seconds=seconds))

    def _work(self, claim: Claim) -> Job:
        counts: Counts | None = None
        error: Exception | None = None
        hand = Hand(self.store, claim, self.settings, self._is_stopping)
        try:
            with hand:
                counts = self._call(claim, hand)
        except Exception as exc:  # noqa: BLE001 - the top of a job: what it raises decides what becomes of it
            error = exc
        except BaseException:
            hand.cut = "interrupted"
            self._end(claim, hand, counts, None)
            raise
        self._end(claim, hand, counts, error)
        release_memory(self.store.engine)  # else a worker grows until the cache of each connection is full
        return self.get(claim.job.id)

    def _call(self, claim: Claim, hand: Hand) -> Counts:
        job = claim.job
        one = Slice(
            job.owner, job.account_id, claim.lease, claim.cursor, hand.progress, hand.is_over, hand.mark, hand.settle
        )
        with watched(hand.enter):
            return self.works[job.kind](one)

    def _end(self, claim: Claim, hand: Hand, counts: Counts | None, error: Exception | None) -> None:
        job = claim.job
        standing = self._standing(job, 0 if hand.is_ahead else job.attempts, hand.item)
        if error is None:
            verdict = plan.after_slice(standing, is_cut=bool(hand.cut), is_cancelled=hand.is_cancelled)
        else:
            verdict = plan.after_error(standing, error, self._patience, self.draw())
        cursor = hand.cursor if verdict.state == "queued" else ""
        result = added(added(dict(job.result), hand.counts if counts is None else counts), blamed(error))
        ending = self._ending(verdict, cursor=cursor, result=result, progress=hand.last_progress)
        written = self._finish(claim, ending)
        verdict = replace(verdict, state=(written or ending).state)
        ended.tell(self.store, job, verdict, error, hand.seconds)
        if written is not None and not self._is_stopping():
            self._again(lambda: self.ring(job_rounds.waiting_for(self.store, claim.lease.resource)))

    def _finish(self, claim: Claim, ending: Ending) -> Ending | None:
        end = partial(self._again, partial(job_ends.finish, self.store, claim, ending))
        try:  # what is not written is done again; whoever took the job over meanwhile is not disturbed
            return insisted(end, self.settings.lease_seconds, self._is_stopping)
        except MailHelperError as exc:
            # The lease ends by itself, and then a tick takes the job back.
            logger.warning("job %d: its end could not be written: %s", claim.job.id, exc.code)
            return None

    def _owes_polls(self) -> bool:
        """Say whether polls come before jobs: one has waited for as long as a slice, and jobs had a turn since."""
        is_their_turn = monotonic() - self.polled_at >= self.settings.job_turn_seconds
        return is_their_turn and self._again(lambda: polls.is_late(self.store, self.settings.job_slice_seconds))

    def _poll(self) -> bool:
        holder = leases.new_holder()
        found = self._again(lambda: polls.claim_poll(self.store, seconds=self.settings.lease_seconds, holder=holder))
        if found is None:
            return False
        # Whoever was at this account last has died: a job counts such ends and names the plugin, a poll does neither.
        has_news = found.was_left
        try:
            has_news = has_news or self.look(found.owner, found.account_id, found.lease)
        except MailHelperError as exc:
            logger.info("account %d: a poll failed: %s", found.account_id, exc.code)
        except Exception as exc:  # noqa: BLE001 - one account must not stop the polls of others
            logger.warning("account %d: a poll failed: %s", found.account_id, type(exc).__name__)
        finally:
            leases.release(self.store, found.lease)
        if has_news:  # where nobody can be asked, the next poll finds it again
            self._has_asked(partial(self.submit, "run", found.owner, found.account_id))
        return True

    def submit(self, kind: str, owner: str, account_id: int | None, wait_seconds: float = SUBMIT_WAIT_SECONDS) -> None:
        """Queue a job of an owner for an account and ring for it; `ada.jobs.submit` checks what it is asked for."""
        self._queue(kind, owner, account_id, wait_seconds)

    def _queue(
        self, kind: str, owner: str, account_id: int | None, wait_seconds: float, *, makes_owner: bool = True
    ) -> None:
        with self.store.for_owner(owner).begin(wait_seconds=wait_seconds, makes_owner=makes_owner) as uow:
            job_id = jobs.submit(uow, kind, account_id, plan.resource(kind, uow.owner_id, account_id))
        self.ring([Bell(job_id, kind)])

    def _has_asked(self, step: Callable[[], None]) -> bool:
        """Ask for one job of a tick; an account that has gone meanwhile, or a broken schedule, stops no others."""
        try:
            self._again(step)
        except Exception as exc:  # noqa: BLE001 - one owner must not stop the ticks of all
            logger.warning("a tick could not ask for a job: %s", getattr(exc, "code", type(exc).__name__))
            return False
        return True

    def _submit_scheduled(self, owner: str) -> None:
        # The next time is set together with the job: one that fails or is cancelled is not asked for again before that.
        kind = "apply_rules"
        with self.store.for_owner(owner).begin(wait_seconds=TICK_WAIT_SECONDS, makes_owner=False) as uow:
            schedules.take_due(uow)
            job_id = jobs.submit(uow, kind, None, plan.resource(kind, uow.owner_id, None))
        self.ring([Bell(job_id, kind)])

    def _after_crash(self, job: Job) -> Ending:
        at = f", at {job.item}" if job.item else ""
        logger.warning("job %d: its worker is gone, attempt %d%s", job.id, job.attempts, at)
        return self._ending(plan.after_crash(self._standing(job, job.attempts, job.item), self._patience, self.draw()))

    def _standing(self, job: Job, attempts: int, item: str) -> Standing:
        return Standing(attempts, (self.store.clock() - job.created_at).total_seconds(), item, job.skipped)

    def _ending(
        self,
        verdict: Verdict,
        *,
        cursor: str | None = None,
        result: Counts | None = None,
        progress: Progress | None = None,
    ) -> Ending:
        not_before = to_micros(self.store.clock() + timedelta(seconds=verdict.wait_seconds))
        return Ending(
            verdict.state, not_before, verdict.attempts, verdict.error_code, verdict.item, verdict.skipped,
            cursor, result, progress,
        )  # fmt: skip

    def _is_stopping(self) -> bool:
        return self.stopped.is_set() or (self.is_stopping is not None and self.is_stopping())

    @property
    def _patience(self) -> Patience:
        return Patience(self.settings.job_tries, self.settings.job_retry_seconds, self.settings.give_up_seconds)

    def _again(self, transaction: Callable[[], T]) -> T:
        return repeated(transaction, self.draw)
