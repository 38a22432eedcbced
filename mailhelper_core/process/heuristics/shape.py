"""What a mail is made of, whatever its wording: people that it names, words of others, appointments, accounts; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import words
from mailhelper_core.process.reading.first_names import FIRST_NAMES
from mailhelper_core.process.reading.reading import Reading
from mailhelper_core.process.reading.trades import TRADES, trades_of

# A first name and what follows it, the surname.
_NAMED = re.compile(r"(?<![\w.@])([^\W\d_a-z][\w’'-]{1,30}) (?=(?:von |der |van |de |di ){0,2}[^\W\d_a-z][\w’'-])")
# Words of somebody else: between quotation marks of any kind, or behind the sign of a quoted line.
_QUOTED = re.compile(r"[„“\"«»‘][^„“”\"«»\n]{12,120}[“”\"»«’]|^>", re.MULTILINE)
_DAY = (
    r"(?:\d{1,2}\.\s?(?:\d{1,2}\.|[A-Z][a-zä]{2,9})|\d{1,2}(?:st|nd|rd|th)? (?:of )?[A-Z][a-z]{2,9}"
    r"|[A-Z][a-z]{2,9} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4})"
)
_CLOCK = r"(?:\d{1,2}[:.]\d\d(?!\.?\d)|\d{1,2} ?(?:Uhr|am|pm|a\.m\.|p\.m\.|h)(?!\w))"
# A day of the calendar and a time of day in one sentence: more than a deadline has, and than a chat.
_OCCASION = re.compile(rf"{_DAY}[^.!?]{{0,60}}?\s{_CLOCK}|{_CLOCK}[^.!?]{{0,30}}?\s{_DAY}")
_MINUTES = re.compile(
    r"\b(?:\d{1,3}|five|ten|fifteen|thirty|fünf|zehn|fünfzehn|dreißig)[ -](?:minutes?|minuten?|min)\b", re.IGNORECASE
)
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b")
_NUMBER = re.compile(r"#\d{2,}|\[[^\]]{0,30}\d{3,}\]|\b[A-Z]{2,8}-\d{1,7}\b|\b\d{5,}\b")


def shape_of(reading: Reading) -> Iterator[str]:
    """Yield what a mail is made of, as facts by name; the trade of its sender is one ("trade: bank")."""
    yield from (name for name, holds in _TESTS if holds(reading))
    yield from (f"trade: {trade}" for trade in trades_of(reading.message.from_))


def _names_others(text: str, message: MessageDetail) -> bool:
    """Say whether a text names somebody, neither its author nor a recipient."""
    found = {name.lower() for name in _NAMED.findall(text)} & FIRST_NAMES
    return bool(found) and not found <= {word for one in (*message.to, message.from_) for word in words(one.name)}


_TESTS: tuple[tuple[str, Callable[[Reading], object]], ...] = (
    ("subject names a person", lambda r: _names_others(r.subject, r.message)),
    ("text names a person", lambda r: _names_others(r.text, r.message)),
    ("quotes somebody", lambda r: _QUOTED.search(r.text)),
    ("a day and a time", lambda r: _OCCASION.search(r.text)),
    ("minutes", lambda r: _MINUTES.search(r.text) or _MINUTES.search(r.subject)),
    ("a bank account", lambda r: _IBAN.search(r.text)),
    ("a number in the subject", lambda r: _NUMBER.search(r.subject)),
)
FACTS = frozenset({*(name for name, _ in _TESTS), *(f"trade: {trade}" for trade in TRADES)})
