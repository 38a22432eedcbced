"""What to say of a search: how much it finds, names in it that nothing has, and what may be wrong with one in vain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import format_decimal, gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from mailhelper_core import CountSoFar, Finding, MailHelperError, Message, OwnerServices, Page, Rule, SearchHint
from mailhelper_web.words.findings import finding_words

# Operators as people write them, in both languages, outside quotes.
_OPERATORS = {"or": "OR", "oder": "OR", "and": "AND", "und": "AND", "not": "NOT", "nicht": "NOT"}
_PIECE = re.compile(r'"[^"]*"?|[^\s"()]+|.', re.DOTALL)
_MAILBOXES_SHOWN = 20
# Further than this nobody wants to read, and a count costs no more than a page.
COUNTED = 200

_MISSING: Mapping[str, LazyString] = {
    "in": lazy_gettext("There is no mailbox “%(name)s”."),
    "tag": lazy_gettext("There is no tag “%(name)s”."),
    "account": lazy_gettext("There is no account “%(name)s”."),
    "category": lazy_gettext("No mail is of the kind “%(name)s”, and none will be."),
}
# What the help of the search shows, each to try.
EXAMPLES: tuple[tuple[str, LazyString], ...] = (
    ("invoice", lazy_gettext("the word anywhere: subject, people, text")),
    ('"second reminder"', lazy_gettext("these words side by side")),
    ("from:anna", lazy_gettext("by the sender; to: and cc: likewise, to:me is you")),
    ("subject:invoice", lazy_gettext("in the subject; body: is the text, filename: an attachment's name")),
    ("is:unread has:attachment", lazy_gettext("several conditions hold together")),
    ("invoice OR bill", lazy_gettext("one of them is enough; OR in capitals")),
    ("-category:newsletter", lazy_gettext("not of this kind; - stands for not")),
    ("in:inbox newer_than:7d", lazy_gettext("a mailbox and an age: d, w, m or y; older_than: likewise")),
    ("tag:*", lazy_gettext("with any tag; tag: and a name for one")),
    ("urgency>=2 larger:2M", lazy_gettext("numbers compare; sizes end in k or M")),
)


@dataclass(frozen=True, slots=True)
class NameHint:
    """A name that nothing has: the sentence, the name that was probably meant, and the query with it."""

    words: str
    nearest: str
    query: str


@dataclass(frozen=True, slots=True)
class SearchHints:
    """What to tell: names that are not there; of a search in vain operators as typed, the right query, other words."""

    names: tuple[NameHint, ...]
    mailboxes: tuple[str, ...]
    small: tuple[str, ...] = ()
    corrected: str = ""
    words: tuple[str, ...] = ()


def search_hints(ada: OwnerServices, query: str, *, found_any: bool) -> SearchHints:
    """Look for names that nothing has; at a query that found nothing also as at a rule."""
    hints = ada.searches.hints(query)
    names = tuple(NameHint(_missing(one), one.nearest, one.query) for one in hints)
    mailboxes = _mailboxes(ada) if any(one.field == "in" for one in hints) else ()
    if found_any:
        return SearchHints(names, mailboxes)
    pieces = _PIECE.findall(query)
    small = tuple(dict.fromkeys(piece for piece in pieces if _operator(piece)))
    corrected = "".join(_operator(piece) or piece for piece in pieces) if small else ""
    return SearchHints(names, mailboxes, small, corrected, tuple(finding_words(one) for one in _dead(ada, query)))


def size_words(ada: OwnerServices, query: str, found: Page[Message]) -> str:
    """Answer how many messages a query finds, of which `found` is the first page: exactly, or as far as is quick."""
    size = CountSoFar(len(found.items), is_all=True) if not found.next else ada.count_some(query, at_most=COUNTED)
    number = format_decimal(size.number)
    if size.is_all:
        return str(ngettext("%(number)s message found", "%(number)s messages found", size.number, number=number))
    if size.number == COUNTED:
        return str(gettext("more than %(number)s messages found", number=number))
    return str(gettext("at least %(number)s messages found", number=number))


def _missing(hint: SearchHint) -> str:
    """Answer what is not there; a test for `me` asks for an address that no account has said."""
    if hint.field in _MISSING:
        return str(_MISSING[hint.field]) % {"name": hint.value}
    return str(gettext("An account does not know its own address, so “me” finds nothing there."))


def _operator(piece: str) -> str:
    """Answer the operator that a word is meant to be, empty for one that is right and for all others."""
    meant = _OPERATORS.get(piece.lower(), "")
    return "" if piece == meant else meant


def _dead(ada: OwnerServices, query: str) -> list[Finding]:
    """Answer what contradicts itself in a query; a rule knows."""
    rule = Rule("search", query, ["keep"])
    try:
        found = ada.rules.analyze(rule)
    except MailHelperError:
        return []  # a search may ask what a rule may not
    return [one for one in found if one.rule == rule.name and one.kind == "dead"]


def _mailboxes(ada: OwnerServices) -> tuple[str, ...]:
    names = {box.name for account in ada.accounts.list() for box in ada.accounts.mailboxes(account.id)}
    return tuple(sorted(names, key=str.casefold))[:_MAILBOXES_SHOWN]
