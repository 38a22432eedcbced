"""Languages: German and English, by the user's choice, else by what the browser asks for."""

from __future__ import annotations

from flask import Flask, request, session
from flask_babel import Babel, get_locale

from mailhelper_web.visitor import visitor_or_none

LANGUAGES = {"en": "English", "de": "Deutsch"}


def add_languages(app: Flask) -> None:
    """Choose the language of every answer."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=choose)
    app.jinja_env.globals["locale"] = get_locale
    app.jinja_env.globals["languages"] = LANGUAGES


def choose() -> str:
    """Answer the language of this request."""
    user = visitor_or_none()
    chosen = (user and user.language) or session.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"
