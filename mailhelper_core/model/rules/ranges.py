"""Tests of numbers, sizes, dates and ages as half-open ranges of one attribute, for the predicate and for SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from math import inf, nextafter
from typing import Literal

from mailhelper_core.model.mind.opinion import read_number
from mailhelper_core.model.rules.criteria import (
    COMPARISONS,
    FIELDS,
    PRIORITIES,
    SPAM_FROM,
    Field,
    Is,
    Operator,
    is_presence,
)

Attribute = Literal[
    "urgency", "importance", "score", "spam", "size", "date", "sent", "received",
    "attachment_size", "sender_importance", "spam_score", "opinion",
]  # fmt: skip
Bound = int | float | datetime | None

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,3})?)\s*([kmg]?)b?", re.IGNORECASE)
# As in Sieve (RFC 5228 2.4.1): K is 2^10.
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
# Above every mail, below what the databases' integers hold.
_MAX_SIZE = 2**50
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# Years that datetime and both databases hold with room for a time zone.
_YEARS = (1900, 2999)
_AGE = re.compile(r"(\d{1,5})([hdwmy])", re.ASCII | re.IGNORECASE)
# Months and years of fixed length, so that an age means the same on every day.
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 720, "y": 8760}
_MAX_AGE = timedelta(days=100 * 366)
_RELATIVE_DAYS = {"today": 0, "yesterday": 1}

RANGE_TYPES = frozenset(("level", "number", "decimal", "size", "date", "age"))
# Fields that test an attribute of another name, with the operator that their name stands for.
_WORDED: dict[str, tuple[Attribute, Operator]] = {
    "larger": ("size", ">"),
    "smaller": ("size", "<"),
    "after": ("date", ">="),
    "before": ("date", "<"),
}
_PLAIN: dict[str, Attribute] = {
    "urgency": "urgency",
    "importance": "importance",
    "score": "score",
    "spam": "spam",
    "size": "size",
    "sent": "sent",
    "received": "received",
    "attachment_size": "attachment_size",
    "sender_importance": "sender_importance",
    "spam_score": "spam_score",
    "opinion": "opinion",
}


@dataclass(frozen=True, slots=True)
class Range:
    """low <= attribute < high; None is no bound. A message that lacks the attribute never lies in it.

    name: which of several attributes of that kind.
    """

    attribute: Attribute
    low: Bound = None
    high: Bound = None
    name: str = ""


def is_range(leaf: Is) -> bool:
    """Say whether a test is one of a range."""
    field = FIELDS.get(leaf.field)
    if field is None:
        return False
    return field.type in RANGE_TYPES or leaf.operator in COMPARISONS or field.name == "priority"


def attribute_of(leaf: Is) -> Attribute:
    """Answer which attribute a test of a range looks at."""
    if leaf.field == "priority":
        return "score"
    return _WORDED[leaf.field][0] if leaf.field in _WORDED else _PLAIN.get(leaf.field, "date")


def read_range(leaf: Is, *, now: datetime, time_zone: tzinfo = UTC) -> Range:
    """Answer the range that a test asks for. Raises ValueError with a hint for a value that cannot be read."""
    field, attribute = FIELDS[leaf.field], attribute_of(leaf)
    operator = _WORDED[field.name][1] if field.name in _WORDED else leaf.operator
    if field.name == "priority":
        return Range(attribute, *PRIORITIES[leaf.value])
    if is_presence(leaf):
        return Range(attribute)
    if field.type == "age":
        edge = now - read_age(leaf.value)
        return Range("date", None, edge + _INSTANT) if field.name == "older_than" else Range("date", edge + _INSTANT)
    if field.type == "number":
        return _number_range(leaf.value, operator)
    if field.type in ("decimal", "words"):
        found = _RANGES[operator](attribute, *_decimal(leaf.value))
        return replace(found, name=leaf.name)
    first, after = _period(field, leaf.value, now, time_zone)
    return _RANGES[operator](attribute, first, after)


def read_age(text: str) -> timedelta:
    """Answer an age such as 30d. Raises ValueError."""
    found = _AGE.fullmatch(text)
    age = timedelta(hours=int(found[1]) * _HOURS[found[2].lower()]) if found else _MAX_AGE
    if age >= _MAX_AGE:
        raise ValueError("write an age up to 100 years: 12h, 30d, 6w, 3m or 1y")
    return age


def read_size(text: str) -> int:
    """Answer octets from a size such as 2M. Raises ValueError."""
    found = _SIZE.fullmatch(text)
    size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else _MAX_SIZE
    if size >= _MAX_SIZE:
        raise ValueError("write a size in octets, or with k, M or G: 500k, 2M")
    return size


def read_day(text: str, *, now: datetime, time_zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """Answer the beginning of a day, month or year and of the next one, in UTC. Raises ValueError."""
    back = _RELATIVE_DAYS.get(text.lower())
    if back is not None:
        day = now.astimezone(time_zone) - timedelta(days=back)
        year, month, date = day.year, day.month, day.day
    else:
        year, month, date = _day_parts(text)
    first = datetime(year, month or 1, date or 1, tzinfo=time_zone)
    if date:
        after = first + timedelta(days=1)
    else:
        after = first.replace(year=year + (month in (0, 12)), month=month % 12 + 1 if month else 1)
    return first.astimezone(UTC), after.astimezone(UTC)


def _day_parts(text: str) -> tuple[int, int, int]:
    found = _DAY.fullmatch(text)
    hint = "write a day as 2026-01-31, a month as 2026-01, a year as 2026, or today, yesterday"
    if not found or not _YEARS[0] <= int(found[1]) <= _YEARS[1]:
        raise ValueError(hint)
    year, month, date = (int(part or 0) for part in found.groups())
    try:
        datetime(year, month if found[2] else 1, date if found[3] else 1, tzinfo=UTC)
    except ValueError as exc:
        raise ValueError("there is no such day") from exc
    return year, month, date


def _period(field: Field, text: str, now: datetime, time_zone: tzinfo) -> tuple[Bound, Bound]:
    if field.type == "date":
        return read_day(text, now=now, time_zone=time_zone)
    if field.type == "size":
        size = read_size(text)
        return size, size + 1
    low, high = field.bounds
    if not (text.isascii() and text.isdigit() and len(text) < 3 and low <= int(text) <= high):
        raise ValueError(f"write a whole number from {low} to {high}")
    return int(text), int(text) + 1


def _number_range(text: str, operator: Operator) -> Range:
    if operator == ":":
        if text not in ("yes", "no"):
            raise ValueError("write spam:yes, spam:no or a comparison such as spam>0.9")
        return Range("spam", SPAM_FROM) if text == "yes" else Range("spam", None, SPAM_FROM)
    if not re.fullmatch(r"[01]|[01]?\.[0-9]{1,9}", text) or float(text) > 1:
        raise ValueError("write a number from 0 to 1, such as 0.9")
    return _RANGES[operator]("spam", float(text), nextafter(float(text), inf))


def _decimal(text: str) -> tuple[Bound, Bound]:
    number = read_number(text)
    if number is None:
        raise ValueError("write a number, such as 5, 0.7 or -1.5")
    return number, nextafter(number, inf)


# A moment that is exactly the age ago is older; the databases count microseconds.
_INSTANT = timedelta(microseconds=1)

# (attribute, first, after): [first, after) are the values equal to the one written, e.g. one day.
_RANGES: dict[Operator, Callable[[Attribute, Bound, Bound], Range]] = {
    ":": lambda attribute, first, after: Range(attribute, first, after),
    "=": lambda attribute, first, after: Range(attribute, first, after),
    "<": lambda attribute, first, _: Range(attribute, None, first),
    "<=": lambda attribute, _, after: Range(attribute, None, after),
    ">": lambda attribute, _, after: Range(attribute, after),
    ">=": lambda attribute, first, _: Range(attribute, first),
}
