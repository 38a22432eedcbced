"""ThreadRunner: a small pool inside one process that also ticks, for hosts that have no queue."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from time import monotonic
from weakref import WeakSet

from mailhelper_core.errors import MailHelperError
from mailhelper_core.jobs.runner import Jobs
from mailhelper_core.model.work.job import Bell

logger = logging.getLogger("mailhelper.jobs")

# Most work waits for servers: two threads keep a household's accounts current, and one core free.
DEFAULT_THREADS = 2
TICK_SECONDS = 5.0
# A slice ends after its batch; a thread that hangs for longer is left to the end of the process.
STOP_SECONDS = 10.0
# A database that is away is asked again after so long.
PAUSE_SECONDS = 1.0


class ThreadRunner:
    """Runs jobs in threads of this process. Begins with the first bell or `helper.jobs.start()`; survives a fork.

    After a fork the child begins anew with its first bell: threads do not cross.
    """

    def __init__(self, threads: int = DEFAULT_THREADS, *, tick_seconds: float = TICK_SECONDS) -> None:
        self._size, self._tick_seconds = max(1, threads), tick_seconds
        self._threads: list[threading.Thread] = []
        self._waiting = 0
        self._is_stopping = False
        self._lock = threading.Lock()
        self._rung = threading.Condition()
        _RUNNERS.add(self)

    def start(self, jobs: Jobs) -> None:
        """Begin: threads that work, and one that looks after all jobs and polls every few seconds."""
        with self._lock:
            if self._threads or self._is_stopping:
                return
            targets = [self._tick] + [self._work] * self._size
            self._threads = [
                threading.Thread(target=target, args=(jobs,), name=f"mailhelper-{number}", daemon=True)
                for number, target in enumerate(targets)
            ]
            for thread in self._threads:
                thread.start()

    def ring(self, jobs: Jobs, bells: Sequence[Bell]) -> None:
        """Wake as many threads as there are bells; one that is awake works until nothing is due."""
        self.start(jobs)
        with self._rung:
            self._waiting = min(self._size, self._waiting + len(bells))
            self._rung.notify_all()  # the thread that ticks waits here too, and would swallow a single one

    def stop(self) -> None:
        """Begin nothing more, and wait up to 10 s for what is at work."""
        with self._rung:
            self._is_stopping = True
            self._rung.notify_all()
        deadline = monotonic() + STOP_SECONDS
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - monotonic()))

    def forget_threads(self) -> None:
        """Begin anew in the child of a fork, where the parent's threads and locks mean nothing."""
        self._lock, self._rung = threading.Lock(), threading.Condition()
        self._threads, self._waiting = [], 0

    def _work(self, jobs: Jobs) -> None:
        while self._heard():
            while not self._is_stopping and self._run(jobs):
                pass

    def _heard(self) -> bool:
        with self._rung:
            self._rung.wait_for(lambda: self._waiting > 0 or self._is_stopping)
            self._waiting = max(0, self._waiting - 1)
            return not self._is_stopping

    def _run(self, jobs: Jobs) -> bool:
        try:
            return jobs.run() is not None
        except MailHelperError as exc:
            logger.warning("jobs wait: %s", exc.code)
        except BaseException as exc:  # noqa: BLE001 - the top of a thread: it must live on, whatever wants to exit
            logger.error("jobs wait: %s", type(exc).__name__)
        self._pause(PAUSE_SECONDS)
        return False

    def _tick(self, jobs: Jobs) -> None:
        while not self._is_stopping:
            try:
                jobs.tick()
            except MailHelperError as exc:
                logger.warning("a tick failed: %s", exc.code)
            except BaseException as exc:  # noqa: BLE001 - the top of a thread: it must live on
                logger.error("a tick failed: %s", type(exc).__name__)
            self._pause(self._tick_seconds)

    def _pause(self, seconds: float) -> None:
        with self._rung:
            self._rung.wait_for(lambda: self._is_stopping, seconds)


_RUNNERS: WeakSet[ThreadRunner] = WeakSet()


def _after_fork() -> None:
    for runner in list(_RUNNERS):
        runner.forget_threads()


os.register_at_fork(after_in_child=_after_fork)
