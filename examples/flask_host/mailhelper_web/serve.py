"""gunicorn inside this process's command: threads, one worker, jobs in a process beside it, a graceful stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.workers.base import Worker

from mailhelper_core import JsonFormatter, MailHelper, logs_from_env
from mailhelper_web.apart import JobsApart
from mailhelper_web.config import Config
from mailhelper_web.look.still import StartResponse

# Eight work at once (`crowd`); the others wait there, more than can be served in time, so that some are told so.
THREADS = 160
# A reader's next click comes within half a minute; a shorter wait closes the connection under it.
KEEP_ALIVE_SECONDS = 30
# A page asks the database twenty times and needs the interpreter back each time; with Python's own 5 ms it would wait
# that long for another thread each time.
SWITCH_SECONDS = 0.0005


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, options: dict[str, object]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


class JsonLogs(GunicornLogger):  # type: ignore[misc]
    """gunicorn's own lines as JSON objects."""

    def setup(self, cfg: object) -> None:
        """Make gunicorn's loggers."""
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(JsonFormatter())


class Beginning:
    """A WSGI middleware that begins what a process does besides answering with its first request: after any fork."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._answer = app.wsgi_app
        self._begun_in = 0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the app."""
        if self._begun_in != os.getpid():
            self._begun_in = os.getpid()
            begin(self._app)
        return self._answer(environ, start_response)


def begin(app: Flask) -> None:
    """Begin work on jobs, in this process or beside it; accounts are polled from now on, not from the first bell on."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app.extensions["mailhelper"].jobs.start()


def let_work_apart(app: Flask) -> None:
    """Leave what threads of this process would do to a process beside the one that answers pages, once that begins."""
    config: Config = app.extensions["config"]
    helper: MailHelper = app.extensions["mailhelper"]
    if config.job_threads:
        helper.jobs.runner = JobsApart(helper.settings, config.job_threads)


def serve(app: Flask, *, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; jobs begin and end with the worker, for threads do not survive a fork."""
    is_for_collectors = logs_from_env()
    let_work_apart(app)

    def work(_: Worker) -> None:
        begin(app)

    def end(_: object, __: Worker) -> None:
        app.extensions["mailhelper"].jobs.stop()

    options = {
        "worker_class": "gthread",
        "threads": THREADS,
        "workers": 1,
        "keepalive": KEEP_ALIVE_SECONDS,
        "post_worker_init": work,
        "worker_exit": end,
        # It would be a file in the home of whoever runs this, and nobody asks it.
        "control_socket_disable": True,
    }
    if is_for_collectors:
        options["logger_class"] = JsonLogs
    app.extensions["engine"].dispose()  # the demo used it: a connection must not cross the fork
    _Server(app, {"bind": f"{host}:{port}", **options}).run()
