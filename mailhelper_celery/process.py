"""One helper a process, made after the fork, and a flag that tells all processes of a worker that it shuts down."""

from __future__ import annotations

import logging
import mmap
import os
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from celery import signals

from mailhelper_core import MailHelper, MailHelperError, Runner

logger = logging.getLogger("mailhelper.celery")

# The octets that the processes of a worker share; those behind the first two say when one of them last ticked.
_SHUTS_DOWN, _LOOKED = 0, 1
_TICKED = struct.Struct("=d")
_TICKED_AT = 8


class WorkerProcess:
    """Makes the helper on first use, once in each process, and closes it at the process's end."""

    def __init__(self, make_helper: Callable[[], MailHelper], runner: Runner) -> None:
        self._make_helper, self._runner = make_helper, runner
        self._helper: MailHelper | None = None
        self._pid = 0
        self._lock = threading.Lock()
        # Anonymous shared memory: the children of a pool are told nothing of a SIGTERM, but they share these octets.
        self._shared = mmap.mmap(-1, _TICKED_AT + _TICKED.size)
        signals.worker_shutting_down.connect(self._on_shutting_down, weak=False)
        signals.worker_process_shutdown.connect(self._on_process_end, weak=False)

    @property
    def helper(self) -> MailHelper:
        """The helper of this process."""
        with self._lock:
            if self._helper is None or self._pid != os.getpid():
                self._helper, self._pid = self._made(), os.getpid()
            return self._helper

    @property
    def is_shutting_down(self) -> bool:
        """Whether this worker ends: slices then end after their batch."""
        return self._shared[_SHUTS_DOWN] == 1

    def is_first_tick_in(self, seconds: float) -> bool:
        """Whether no process of this worker has ticked just now: ticks that waited come all at once.

        Two that ask in the same moment may both be told so, which does no harm.
        """
        now = monotonic()  # one clock for all processes of a machine
        (last,) = _TICKED.unpack_from(self._shared, _TICKED_AT)
        if last > 0.0 and 0.0 <= now - last < seconds:
            return False
        _TICKED.pack_into(self._shared, _TICKED_AT, now)
        return True

    def _made(self) -> MailHelper:
        helper = self._make_helper()
        helper.jobs.is_stopping = lambda: self.is_shutting_down
        if helper.jobs.runner is None:
            helper.jobs.runner = self._runner
        self._look(helper)
        return helper

    def _look(self, helper: MailHelper) -> None:
        """Say once for a worker, at its first task, what keeps it from its work; before the fork nothing connects."""
        if self._shared[_LOOKED]:
            return
        self._shared[_LOOKED] = 1
        with suppress(MailHelperError):  # what is wrong is found below
            helper.admin.account_states()  # a first use: it makes a new SQLite file, which no check does
        # What `check` finds beyond this may name what belongs to an owner.
        for item in helper.ready().items:
            if not item.ok:
                logger.error("this worker can do no job: %s: %s. %s", item.name, item.found, item.advice)

    def _on_shutting_down(self, **_: Any) -> None:
        self._shared[_SHUTS_DOWN] = 1

    def _on_process_end(self, **_: Any) -> None:
        if self._helper is not None and self._pid == os.getpid():
            self._helper.close()
