"""The messages of a list, written here and not by a template: a list is the page that is opened most, with fifty rows.

A template looks at each value of each row for signs of HTML, also where they were looked for already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import escape
from urllib.parse import urlencode

from flask import Flask, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup

from mailhelper_core import Message, MessageTag, Snippet
from mailhelper_web.look.filters import light, marked, short_dates, who
from mailhelper_web.look.icons import icon
from mailhelper_web.words.names import category_name, kind_name, percent

# How sure the surest is of each answer, by message.
Sureness = Mapping[int, Mapping[tuple[str, str], float]]
_SURE_OF_NOTHING: Mapping[tuple[str, str], float] = {}
_DOT, _NO_DOT = " · ", '<span class="dot"></span>'


def add_rows(app: Flask) -> None:
    """Give the templates `rows(messages, ...)`."""
    app.jinja_env.globals["rows"] = rows


def rows(
    messages: Iterable[Message],
    *,
    selectable: bool = False,
    list_address: Mapping[str, str] | None = None,
    snippets: Mapping[int, Snippet] | None = None,
    sure: Sureness | None = None,
) -> Markup:
    """Answer the rows of messages; one leads back to the list that `list_address` names."""
    locale = str(get_locale())
    page = _Page(
        words=_words(locale),
        home=url_for("mail.listing"),
        asked=escape(f"?{urlencode(list_address)}" if list_address else ""),
        why=escape(f"?{urlencode({'tab': 'why', **(list_address or {})})}"),
        locale=locale,
        dated=short_dates(),
        snippets=snippets or {},
        sure=sure or {},
        selectable=selectable,
    )
    return Markup("\n".join(map(page.row, messages)))  # noqa: S704 - all that a row is made of is escaped


@dataclass(frozen=True, slots=True)
class _Page:
    """What is looked up once for all rows of a page; words and addresses are escaped."""

    words: Mapping[str, str]
    home: str
    asked: str
    why: str
    locale: str
    dated: Callable[[datetime], str]
    snippets: Mapping[int, Snippet]
    sure: Sureness
    selectable: bool
    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    def row(self, message: Message) -> str:
        """Write one message; what a stranger wrote is text."""
        id_, at, words = message.id, message.received_at, self.words
        subject = escape(message.subject) or words["none"]
        hit = self.snippets.get(id_)
        dot, chip = self._seen(message)
        return f"""<li class="row{"" if message.is_seen else " unread"}" data-id="{id_}">
  {self._pick(id_, subject)}{dot}
  <a href="{self.home}{id_}{self.asked}">
    <span class="from">{escape(who(message.from_))}</span>
    <span class="what"><span class="subject">{subject}</span>
      {_tags(message.tags) if message.tags else ""}<span class="snippet">{marked(hit) if hit else escape(message.snippet)}</span></span>
    <span class="side-facts">{words["star"] if message.is_flagged else ""}{words["clip"] if message.has_attachments else ""} <time datetime="{at.isoformat()}">{escape(self.dated(at))}</time></span>
  </a>
  {chip}
</li>"""  # noqa: E501 - as it is read in the page

    def _pick(self, id_: int, subject: str) -> str:
        if not self.selectable:
            return ""
        name = f"{self.words['select']}: {subject}"
        return f'<input type="checkbox" name="id" value="{id_}" form="bulk" aria-label="{name}">\n  '

    def _seen(self, message: Message) -> tuple[str, str]:
        """Answer the light of a message, and its kind with how surely it is seen so, which leads to why.

        Both are empty where nobody has a say.
        """
        sure = self.sure.get(message.id, _SURE_OF_NOTHING)
        category, urgency, importance = message.category, message.urgency, message.importance
        parts = [] if urgency is None else [self._told(sure, ("urgency", str(urgency)))]
        if importance is not None:
            parts.append(self._told(sure, ("importance", str(importance))))
        color, why = light(message), self.words["why"]
        dot = f'<span class="dot {color}" title="{_DOT.join(parts)}"></span>' if color else _NO_DOT
        if category:
            parts.insert(0, self._told(sure, ("category", category)))
        if not parts:
            return dot, ""
        words = self.answers["category", category] if category else why
        said, address = _DOT.join([*parts, why]), f"{self.home}{message.id}{self.why}"
        return dot, f'<a class="kind" href="{address}" title="{said}" aria-label="{said}">{words}</a>'

    def _told(self, sure: Mapping[tuple[str, str], float], answer: tuple[str, str]) -> str:
        """Answer what one question is answered with, and how surely: without a number where only its owner says so."""
        words = self.answers.get(answer)
        if words is None:
            words = self.answers[answer] = _answer(*answer, self.locale)
        share = percent(sure.get(answer, 0.0))
        return words if share == "0%" else f"{words} ({share})"


def _tags(tags: Iterable[MessageTag]) -> str:
    return "".join(
        f'<span class="tag" data-color="{escape(tag.color)}">{escape(tag.name)}</span>\n      ' for tag in tags
    )


@lru_cache(maxsize=1_024)
def _answer(kind: str, value: str, _locale: str) -> str:
    """Answer what a question is answered with; a page asks for few of them, each many times."""
    return escape(category_name(value) if kind == "category" else f"{kind_name(kind)} {value}")


@lru_cache(maxsize=8)
def _words(_locale: str) -> dict[str, str]:
    """Answer the words of the rows in a language, as they stand in a page."""
    flagged, files = escape(gettext("Flagged")), escape(gettext("has attachments"))
    return {
        "none": escape(gettext("(no subject)")),
        "star": f'<span class="star" title="{flagged}">★</span>',
        "clip": f'{icon("clip")}<span class="hidden">{files}</span>',
        "select": escape(gettext("Select")),
        "why": escape(gettext("Why?")),
    }
