"""Calls that wait for others, mail servers and model providers: few at once, one for a user, so that pages come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from flask import current_app

from mailhelper_core import BusyError
from mailhelper_web.visitor import visitor

# Most servers have answered by then.
RETRY_SECONDS = 10


class WaitingError(BusyError):
    """Others wait for a server already; try again shortly."""


class Elsewhere:
    """The places of one process for calls that wait for others; nobody waits for a place."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def place_for(self, owner: str) -> Iterator[None]:
        """Hold a place while a user's call waits. Raises WaitingError for a second one, or where all are taken."""
        with self._lock:
            if owner in self._waiting:
                raise WaitingError(code="waits_already", retry_after=RETRY_SECONDS)
            if len(self._waiting) >= self._places:
                raise WaitingError(code="all_wait", retry_after=RETRY_SECONDS)
            self._waiting.add(owner)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(owner)


def asking_elsewhere(owner: str = "") -> AbstractContextManager[None]:
    """Hold a place for an owner, by default the user who is logged in. Raises WaitingError."""
    return cast("Elsewhere", current_app.extensions["elsewhere"]).place_for(owner or visitor().owner)
