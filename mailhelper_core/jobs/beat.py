"""The hand on a running job: beats while it works, tells how far it is, and hears when it should end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from types import TracebackType

from mailhelper_core.errors import MailHelperError
from mailhelper_core.jobs.plan import CRASHED
from mailhelper_core.jobs.work import NOTHING, Counts, added, so_far
from mailhelper_core.model.work.job import LANES
from mailhelper_core.model.work.report import Progress
from mailhelper_core.settings import Settings
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_claims
from mailhelper_core.store.work.job_claims import Claim

logger = logging.getLogger("mailhelper.jobs")

# A lease of 20 s is renewed every 5 s: three beats may come late.
BEATS_A_LEASE = 4
# How often a busy job writes its progress and asks whether somebody wants it to end.
LOOK_SECONDS = 1.0
# What only thinks gives way sooner: it has no connection to make again.
THINKING_TURN_SECONDS = 2.0
# After a crash, and from the second try on, what is risky is written down before it is done: then a crash names its
# cause.
CAREFUL_ATTEMPTS = 2


class Hand:
    """Holds one claim for the length of a slice; a context manager."""

    def __init__(self, store: Store, claim: Claim, settings: Settings, is_stopping: Callable[[], bool]) -> None:
        self.cut = ""
        self.cursor = claim.cursor
        self.is_ahead = False
        self.last_progress: Progress | None = None
        self._ended_parts: Counts = {}
        self._parts: dict[str, Progress] = {}
        self._store, self._claim, self._settings, self._is_stopping = store, claim, settings, is_stopping
        self._item = self._stays = ""
        self._suspect = claim.suspect
        self._is_lost = self._is_cancelled = False
        self._started = self._looked = self._heard = monotonic()
        self._ahead_at: float | None = None
        self._told = 0.0
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._beat_on, name=f"mailhelper-job-{claim.job.id}", daemon=True)

    def __enter__(self) -> Hand:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def is_cancelled(self) -> bool:
        """Whether the owner wants the job to end."""
        return self._is_cancelled

    @property
    def counts(self) -> Counts:
        """What the stages of this slice have counted until now, for a slice that cannot say it at its end."""
        counts = self._ended_parts
        for progress in list(self._parts.values()):
            counts = added(counts, so_far(self._claim.job.kind, progress))
        return counts

    @property
    def item(self) -> str:
        """What the job is at, where that may kill it."""
        return self._item

    @property
    def seconds(self) -> float:
        """How long the slice has lasted."""
        return monotonic() - self._started

    def progress(self, progress: Progress) -> None:
        """Note what was committed; the first time it is written at once, for it forgives earlier failures.

        Not before a provider that the last worker ended at has returned: mail that comes steadily is progress at each
        try, and would forgive for ever.
        """
        if progress.done > 0:
            self._note_ahead()
        before, self.last_progress = self._parts.get(progress.stage), progress
        if before is not None and progress.done < before.done:  # the stage has begun anew, as for another account
            self.settle()
        self._parts[progress.stage] = progress
        is_first = not self.is_ahead and progress.done > 0 and not self._suspect
        self.is_ahead = self.is_ahead or is_first
        if is_first or monotonic() - self._told >= LOOK_SECONDS:
            self._beat()

    def settle(self) -> None:
        """Keep what was counted, however the stages that counted it go on."""
        self._ended_parts, self._parts = self.counts, {}

    def mark(self, cursor: str, counted: Counts = NOTHING) -> None:
        """Keep the place where another slice goes on, and what was counted on the way there."""
        self._note_ahead()
        with self._lock:  # a beat that wrote one without the other would count what is done again a second time
            self._ended_parts = added(self._ended_parts, counted)
            self.cursor, self.is_ahead = cursor, self.is_ahead or not self._suspect
        self._beat()

    def enter(self, item: str, *, is_risky: bool = True, stays: bool = False) -> bool:
        """Say that something begins ("" when it is over); answer False for what is left out.

        What stays, "" for nothing any more, is what the row names whenever nothing else has begun.
        """
        if item in self._claim.job.skipped:
            return False
        if stays or self._item == self._suspect != item:
            self._suspect = ""  # it has returned; of what stays, nothing but the end of the job could say so
        self._item = item
        if stays:
            self._stays = item
        if is_risky and self._is_careful:
            self._beat()
        return True

    def is_over(self) -> bool:
        """Say whether the slice should end after this batch, and remember why."""
        if not self.cut:
            self.cut = self._reason()
        return bool(self.cut)

    def _reason(self) -> str:
        now = monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look(has_had_turn=self._has_had_turn(now))
        if self._is_lost or now - self._heard > self._settings.lease_seconds:
            return "lost"
        if self._is_cancelled:
            return "cancelled"
        if self._is_stopping():
            return "stopping"
        if now - self._started >= self._settings.job_slice_seconds:
            return "slice"
        return self.cut

    @property
    def _is_careful(self) -> bool:
        job = self._claim.job
        return job.attempts >= CAREFUL_ATTEMPTS or job.error_code == CRASHED

    def _note_ahead(self) -> None:
        self._ahead_at = monotonic() if self._ahead_at is None else self._ahead_at

    def _has_had_turn(self, now: float) -> bool:
        turn = self._settings.job_turn_seconds
        if LANES.get(self._claim.job.kind) != "server":
            return now - self._started >= min(turn, THINKING_TURN_SECONDS)
        # What leads to the first mail, a log-in and looks at mailboxes, is not cut: two owners with many of them would
        # look in turns, and log in anew each time; what took long is worth as long a turn.
        return self._ahead_at is not None and now - self._ahead_at >= max(turn, self._ahead_at - self._started)

    def _look(self, *, has_had_turn: bool) -> None:
        try:
            self._is_cancelled = self._is_cancelled or job_claims.wants_end(self._store, self._claim)
            if job_claims.is_paused(self._store, self._claim):
                self.cut = "paused"
            elif has_had_turn and job_claims.others_wait(self._store, self._claim):
                self.cut = "turn"
        except MailHelperError as exc:
            logger.warning("job %d: cannot look for messages: %s", self._claim.job.id, exc.code)

    def _beat_on(self) -> None:
        while not self._ended.wait(self._settings.lease_seconds / BEATS_A_LEASE):
            try:
                self._beat()
            except Exception as exc:  # noqa: BLE001 - the top of a thread: the next beat may still keep the lease
                logger.warning("job %d: a beat failed: %s", self._claim.job.id, type(exc).__name__)

    def _beat(self) -> None:
        with self._lock:
            self._told = monotonic()
            try:
                asked = job_claims.beat(
                    self._store, self._claim, self.last_progress,
                    item=self._item or self._stays, cursor=self.cursor, is_ahead=self.is_ahead,
                    result=added(dict(self._claim.job.result), self.counts),
                )  # fmt: skip
            except MailHelperError as exc:
                self._is_lost = self._is_lost or exc.code == "lease_lost"
                logger.warning("job %d: a beat failed: %s", self._claim.job.id, exc.code)
                return
            self._heard = monotonic()
            self._is_cancelled = self._is_cancelled or asked
