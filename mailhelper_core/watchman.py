"""Who hears which provider of a plugin a thread is calling, so that a worker that is ended knows who ended it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

A = TypeVar("A")
T = TypeVar("T")


class Watchman(Protocol):
    """Hears who is called next ("": nobody), and answers whether that may be; what is risky is written down before.

    Who stays, such as a mail source with an open session, is at work whenever nobody else is, until one stays instead.
    """

    def __call__(self, name: str, /, *, is_risky: bool = True, stays: bool = False) -> bool: ...


_watchman: ContextVar[Watchman | None] = ContextVar("mailhelper_watchman", default=None)


def heard_by() -> Watchman | None:
    """Answer the watchman of this thread, if it has one."""
    return _watchman.get()


@contextmanager
def watched(watchman: Watchman) -> Iterator[None]:
    """Let a watchman hear of every call of a provider in this thread, before it is made and when it is over."""
    token = _watchman.set(watchman)
    try:
        yield
    finally:
        _watchman.reset(token)


def leave() -> None:
    """Say that who stayed has gone: its session is closed."""
    if (watchman := heard_by()) is not None:
        watchman("", is_risky=False, stays=True)


def carried(function: Callable[[A], T]) -> Callable[[A], T]:
    """Answer a function for threads of a pool, whose calls this thread's watchman hears; now is when it is asked for.

    Of calls under way at once the one that began first is what they are at: it has taken the longest.
    """
    if (watchman := heard_by()) is None:
        return function
    calls = _Calls(watchman)

    def called(argument: A) -> T:
        with watched(calls.of_thread()):
            return function(argument)

    return called


class _Calls:
    """Calls of several threads, told to one watchman."""

    def __init__(self, watchman: Watchman) -> None:
        self._watchman = watchman
        self._under_way: list[str] = []
        self._lock = threading.Lock()

    def of_thread(self) -> Watchman:
        """Answer a watchman for one of the threads."""
        mine: list[str] = []

        def hear(name: str, *, is_risky: bool = True, stays: bool = False) -> bool:
            with self._lock:
                self._forget(mine)
                if name:
                    if not self._watchman(name, is_risky=is_risky, stays=stays):
                        return False
                    mine.append(name)
                    self._under_way.append(name)
                self._tell_first(name, is_risky=is_risky)
                return True

        return hear

    def _forget(self, mine: list[str]) -> None:
        for one in mine:
            self._under_way.remove(one)
        mine.clear()

    def _tell_first(self, told: str, *, is_risky: bool) -> None:
        """Tell the watchman which call is the oldest, unless it has just been told."""
        first = next(iter(self._under_way), "")
        if not told or first != told:
            self._watchman(first, is_risky=is_risky)
