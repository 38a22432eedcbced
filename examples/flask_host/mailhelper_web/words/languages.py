"""Languages and time: German and English by choice, else by what the browser asks for; times in the browser's zone."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.support import Translations
from flask import Flask, g, request, session
from flask_babel import Babel, get_locale, get_translations

from mailhelper_web.visitor import visitor_or_none

LANGUAGES = {"en": "English", "de": "Deutsch"}


def add_languages(app: Flask) -> None:
    """Choose the language and the time zone of every answer."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=choose, timezone_selector=choose_zone)
    # A list has hundreds of sentences: the catalog is looked up once a request, not once a sentence.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalog().ugettext(text),
        lambda one, many, num: _catalog().ungettext(one, many, num),
        newstyle=True,
    )
    app.jinja_env.globals["locale"] = get_locale
    app.jinja_env.globals["languages"] = LANGUAGES


def _catalog() -> Translations:
    found: Translations | None = g.get("catalog")
    if found is None:
        found = g.catalog = get_translations()
    return found


def choose() -> str:
    """Answer the language of this request."""
    user = visitor_or_none()
    chosen = (user and user.language) or session.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"


def choose_zone() -> str:
    """Answer the time zone that the browser told, else UTC."""
    told = request.cookies.get("zone", "")
    return told if told in _zones() else "UTC"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
