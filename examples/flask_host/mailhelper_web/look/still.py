"""Pages that need neither session nor database: made at the start, for when neither answers or nobody has time."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, render_template
from flask_babel import force_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from mailhelper_web.pages.failures import KNOWN, RETRY_AFTER_SECONDS
from mailhelper_web.safety.headers import CONTENT_SECURITY_POLICY
from mailhelper_web.words.languages import LANGUAGES

StartResponse = Callable[..., Any]
Answer = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_NAMES = {500: "500 Internal Server Error", 503: "503 Service Unavailable"}
# What programs are told; the words for people are those of the other failures.
_CODES = {500: "internal_server_error", 503: "busy"}

logger = logging.getLogger("mailhelper.web")


class StillPages:
    """The pages of 500 and 503 in every language, each rendered once."""

    def __init__(self, app: Flask) -> None:
        self.pages = {(status, language): _render(app, status, language) for status in _NAMES for language in LANGUAGES}

    def answer(self, status: int) -> Answer:
        """Answer a WSGI application that has this page for everybody; JSON for programs."""

        def told(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            if environ.get("PATH_INFO", "").startswith("/api/"):
                kind, body = (
                    "application/json",
                    json.dumps({"code": _CODES[status], "message": _NAMES[status][4:]}).encode(),
                )
            else:
                kind, body = "text/html; charset=utf-8", self.pages[status, _language(environ)]
            headers = [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
                ("X-Content-Type-Options", "nosniff"),
            ]
            if status == 503:
                headers.append(("Retry-After", str(RETRY_AFTER_SECONDS)))
            start_response(_NAMES[status], headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

        return told


class SafetyNet:
    """A WSGI middleware for what the app's own page of a failure cannot tell, such as a database that is away."""

    def __init__(self, app: Flask, broken: Answer) -> None:
        self._app = app
        self._answer = app.wsgi_app
        self._broken = broken

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the app, else by the page that needs nothing."""
        try:
            return self._answer(environ, start_response)
        except Exception:
            if self._app.testing:
                raise
            logger.exception("a page of a failure failed")
            return self._broken(environ, start_response)


def _render(app: Flask, status: int, language: str) -> bytes:
    words, advice = KNOWN[status]
    with app.test_request_context(), force_locale(language):
        page = render_template("still.html", status=status, words=words, advice=advice, language=language)
    return page.encode()


def _language(environ: dict[str, Any]) -> str:
    asked = parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE", ""), LanguageAccept)
    return asked.best_match(list(LANGUAGES)) or "en"
