"""Python's full garbage collections wait while SQLite's write lock is held: one looks at every object of the process.

That is 60 ms of CPU where 110,000 objects are (ours and SQLAlchemy's, without a host's own), and it falls into a
transaction as easily as between two. Young objects are collected as ever, so nothing gathers meanwhile.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

# Collections of young objects before a full one: more than a transaction sees, and not what anybody would choose.
_NEVER = 1_999_999_999


class _Threshold:
    """The process has one, and threads may write into several databases at once: the last of them puts it back."""

    def __init__(self) -> None:
        self.usual = 0
        self.forget()

    def forget(self) -> None:
        """Begin without holders."""
        self.lock, self.holders = threading.RLock(), 0

    def hold(self) -> None:
        with self.lock:
            self.holders += 1
            young, middle, full = gc.get_threshold()
            if full != _NEVER:
                self.usual = full
                gc.set_threshold(young, middle, _NEVER)

    def release(self) -> None:
        with self.lock:
            self.holders = max(0, self.holders - 1)
            young, middle, full = gc.get_threshold()
            if not self.holders and full == _NEVER:  # else the host has set another meanwhile
                gc.set_threshold(young, middle, self.usual)


_threshold = _Threshold()


@contextmanager
def without_full_collections(connection: Connection) -> Iterator[None]:
    """Let full collections wait, on SQLite; begin it when the lock is taken, for that may be waited for long."""
    if connection.dialect.name != "sqlite":
        yield
        return
    _threshold.hold()
    try:
        yield
    finally:
        _threshold.release()


def _after_fork() -> None:
    # The parent's threads, which hold it, do not live on here.
    _threshold.forget()
    _threshold.release()


os.register_at_fork(after_in_child=_after_fork)
