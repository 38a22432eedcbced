"""Jobs in a process of their own beside the one that answers pages: the two share no interpreter, and pages go first.

That process lives as long as somebody can ring for it: the pipe ends with whoever holds its other end, killed or not.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from types import FrameType

from mailhelper_core import Bell, MailHelper, Settings, ThreadRunner, logs_from_env

logger = logging.getLogger("mailhelper.jobs")

# A page that waits for a processor gets it before a sync does; where nobody waits, this costs nothing.
NICENESS = 10
# Slices end after their batch, within ten seconds; a process that hangs for longer is killed.
END_SECONDS = 12
# A process that dies at once, again and again, is begun after twice the time each time; one that lived for long is not.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
MAX_BELLS = 64


class JobsApart:
    """A runner that keeps such a process alive from `start` to `stop`; before that a job waits for its first tick."""

    def __init__(self, settings: Settings, threads: int) -> None:
        self._settings, self._threads = settings, threads
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._bell: int | None = None
        self._keeper: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> int | None:
        """The process that works on jobs now."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    def start(self, jobs: object) -> None:
        """Begin the process, which works and looks after all jobs."""
        with self._lock:
            if self._keeper is not None or self._ending.is_set():
                return
            ear, self._bell = os.pipe()
            os.set_blocking(self._bell, False)
            self._keeper = threading.Thread(target=self._keep, args=(ear,), name="mailhelper-keeper", daemon=True)
            self._keeper.start()

    def ring(self, jobs: object, bells: Sequence[Bell]) -> None:
        """Wake as many threads of the process as there are bells; what is rung while it dies is heard by the next."""
        with self._lock:
            if self._bell is not None:
                with suppress(BlockingIOError):  # full: it has been rung for more than it can do
                    os.write(self._bell, bytes(min(len(bells), MAX_BELLS)))

    def stop(self) -> None:
        """Let the process end after what it is at; it is killed when that takes too long."""
        with self._lock:
            self._ending.set()
            if self._bell is not None:
                os.close(self._bell)
                self._bell = None
        if self._keeper is not None:
            self._keeper.join(END_SECONDS)
            if self._keeper.is_alive() and self._process is not None:
                self._process.kill()
                self._keeper.join()

    def _keep(self, ear: int) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._ending.is_set():
            begun = monotonic()
            how = self._live(ear)
            if self._ending.is_set():
                break
            if monotonic() - begun > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            logger.error("the process of jobs ended: %s; another begins in %.1f s", how, pause)
            self._ending.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        os.close(ear)

    def _live(self, ear: int) -> str:
        """Let one process live, and answer how it ended."""
        # A fresh interpreter, for this one has threads and connections; -P: no module from where it happens to stand.
        command = [sys.executable, "-P", "-m", "mailhelper_web.apart", str(ear), str(self._threads)]
        try:
            # A group of its own: Ctrl-C reaches this process alone, which ends the other.
            process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(ear,), process_group=0)
        except OSError as exc:
            return type(exc).__name__
        self._process = process
        process.communicate(pickle.dumps(self._settings))  # not by the environment, where others may read the key
        return f"status {process.returncode}"


def main(ear: int, threads: int) -> None:
    """Work on jobs until nobody can ring any more."""
    # Whoever tells all processes of a service to end tells the other one too, and that one ends this.
    signal.signal(signal.SIGTERM, _go_on)
    os.nice(NICENESS)
    logs_from_env()
    settings: Settings = pickle.load(sys.stdin.buffer)  # noqa: S301 - what the process that began this one has written
    with MailHelper(settings.for_threads(threads), runner=ThreadRunner(threads)) as helper:
        helper.jobs.start()
        while rung := os.read(ear, MAX_BELLS):
            helper.jobs.ring([Bell(0, "")] * len(rung))
        signal.alarm(END_SECONDS)  # the kernel kills what hangs then, also where nobody is left to do it
        helper.jobs.stop()


def _go_on(_: int, __: FrameType | None) -> None:
    pass


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
