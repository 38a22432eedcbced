"""Too many at once: some work, some wait a little, the rest is told to come back, so that nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

# Pages are Python: more at once than this only makes all of them slower.
WORKING = 8
# A reader takes a wait of seconds for a broken page and loads it again, which makes it worse.
PATIENCE_SECONDS = 1.0
RETRY_AFTER_SECONDS = 5
_BODY = b"There is much to do at the moment. Try again in a few seconds.\n"

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Crowd:
    """A WSGI middleware that lets `WORKING` requests in at once; who waits longer than its patience gets 503."""

    def __init__(self, app: Callable[..., Any], *, working: int = WORKING, patience: float = PATIENCE_SECONDS) -> None:
        self._app = app
        self._places = threading.BoundedSemaphore(working)
        self._patience = patience

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the app, or 503 with Retry-After; the app's answers are whole when it returns."""
        if not self._places.acquire(timeout=self._patience):
            headers = [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(_BODY))),
                ("Retry-After", str(RETRY_AFTER_SECONDS)),
                ("Cache-Control", "no-store"),
            ]
            start_response("503 Service Unavailable", headers)
            return [_BODY]
        try:
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        finally:
            self._places.release()
