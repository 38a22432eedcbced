"""What a list of messages looks up once for all of its rows: a list is the page that is opened most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from mailhelper_core import Message, Snippet
from mailhelper_web.look.filters import light, short_dates
from mailhelper_web.look.icons import icon
from mailhelper_web.words.names import category_name, kind_name, percent

# How sure the surest is of each answer, by message.
Sureness = Mapping[int, Mapping[tuple[str, str], float]]
_SURE_OF_NOTHING: Mapping[tuple[str, str], float] = {}


class Row(NamedTuple):
    """A message as a list shows it: itself, and what is put together of it."""

    message: Message
    subject: str
    address: Markup
    dot: Markup
    time: Markup
    chip: Markup


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Words, addresses and dates for the rows of one page.

    What is made of numbers and of words that are safe already is put together here: a template would look at each of
    them for signs of HTML again, for each of fifty rows.
    """

    words: Mapping[str, Markup]
    clip: Markup
    home: str
    asked: Markup
    why: Markup
    locale: str
    dated: Callable[[datetime], str]
    snippets: Mapping[int, Snippet]
    sure: Sureness
    selectable: bool

    def rows(self, messages: Iterable[Message]) -> Iterator[Row]:
        """Yield the rows of messages."""
        for message in messages:
            at = message.received_at
            address = Markup(f"{self.home}{message.id}{self.asked}")  # noqa: S704 - both are escaped
            time = Markup(f'<time datetime="{at.isoformat()}">{escape(self.dated(at))}</time>')  # noqa: S704 - so is this
            dot, chip = self._seen(message)
            yield Row(message, message.subject or self.words["none"], address, dot, time, chip)

    def _seen(self, message: Message) -> tuple[Markup, Markup]:
        """Answer the light of a message, and its kind with how surely it is seen so, which leads to why.

        Both are empty where nobody has a say.
        """
        sure = self.sure.get(message.id, _SURE_OF_NOTHING)
        color, category = light(message), message.category
        levels = (("urgency", message.urgency), ("importance", message.importance))
        parts = [self._told(sure, kind, str(value)) for kind, value in levels if value is not None]
        dot = f'<span class="dot {color}" title="{_DOT.join(parts)}"></span>' if color else _NO_DOT
        if category:
            parts.insert(0, self._told(sure, "category", category))
        words = _part("category", category, 0, self.locale) if category else self.words["why"]
        said = _DOT.join([*parts, self.words["why"]])
        address = f"{self.home}{message.id}{self.why}"
        chip = f'<a class="kind" href="{address}" title="{said}" aria-label="{said}">{words}</a>' if parts else ""
        return Markup(dot), Markup(chip)  # noqa: S704 - all parts are escaped

    def _told(self, sure: Mapping[tuple[str, str], float], kind: str, value: str) -> Markup:
        return _part(kind, value, round(100 * sure.get((kind, value), 0)), self.locale)


_DOT, _NO_DOT = " · ", '<span class="dot"></span>'


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
    return RowsPage(
        words=_words(locale),
        clip=icon("clip"),
        home=url_for("mail.listing"),
        asked=escape(f"?{urlencode(list_address)}" if list_address else ""),
        why=escape(f"?{urlencode({'tab': 'why', **(list_address or {})})}"),
        locale=locale,
        dated=short_dates(),
        snippets=snippets or {},
        sure=sure or {},
        selectable=selectable,
    )


@lru_cache(maxsize=8)
def _words(_locale: str) -> dict[str, Markup]:
    """Answer the words of the rows in a language."""
    return {
        "none": escape(gettext("(no subject)")),
        "flagged": escape(gettext("Flagged")),
        "files": escape(gettext("has attachments")),
        "select": escape(gettext("Select")),
        "why": escape(gettext("Why?")),
    }
