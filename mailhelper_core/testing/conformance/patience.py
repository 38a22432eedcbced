"""Calls of another's code that may never come back: who waits too long says for what."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")

# As long as a worker waits before it counts a call as a failure.
CALL_SECONDS = 30.0
ADVICE = "give whatever it waits for a time limit, and raise when that has passed"


@dataclass(slots=True)
class Patience(Generic[T]):
    """Runs a check in one thread of its own, and ends it when one of its calls takes too long.

    The thread that hangs is left behind: nobody can end it.
    """

    what: str = "the first call"
    _since: float = 0.0
    _answers: SimpleQueue[tuple[T | None, BaseException | None]] = field(default_factory=SimpleQueue)

    def about(self, what: str) -> None:
        """Say what is called next; the time runs from now on."""
        self.what, self._since = what, monotonic()

    def run(self, check: Callable[[], T]) -> T | None:
        """Answer what a check answers, raise what it raises, and AssertionError when a call of it hangs."""
        self._since = monotonic()
        Thread(target=copy_context().run, args=(self._work, check), daemon=True).start()
        while True:
            try:
                answer, error = self._answers.get(timeout=max(0.01, self._since + CALL_SECONDS - monotonic()))
            except Empty:
                seconds = monotonic() - self._since
                assert seconds < CALL_SECONDS, f"{self.what} did not come back within {CALL_SECONDS:g} s; {ADVICE}"
                continue
            if error is not None:
                raise error
            return answer

    def _work(self, check: Callable[[], T]) -> None:
        try:
            self._answers.put((check(), None))
        except BaseException as exc:  # noqa: BLE001 - raised where it is waited for
            self._answers.put((None, exc))
