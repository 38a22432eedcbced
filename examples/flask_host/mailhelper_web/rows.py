"""What a list of messages looks up once for all of its rows: a list is the page that is opened most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask, url_for
from flask_babel import gettext

from mailhelper_core import Snippet
from mailhelper_web.filters import category_names, short_dates


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Words, addresses and dates for the rows of one page."""

    words: Mapping[str, str]
    home: str
    asked: str
    dated: Callable[[datetime], str]
    kinds: Mapping[str, str]
    snippets: Mapping[int, Snippet]
    selectable: bool


def add_rows(app: Flask) -> None:
    """Give the templates `rows_page(...)`."""
    app.jinja_env.globals["rows_page"] = rows_page


def rows_page(*, selectable: bool = False, query: str = "", snippets: Mapping[int, Snippet] | None = None) -> RowsPage:
    """Look up what all rows of a page need."""
    words = {
        "none": gettext("(no subject)"),
        "flagged": gettext("Flagged"),
        "files": gettext("has attachments"),
        "select": gettext("Select"),
    }
    asked = f"?{urlencode({'q': query})}" if query else ""
    return RowsPage(words, url_for("mail.listing"), asked, short_dates(), category_names(), snippets or {}, selectable)
