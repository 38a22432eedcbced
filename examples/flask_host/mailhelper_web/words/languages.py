"""Languages and time: German and English by choice, else by what the browser asks for; times in the browser's zone."""

from __future__ import annotations

from functools import cache, lru_cache
from zoneinfo import available_timezones

from babel.support import Translations
from flask import Flask, g, request, session
from flask_babel import Babel, Domain, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from mailhelper_web.look.templates import add_lasting
from mailhelper_web.visitor import visitor_or_none

LANGUAGES = {"en": "English", "de": "Deutsch"}


def add_languages(app: Flask) -> None:
    """Choose the language and the time zone of every answer."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel = Babel(app, locale_selector=choose, timezone_selector=choose_zone)
    babel.domain_instance = _OfRequest()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: get_translations().ugettext(text),
        lambda one, many, num: get_translations().ungettext(one, many, num),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _sentence
    add_lasting(app, "_", lambda text: _plain(get_translations(), text))
    app.jinja_env.globals["locale"] = get_locale
    app.jinja_env.globals["languages"] = LANGUAGES


class _OfRequest(Domain):  # type: ignore[misc]
    """The sentences of this host; their catalog is looked up once a request, not once a sentence of hundreds."""

    def get_translations(self) -> Translations:
        """Answer the catalog of the request's language."""
        here = g._flask_babel  # what `force_locale` and `refresh` clear
        found: Translations | None = getattr(here, "babel_translations", None)
        if found is None:
            found = here.babel_translations = super().get_translations()
        return found


@pass_eval_context
def _sentence(context: EvalContext, text: str, /, **values: object) -> str:
    """Answer a sentence as Jinja's own `_` does, which takes three calls for it; values are escaped in pages."""
    catalog = get_translations()
    if not context.autoescape:
        return str(catalog.ugettext(text)) % values
    return Markup(catalog.ugettext(text)) % values if values else _plain(catalog, text)  # noqa: S704 - as Jinja does


@lru_cache(maxsize=4_096)
def _plain(catalog: Translations, text: str) -> Markup:
    """Answer a sentence without values; it may write %% all the same."""
    return Markup(catalog.ugettext(text)) % {}  # noqa: S704


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
