"""A fork: SQLite is in the middle of nothing then, and the child drops what it shares with its parent."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.pool import ConnectionPoolEntry

# A transaction that writes takes milliseconds. One that reads for long, such as an export, or that itself waits for the
# thread that forks, must not stop everybody meanwhile.
WAIT_SECONDS = 1.0
_USER = "mailhelper_user"


class _Calm:
    """Lets forks wait for the threads that use SQLite, and these for forks.

    SQLite keeps its locks in the memory of the process: what another thread holds while this one forks would be held
    in the child for good, by nobody.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._using: Counter[int] = Counter()
        self._forks = 0

    def begin(self) -> int:
        """Begin to use SQLite, and answer who does; one that uses it already goes on, or nobody would."""
        me = threading.get_ident()
        with self._changed:
            if self._forks and not self._using[me]:
                self._changed.wait_for(lambda: not self._forks, WAIT_SECONDS)
            self._using[me] += 1
        return me

    def end(self, user: int) -> None:
        """End it, in whatever thread."""
        with self._changed:
            if self._using[user] > 1:
                self._using[user] -= 1
            else:
                del self._using[user]
            self._changed.notify_all()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use SQLite for a moment."""
        user = self.begin()
        try:
            yield
        finally:
            self.end(user)

    def before_fork(self) -> None:
        """Wait until no other thread uses SQLite, and keep them from it."""
        me = threading.get_ident()
        with self._changed:
            self._forks += 1
            self._changed.wait_for(lambda: not self._using.keys() - {me}, WAIT_SECONDS)

    def after_fork(self) -> None:
        """Let the parent's threads go on."""
        with self._changed:
            self._forks -= 1
            self._changed.notify_all()

    def begin_anew(self) -> None:
        """Forget the parent's threads in the child."""
        me = threading.get_ident()
        mine = self._using[me]
        self._changed, self._using, self._forks = threading.Condition(), Counter(), 0
        if mine:
            self._using[me] = mine


class OwnLock:
    """A lock of this process, which its holder may take again: a child gets one that nobody holds."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def begin_anew(self) -> None:
        """Forget who held it in the parent."""
        self._lock = threading.RLock()


_engines: WeakSet[Engine] = WeakSet()
_locks: WeakSet[OwnLock] = WeakSet()
_calm = _Calm()


def connected(engine: Engine) -> Connection:
    """Open a connection; a fork waits while it is made ready, for that uses SQLite too (our PRAGMAs)."""
    with _calm.used():
        return engine.connect()


def safe_at_fork(engine: Engine) -> None:
    """Let a child that is forked drop the connections of our own engine, without closing the parent's."""
    _engines.add(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "checkout", _taken)
        event.listen(engine, "checkin", _given_back)


def _connect(dialect: Dialect, _: ConnectionPoolEntry, arguments: Any, options: Any) -> Any:
    with _calm.used():
        return dialect.connect(*arguments, **options)


def _taken(_: sqlite3.Connection, record: ConnectionPoolEntry, __: object) -> None:
    record.info[_USER] = _calm.begin()


def _given_back(_: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    user = record.info.pop(_USER, None)
    if user is not None:
        _calm.end(user)


def _after_fork() -> None:
    _calm.begin_anew()
    for lock in list(_locks):
        lock.begin_anew()
    for engine in list(_engines):
        engine.dispose(close=False)


os.register_at_fork(before=_calm.before_fork, after_in_parent=_calm.after_fork, after_in_child=_after_fork)
