"""`mailhelper-prometheus`: a small HTTP server with /metrics and /health; also a WSGI application for hosts."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import mailhelper_prometheus
from mailhelper_core import MailHelper, MailHelperError, logs_from_env
from mailhelper_prometheus.exposition import CONTENT_TYPE, text

logger = logging.getLogger("mailhelper.prometheus")

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def make_app(helper: MailHelper) -> Application:
    """Answer a WSGI application. It shows counts, owners' account numbers and codes: keep it inside."""

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = {"/metrics": _metrics, "/health": _health}.get(environ.get("PATH_INFO", ""))
        status, kind, body = answer(helper) if answer else ("404 Not Found", "text/plain", "")
        start_response(status, [("Content-Type", kind), ("Cache-Control", "no-store")])
        return [body.encode()]

    return app


def main() -> None:
    """Serve until it is stopped; MAILHELPER_DATABASE_URL says which database."""
    parser = argparse.ArgumentParser(prog="mailhelper-prometheus", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9187)
    options = parser.parse_args()
    is_for_collectors = logs_from_env()
    # As a container's first process it would not hear SIGTERM at all: the kernel's default is not for that one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with (
        MailHelper() as helper,
        make_server(options.host, options.port, make_app(helper), handler_class=_Quiet) as server,
    ):
        said = f"listening on {options.host}:{server.server_port}, process {os.getpid()}"
        if is_for_collectors:
            logger.info("%s", said)
        else:
            print(said, flush=True)
        server.serve_forever()


def _metrics(helper: MailHelper) -> tuple[str, str, str]:
    try:
        return "200 OK", CONTENT_TYPE, text(mailhelper_prometheus.counters, helper.admin.metrics())
    except MailHelperError as exc:
        return "503 Service Unavailable", "text/plain", exc.code


def _health(helper: MailHelper) -> tuple[str, str, str]:
    found = helper.health()
    items = {item.name: {"ok": item.ok, "advice": item.advice} for item in found.items}
    status = "200 OK" if found.ok else "503 Service Unavailable"
    return status, "application/json", json.dumps({"ok": found.ok, "items": items})


class _Quiet(WSGIRequestHandler):
    # One request after another: who connects and says nothing must not keep out all others.
    timeout = 10

    def log_message(self, *_: Any) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    main()
