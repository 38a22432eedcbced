"""The frame around every page: the views of mail, the mailboxes, the saved searches and the sections."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, render_template, request, url_for
from flask_babel import get_locale, lazy_gettext
from markupsafe import Markup

from mailhelper_core import MailHelperError, SavedSearch
from mailhelper_web.look.templates import add_lasting
from mailhelper_web.pages.mail import VIEWS
from mailhelper_web.parts.boxes import BOX, Box, boxes_beside, searches_beside

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
# What the key of a saved search's list begins with.
SEARCH = "search-"
# So many mailboxes are shown without being asked for.
FEW = 12
_PLACES = frozenset(("home.start", "mail.mailboxes", *(endpoint for endpoint, _, _ in SECTIONS)))


def add_navigation(app: Flask) -> None:
    """Give the templates `navigation(view)`, and the addresses of pages that are the only one of their kind."""
    app.jinja_env.globals["navigation"] = navigation
    add_lasting(app, "url_for", url_for)


def navigation(view: str) -> Markup:
    """Answer the navigation with the current place marked: a view's key, else the page's section."""
    beside, searches = _beside_or_none()
    current = view or (request.endpoint if request.endpoint in _PLACES else "") or _search_of(searches)
    wish = request.cookies.get("boxes", "")
    is_open = wish == "open" if wish in ("open", "closed") else len(beside) <= FEW
    is_open = is_open or view.startswith(BOX)
    return _render(current, str(get_locale()), request.script_root, beside, searches, is_open=is_open)


def _beside_or_none() -> tuple[tuple[Box, ...], tuple[SavedSearch, ...]]:
    """Answer mailboxes and searches; none where they cannot be read: the page that says so has this frame too."""
    try:
        return boxes_beside(), searches_beside()
    except MailHelperError:
        return (), ()


def _search_of(searches: tuple[SavedSearch, ...]) -> str:
    """Answer the key of the saved search whose list is shown, empty for none."""
    query = request.args.get("q") if request.endpoint == "mail.listing" else None
    return next((f"{SEARCH}{one.id}" for one in searches if one.query == query), "")


# A frame for each language, place and state of mailboxes that were shown lately.
@lru_cache(maxsize=256)
def _render(
    current: str, _locale: str, _root: str, beside: tuple[Box, ...], searches: tuple[SavedSearch, ...], *, is_open: bool
) -> Markup:
    # Its own template escapes it.
    page = render_template(
        "parts/navigation.html",
        current=current,
        views=VIEWS,
        sections=SECTIONS,
        boxes=beside,
        searches=searches,
        search=SEARCH,
        is_open=is_open,
    )
    return Markup(page)  # noqa: S704
