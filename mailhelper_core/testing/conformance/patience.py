"""How long calls of another's code take, which may never come back: who waits too long says for what."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, process_time
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

# As long as a worker waits before it counts a call as a failure.
CALL_SECONDS = 30.0
# What computes has to be done long before: this is twice what the suites give it for all their mails.
QUICK_SECONDS = 10.0
# A call that hangs uses next to no processor time, or all that there is; one that does something gets this share of a
# processor even beside many others. What polls while it hangs may use more: after five times as long it hangs, too.
HANGING_SHARE = 0.01
LONGEST = 5
ADVICE = "give whatever it waits for a time limit, and raise when that has passed"


class HangError(AssertionError):
    """A call did not come back."""


@dataclass(slots=True)
class Stopwatch:
    """Measures what is not the fault of a busy machine.

    Counted is the processor time of this process, at most what passed; but all that passed where the process used a
    smaller share than this: it waits. And at least a fifth of what passed.
    """

    share: float
    _began: float = field(default_factory=lambda: monotonic())
    _used: float = field(default_factory=lambda: process_time())

    def seconds(self) -> float:
        """Answer what counts since it was made."""
        passed, used = monotonic() - self._began, process_time() - self._used
        return passed if used < passed * self.share else max(min(used, passed), passed / LONGEST)


@dataclass(slots=True)
class Patience(Generic[T]):
    """Runs a check in one thread of its own, and ends it when one of its calls takes too long.

    The thread that hangs is left behind: nobody can end it.
    """

    what: str = "the first call"
    seconds: float | None = None  # for one call; as long as a worker waits, where nothing is said
    _watch: Stopwatch = field(default_factory=lambda: Stopwatch(HANGING_SHARE))
    _answers: SimpleQueue[Callable[[], T]] = field(default_factory=SimpleQueue)

    def about(self, what: str) -> None:
        """Say what is called next; the time runs from now on."""
        self.what, self._watch = what, Stopwatch(HANGING_SHARE)

    def run(self, check: Callable[[], T]) -> T:
        """Answer what a check answers, raise what it raises, and HangError when a call of it hangs."""
        limit = CALL_SECONDS if self.seconds is None else self.seconds
        self._watch = Stopwatch(HANGING_SHARE)
        Thread(target=copy_context().run, args=(self._work, check), daemon=True).start()
        while True:
            try:
                answered = self._answers.get(timeout=max(0.01, limit - self._watch.seconds()))
            except Empty:
                if self._watch.seconds() >= limit:
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


def promptly(what: str, call: Callable[[], T], *, is_first: bool = False) -> T:
    """Answer what a call answers that has but to compute; the first one may have a model to load."""
    return patiently(what, call, seconds=None if is_first else QUICK_SECONDS)


def _raise(error: BaseException) -> NoReturn:
    raise error
