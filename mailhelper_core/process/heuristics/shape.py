"""What a mail is made of, whatever its wording: people that it names, words of others, appointments, accounts; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from re import Match

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import words
from mailhelper_core.process.reading.first_names import FIRST_NAMES
from mailhelper_core.process.reading.reading import Reading
from mailhelper_core.process.reading.trades import TRADES, trades_of

# All begin with a set of characters, and look back behind it: what begins with looking back, or with one of several
# things, is tried at every character and takes ten times as long.

# A first name and what follows it, the surname.
_CAPITAL = "[A-ZÀ-ÖØ-ÞČĞİŁŚŞŠŻŽ]"
_NAMED = re.compile(rf"{_CAPITAL}(?<![\w.@].)[\w’'-]{{1,30}} (?=(?:von |der |van |de |di ){{0,2}}{_CAPITAL}[\w’'-])")
# Words of somebody else, between quotation marks of any kind.
_QUOTED = re.compile(r"[„“\"«»‘][^„“”\"«»\n]{12,120}[“”\"»«’]")
_DAY = (
    r"(?:[0-9]{1,2}\.\s?(?:[0-9]{1,2}\.|[A-Z][a-zä]{2,9})|[0-9]{1,2}(?:st|nd|rd|th)? (?:of )?[A-Z][a-z]{2,9}"
    r"|[A-Z][a-z]{2,9} [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4})"
)
_CLOCK = re.compile(r"[0-9](?<![0-9.:/][0-9])[0-9]?(?:[:.][0-9]{2}(?!\.?[0-9])| ?(?:Uhr|am|pm|a\.m\.|p\.m\.|h)(?!\w))")
# How far from a time of day its day may stand, in the same sentence.
_BEFORE, _AFTER = 80, 50
_DAY_BEFORE = re.compile(rf"{_DAY}[^.!?]{{0,60}}?\s$")
_DAY_AFTER = re.compile(rf"[^.!?]{{0,30}}?\s{_DAY}")
# Times looked at, so that a timetable costs no more than a letter.
_TIMES = 20
_MINUTES = re.compile(r"[0-9](?<!\w[0-9])[0-9]{0,2}[ -][Mm]in(?:ute[ns]?)?\b")
_IBAN = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z][0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_NUMBER = re.compile(r"#[0-9]{2,}|\[[^\]]{0,30}[0-9]{3,}\]|\b[A-Z]{2,8}-[0-9]{1,7}\b|\b[0-9]{5,}\b")


def shape_of(reading: Reading) -> Iterator[str]:
    """Yield what a mail is made of, as facts by name; the trade of its sender is one ("trade: bank")."""
    yield from (name for name, holds in _TESTS if holds(reading))
    yield from (f"trade: {trade}" for trade in trades_of(reading.message.from_))


def _names_others(text: str, message: MessageDetail) -> bool:
    """Say whether a text names somebody, neither its author nor a recipient."""
    found = {name[:-1].lower() for name in _NAMED.findall(text)} & FIRST_NAMES
    return bool(found) and not found <= {word for one in (*message.to, message.from_) for word in words(one.name)}


def _quotes(text: str) -> bool:
    return text.startswith(">") or "\n>" in text or bool(_QUOTED.search(text))


def _names_an_occasion(text: str) -> bool:
    """Say whether a day of the calendar and a time of day stand in one sentence: more than a deadline or a chat has."""
    return any(_has_a_day(text, time) for time in islice(_CLOCK.finditer(text), _TIMES))


def _has_a_day(text: str, time: Match[str]) -> bool:
    before, after = text[max(0, time.start() - _BEFORE) : time.start()], text[time.end() : time.end() + _AFTER]
    return bool(_DAY_BEFORE.search(before) or _DAY_AFTER.match(after))


_TESTS: tuple[tuple[str, Callable[[Reading], object]], ...] = (
    ("subject names a person", lambda r: _names_others(r.subject, r.message)),
    ("text names a person", lambda r: _names_others(r.text, r.message)),
    ("quotes somebody", lambda r: _quotes(r.text)),
    ("a day and a time", lambda r: _names_an_occasion(r.text)),
    ("minutes", lambda r: _MINUTES.search(r.text) or _MINUTES.search(r.subject)),
    ("a bank account", lambda r: _IBAN.search(r.text)),
    ("a number in the subject", lambda r: _NUMBER.search(r.subject)),
)
FACTS = frozenset({*(name for name, _ in _TESTS), *(f"trade: {trade}" for trade in TRADES)})
