"""After a fork: connections shared with the parent answer the wrong process, so the child drops them."""

from __future__ import annotations

import os
from weakref import WeakSet

from sqlalchemy import Engine

_engines: WeakSet[Engine] = WeakSet()


def dropped_after_fork(engine: Engine) -> None:
    """Let a child that is forked drop the connections of our own engine, without closing the parent's."""
    _engines.add(engine)


def _after_fork() -> None:
    for engine in list(_engines):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_after_fork)
