"""The unit of work that the reads of one thread share, while somebody asks for that."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Held(threading.local, Generic[T]):
    """What this thread holds; each thread has its own, for a connection is never used by two."""

    _held: tuple[int, T] | None = None

    def get(self) -> T | None:
        """Answer what is held; nothing in a child that was forked meanwhile, whose connections are its parent's."""
        held = self._held
        return held[1] if held is not None and held[0] == os.getpid() else None

    @contextmanager
    def hold(self, one: T) -> Iterator[None]:
        """Hold this, and afterwards what was held before."""
        before, self._held = self._held, (os.getpid(), one)
        try:
            yield
        finally:
            self._held = before
