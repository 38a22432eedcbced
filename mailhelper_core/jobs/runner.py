"""Runners: who works when a bell rings. A bell is a hint; losing or doubling one changes nothing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Sequence
from typing import Protocol

from mailhelper_core.model.work.job import Bell, Job, TickReport


class Jobs(Protocol):
    """What a runner needs of the jobs of a process."""

    def run(
        self, job_id: int | None = None, *, exactly: bool = False, kinds: Collection[str] | None = None
    ) -> Job | None:
        """Work for one slice on the fairest due job, or exactly on one."""
        ...

    def tick(self) -> TickReport:
        """Look after all jobs."""
        ...


class Runner(Protocol):
    """Passes bells on to those who work."""

    def start(self, jobs: Jobs) -> None:
        """Begin to look after jobs in this process, where that is this runner's business."""
        ...

    def ring(self, jobs: Jobs, bells: Sequence[Bell]) -> None:
        """Let somebody work; called after the commit, never raises for a queue that is away."""
        ...

    def stop(self) -> None:
        """Begin nothing more and wait for what is at work in this process."""
        ...


class InlineRunner:
    """Works in the caller: `submit` answers when the job has ended, or waits for a server or a time."""

    def __init__(self) -> None:
        self._callers = threading.local()

    def start(self, jobs: Jobs) -> None:
        """Nothing is looked after when nobody calls."""

    def ring(self, jobs: Jobs, bells: Sequence[Bell]) -> None:
        """Run the jobs one after the other; what they ring for comes behind them."""
        waiting: deque[Bell] | None = getattr(self._callers, "waiting", None)
        if waiting is not None:  # rung by the work that this caller does
            waiting.extend(bells)
            return
        waiting = self._callers.waiting = deque(bells)
        try:
            while waiting:
                bell = waiting.popleft()
                jobs.run(bell.job_id or None, exactly=bool(bell.job_id))
        finally:
            self._callers.waiting = None

    def stop(self) -> None:
        """Nothing is at work when nobody calls."""
