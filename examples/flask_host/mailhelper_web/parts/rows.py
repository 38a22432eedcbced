"""What a list of messages looks up once for all of its rows: a list is the page that is opened most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup

from mailhelper_core import Snippet
from mailhelper_web.look.filters import short_dates
from mailhelper_web.look.icons import icon
from mailhelper_web.words.names import category_names


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Words, addresses and dates for the rows of one page."""

    words: Mapping[str, str]
    clip: Markup
    home: str
    asked: str
    dated: Callable[[datetime], str]
    kinds: Mapping[str, str]
    snippets: Mapping[int, Snippet]
    selectable: bool


def add_rows(app: Flask) -> None:
    """Give the templates `rows_page(...)`."""
    app.jinja_env.globals["rows_page"] = rows_page


def rows_page(
    *,
    selectable: bool = False,
    list_address: Mapping[str, str] | None = None,
    snippets: Mapping[int, Snippet] | None = None,
) -> RowsPage:
    """Look up what all rows of a page need; a message leads back to the list that `list_address` names."""
    words, kinds = _words(str(get_locale()))
    asked = f"?{urlencode(list_address)}" if list_address else ""
    found = snippets or {}
    return RowsPage(words, icon("clip"), url_for("mail.listing"), asked, short_dates(), kinds, found, selectable)


@lru_cache(maxsize=8)
def _words(_locale: str) -> tuple[dict[str, str], dict[str, str]]:
    """Answer the words of a language: those of the rows, and the names of categories."""
    words = {
        "none": gettext("(no subject)"),
        "flagged": gettext("Flagged"),
        "files": gettext("has attachments"),
        "select": gettext("Select"),
    }
    return words, category_names()
