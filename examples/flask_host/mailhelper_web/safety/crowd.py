"""Too many at once: some work, some wait a little, the rest is told to come back, so that nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from mailhelper_web.look.still import Answer, StartResponse

# Pages are Python: more at once than this only makes all of them slower.
WORKING = 8
# A quarter of them may wait for others (`elsewhere`): a server can take a minute to say nothing, three times for one
# account.
WAITING = max(1, WORKING // 4)
# A reader takes a wait of seconds for a broken page and loads it again, which makes it worse.
PATIENCE_SECONDS = 1.0


class Crowd:
    """A WSGI middleware that lets `WORKING` requests in at once; who waits longer than its patience is told so."""

    def __init__(
        self, app: Answer, busy: Answer, *, working: int = WORKING, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._app = app
        self._busy = busy
        self._places = threading.BoundedSemaphore(working)
        self._patience = patience

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the app, or that there is too much to do; the app's answers are whole when it returns."""
        if not self._places.acquire(timeout=self._patience):
            return self._busy(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._places.release()
