"""Calls of another's code that may never come back: who waits too long says for what."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

# As long as a worker waits before it counts a call as a failure.
CALL_SECONDS = 30.0
ADVICE = "give whatever it waits for a time limit, and raise when that has passed"


class HangError(AssertionError):
    """A call did not come back."""


@dataclass(slots=True)
class Patience(Generic[T]):
    """Runs a check in one thread of its own, and ends it when one of its calls takes too long.

    The thread that hangs is left behind: nobody can end it.
    """

    what: str = "the first call"
    seconds: float | None = None  # for one call; as long as a worker waits, where nothing is said
    _since: float = 0.0
    _answers: SimpleQueue[Callable[[], T]] = field(default_factory=SimpleQueue)

    def about(self, what: str) -> None:
        """Say what is called next; the time runs from now on."""
        self.what, self._since = what, monotonic()

    def run(self, check: Callable[[], T]) -> T:
        """Answer what a check answers, raise what it raises, and HangError when a call of it hangs."""
        limit = CALL_SECONDS if self.seconds is None else self.seconds
        self._since = monotonic()
        Thread(target=copy_context().run, args=(self._work, check), daemon=True).start()
        while True:
            try:
                answered = self._answers.get(timeout=max(0.01, self._since + limit - monotonic()))
            except Empty:
                if monotonic() - self._since >= limit:
                    raise HangError(f"{self.what} did not come back within {limit:g} s; {ADVICE}") from None
                continue
            return answered()

    def _work(self, check: Callable[[], T]) -> None:
        try:
            answer = check()
        except BaseException as exc:  # noqa: BLE001 - raised where it is waited for
            self._answers.put(partial(_raise, exc))
        else:
            self._answers.put(lambda: answer)


def patiently(what: str, call: Callable[[], T], *, seconds: float | None = None) -> T:
    """Answer what one call answers, raise what it raises, and HangError when it hangs."""
    return Patience[T](what, seconds).run(call)


def _raise(error: BaseException) -> NoReturn:
    raise error
