"""What a page says when a call failed: one sentence, what to do, and the right status."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, make_response, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from mailhelper_core import (
    BudgetError,
    BusyError,
    ConflictError,
    ConsentError,
    InvalidError,
    MailHelperError,
    NotFoundError,
    ProviderError,
    ServerError,
)
from mailhelper_web.pages.actions import back
from mailhelper_web.safety.elsewhere import WaitingError
from mailhelper_web.safety.limits import seconds_to_wait
from mailhelper_web.words.denials import denial_words
from mailhelper_web.words.refusals import refusal_advice, refusal_headline
from mailhelper_web.words.trouble import provider_trouble

# The first class that fits decides.
_STATUS: tuple[tuple[type[MailHelperError], int], ...] = (
    (NotFoundError, 404),
    (InvalidError, 400),
    (ConflictError, 409),
    (BusyError, 503),
    (ServerError, 502),
    (ConsentError, 403),
    (BudgetError, 403),
    (ProviderError, 502),
    (MailHelperError, 500),
)


# Where the forms of a part of the host stand that do not say it themselves.
_FORMS: Mapping[str, str] = {
    "accounts": "accounts.listing",
    "admin": "admin.overview",
    "plugins": "plugins.listing",
    "preferences": "preferences.show",
    "privacy": "privacy.overview",
    "replies": "replies.listing",
    "rules": "rules.listing",
    "searches": "mail.listing",
    "tags": "tags.listing",
    "training": "training.overview",
}
# What another try may help against.
_PASSING = frozenset((429, 500, 502, 503))
# When there is much to do, and nobody knows for how long: most of it is over by then.
RETRY_AFTER_SECONDS = 5
# What readers are told: what happened, and what they can do. Other statuses speak for themselves.
KNOWN: dict[int, tuple[LazyString, LazyString]] = {
    403: (
        lazy_gettext("You are not allowed in here."),
        lazy_gettext("If you need it, ask the administrator of this server."),
    ),
    404: (
        lazy_gettext("There is nothing here."),
        lazy_gettext("The address is mistyped, or what was here is gone."),
    ),
    405: (lazy_gettext("This address takes another kind of request."), lazy_gettext("Go back and try it from there.")),
    413: (lazy_gettext("This is more than the server takes at once."), lazy_gettext("It takes 2 MB; send less.")),
    429: (lazy_gettext("That was too often in a short time."), lazy_gettext("Wait a minute, then try again.")),
    500: (
        lazy_gettext("Something went wrong here."),
        lazy_gettext("It is in the server's log. Nothing of your mail is lost."),
    ),
    503: (lazy_gettext("There is much to do at the moment."), lazy_gettext("Try again in a few seconds.")),
}


def add_failures(app: Flask) -> None:
    """Answer every failure with a page of the host."""
    app.register_error_handler(MailHelperError, _engine_failed)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_failed)


def status_of(error: MailHelperError) -> int:
    """Answer the HTTP status of an error of the engine."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def retry_after(error: MailHelperError) -> dict[str, str]:
    """Answer the header that says when to come again, in whole seconds; none where that would not help."""
    if error.retry_after:
        return {"Retry-After": str(int(error.retry_after) + 1)}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if status_of(error) == 503 else {}


def page_or_none(error: MailHelperError) -> Response:
    """Answer the page of an error, with Retry-After where that helps."""
    words, advice = refusal_headline(error.code, denial_words(str(error))), refusal_advice(error.code)
    if isinstance(error, ProviderError):
        response = _provider_page(error)
    elif isinstance(error, WaitingError):
        response = _rendered(503, words, advice)
    else:
        response = _page(status_of(error), words, advice)
    response.headers.update(retry_after(error))
    return response


def _engine_failed(error: MailHelperError) -> Response:
    return page_or_none(error)


def _form_expired(_: CSRFError) -> Response:
    return _page(400, gettext("This form is no longer valid. Go back, load the page again and repeat."))


def _http_failed(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    response = _page(error.code or 500, error.description or "")
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(seconds_to_wait())
    return response


def _provider_page(error: ProviderError) -> Response:
    told = provider_trouble(error)
    return _rendered(status_of(error), told.words, told.advice, is_privacy=told.is_privacy)


def _page(status: int, words: str, advice: str = "") -> Response:
    """Answer the page of a status: what the table says of it, else `words` and `advice`."""
    return _rendered(status, *KNOWN.get(status, (words, advice)))


def _rendered(status: int, words: str | LazyString, advice: str | LazyString, *, is_privacy: bool = False) -> Response:
    template = "parts/failure.html" if request.headers.get("HX-Request") else "failure.html"
    page = render_template(
        template,
        status=status,
        words=words,
        advice=advice,
        is_privacy=is_privacy,
        came_from=_came_from(),
        may_try_again=status in _PASSING and request.method == "GET",
    )
    return make_response(page, status)


def _came_from() -> str:
    """Answer the page where the form stood that was sent; empty for none."""
    page = _FORMS.get(request.blueprint or "") if request.method == "POST" else None
    otherwise = url_for(page) if page else ""
    try:
        return back() if request.form.get("next") else otherwise
    except RequestEntityTooLarge:
        return otherwise
