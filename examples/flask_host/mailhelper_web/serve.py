"""gunicorn inside this process's command: threads, one worker, a graceful stop."""

from __future__ import annotations

from flask import Flask
from gunicorn.app.base import BaseApplication

# Pages wait for the database, not for the processor; a few threads serve a household.
THREADS = 8


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, options: dict[str, object]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, *, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    _Server(app, {"bind": f"{host}:{port}", "worker_class": "gthread", "threads": THREADS, "workers": 1}).run()
