"""What a page says when a call failed: one sentence, what to do, and the right status."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, TooManyRequests

from mailhelper_core import BusyError, ConflictError, InvalidError, MailHelperError, NotFoundError, ServerError

# The first class that fits decides.
_STATUS: tuple[tuple[type[MailHelperError], int], ...] = (
    (NotFoundError, 404),
    (InvalidError, 400),
    (ConflictError, 409),
    (BusyError, 503),
    (ServerError, 502),
    (MailHelperError, 500),
)


def add_failures(app: Flask) -> None:
    """Answer every failure with a page of the host."""
    app.register_error_handler(MailHelperError, _engine_failed)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_failed)


def status_of(error: MailHelperError) -> int:
    """Answer the HTTP status of an error of the engine."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def page_or_none(error: MailHelperError) -> Response:
    """Answer the page of an error, with Retry-After where the error knows."""
    response = _page(status_of(error), str(error))
    if error.retry_after:
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    return response


def _engine_failed(error: MailHelperError) -> Response:
    return page_or_none(error)


def _form_expired(_: CSRFError) -> Response:
    return _page(400, gettext("This form is no longer valid. Go back, load the page again and repeat."))


def _http_failed(error: HTTPException) -> Response:
    words = {
        404: gettext("There is no such page."),
        405: gettext("This address takes another kind of request."),
        413: gettext("This is more than the server takes at once."),
        429: gettext("Too many tries. Wait a moment and try again."),
    }
    if error.response is not None:
        return make_response(error.response)
    response = _page(error.code or 500, words.get(error.code or 0, error.description or ""))
    if isinstance(error, TooManyRequests):
        response.headers.setdefault("Retry-After", "60")
    return response


def _page(status: int, words: str) -> Response:
    template = "parts/failure.html" if request.headers.get("HX-Request") else "failure.html"
    return make_response(render_template(template, status=status, words=words), status)
