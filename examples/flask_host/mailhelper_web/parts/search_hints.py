"""What may be wrong with a search that found nothing: operators in small letters, names that nothing has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailhelper_core import Finding, MailHelperError, OwnerServices, Rule
from mailhelper_web.words.findings import finding_words

# Operators as people write them, in both languages, outside quotes.
_OPERATORS = {"or": "OR", "oder": "OR", "and": "AND", "und": "AND", "not": "NOT", "nicht": "NOT"}
_PIECE = re.compile(r'"[^"]*"?|[^\s"()]+|.', re.DOTALL)
_MAILBOXES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SearchHints:
    """What to tell: operators as they were typed, the query with the right ones, other words, mailboxes there are."""

    small: tuple[str, ...]
    corrected: str
    words: tuple[str, ...]
    mailboxes: tuple[str, ...]


def search_hints(ada: OwnerServices, query: str) -> SearchHints:
    """Look at a query that found nothing as at a rule: what can match no mail is known of those."""
    pieces = _PIECE.findall(query)
    small = tuple(dict.fromkeys(piece for piece in pieces if _operator(piece)))
    corrected = "".join(_operator(piece) or piece for piece in pieces)
    words = tuple(finding_words(one) for one in _findings(ada, query))
    asks_for_mailbox = any(piece.lower().startswith(("in:", "-in:")) for piece in pieces)
    return SearchHints(small, corrected if small else "", words, _mailboxes(ada) if words and asks_for_mailbox else ())


def _operator(piece: str) -> str:
    """Answer the operator that a word is meant to be, empty for one that is right and for all others."""
    meant = _OPERATORS.get(piece.lower(), "")
    return "" if piece == meant else meant


def _findings(ada: OwnerServices, query: str) -> list[Finding]:
    rule = Rule("search", query, ["keep"])
    try:
        found = ada.rules.analyze(rule)
    except MailHelperError:
        return []  # a search may ask what a rule may not
    return [one for one in found if one.rule == rule.name and one.kind in ("unknown", "dead")]


def _mailboxes(ada: OwnerServices) -> tuple[str, ...]:
    names = {box.name for account in ada.accounts.list() for box in ada.accounts.mailboxes(account.id)}
    return tuple(sorted(names, key=str.casefold))[:_MAILBOXES_SHOWN]
