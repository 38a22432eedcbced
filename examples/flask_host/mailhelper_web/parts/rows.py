"""What a list of messages looks up once for all of its rows: a list is the page that is opened most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlencode

from flask import Flask, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from mailhelper_core import Message, Snippet
from mailhelper_web.look.filters import short_dates
from mailhelper_web.look.icons import icon
from mailhelper_web.words.names import category_name, category_names, kind_name, percent

# How sure opinions are, by message and question.
Sureness = Mapping[int, Mapping[str, float]]
_SURE_OF_NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Words, addresses and dates for the rows of one page."""

    words: Mapping[str, str]
    clip: Markup
    home: str
    asked: str
    why: str
    locale: str
    dated: Callable[[datetime], str]
    kinds: Mapping[str, str]
    snippets: Mapping[int, Snippet]
    sure: Sureness
    selectable: bool

    def told(self, message: Message) -> tuple[Markup, Markup]:
        """Answer how a message is seen and how surely: its levels, and all of it; empty where nobody has a say."""
        sure = self.sure.get(message.id, _SURE_OF_NOTHING)
        parts = [
            _part(kind, str(value), round(100 * sure.get(kind, 0)), self.locale)
            for kind, value in (("urgency", message.urgency), ("importance", message.importance))
            if value is not None
        ]
        levels = _DOT.join(parts)
        if message.category:
            parts.insert(0, _part("category", message.category, round(100 * sure.get("category", 0)), self.locale))
        return levels, _DOT.join([*parts, self.words["why"]]) if parts else _DOT.join(())


_DOT = Markup(" · ")


@lru_cache(maxsize=4_096)
def _part(kind: str, value: str, percents: int, _locale: str) -> Markup:
    """Answer what one question is answered with, and how surely; without a number where only its owner says so."""
    words = category_name(value) if kind == "category" else f"{kind_name(kind)} {value}"
    return escape(f"{words} ({percent(percents / 100)})" if percents else words)


def add_rows(app: Flask) -> None:
    """Give the templates `rows_page(...)`."""
    app.jinja_env.globals["rows_page"] = rows_page


def rows_page(
    *,
    selectable: bool = False,
    list_address: Mapping[str, str] | None = None,
    snippets: Mapping[int, Snippet] | None = None,
    sure: Sureness | None = None,
) -> RowsPage:
    """Look up what all rows of a page need; a message leads back to the list that `list_address` names."""
    locale = str(get_locale())
    words, kinds = _words(locale)
    return RowsPage(
        words=words,
        clip=icon("clip"),
        home=url_for("mail.listing"),
        asked=f"?{urlencode(list_address)}" if list_address else "",
        why=f"?{urlencode({'tab': 'why', **(list_address or {})})}",
        locale=locale,
        dated=short_dates(),
        kinds=kinds,
        snippets=snippets or {},
        sure=sure or {},
        selectable=selectable,
    )


@lru_cache(maxsize=8)
def _words(_locale: str) -> tuple[dict[str, str], dict[str, str]]:
    """Answer the words of a language: those of the rows, and the names of categories."""
    words = {
        "none": gettext("(no subject)"),
        "flagged": gettext("Flagged"),
        "files": gettext("has attachments"),
        "select": gettext("Select"),
        "why": gettext("Why?"),
    }
    return words, category_names()
