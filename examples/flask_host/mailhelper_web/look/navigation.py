"""The frame around every page: the views of mail and the sections, rendered once for a language and a place."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, render_template, request
from flask_babel import get_locale, lazy_gettext
from markupsafe import Markup

from mailhelper_web.pages.mail import VIEWS

# endpoint, name, icon
SECTIONS = (
    ("replies.listing", lazy_gettext("Drafts"), "reply"),
    ("rules.listing", lazy_gettext("Rules"), "rule"),
    ("tags.listing", lazy_gettext("Tags"), "tag"),
    ("training.overview", lazy_gettext("Learning"), "spark"),
    ("history.listing", lazy_gettext("History"), "undo"),
    ("jobs.listing", lazy_gettext("Jobs"), "clock"),
    ("privacy.overview", lazy_gettext("Privacy"), "lock"),
    ("accounts.listing", lazy_gettext("Accounts"), "gear"),
)
_PLACES = frozenset(("home.start", *(endpoint for endpoint, _, _ in SECTIONS)))


def add_navigation(app: Flask) -> None:
    """Give the templates `navigation(view)`."""
    app.jinja_env.globals["navigation"] = navigation


def navigation(view: str) -> Markup:
    """Answer the navigation with the current place marked: a view's key, else the page's section."""
    current = view or (request.endpoint if request.endpoint in _PLACES else "") or ""
    return _render(current, str(get_locale()), request.script_root)


# Two languages, a dozen places, and the addresses this host is reached under.
@lru_cache(maxsize=128)
def _render(current: str, _locale: str, _root: str) -> Markup:
    # Its own template escapes it; nothing in it comes from a visitor.
    return Markup(render_template("parts/navigation.html", current=current, views=VIEWS, sections=SECTIONS))  # noqa: S704
