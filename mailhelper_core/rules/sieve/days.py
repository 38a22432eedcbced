"""Tests of days as Sieve's tests of a date (RFC 5260); pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.rules.ranges import read_day
from mailhelper_core.rules.sieve.criteria import Unsaid
from mailhelper_core.sieve.language.script import Strings, Tag, Test

_OPERATORS = {"after": ">=", "before": "<"}
_FIELD = _PART = Strings(("date",))


def days(leaf: Is) -> Test:
    """Answer the test of the field Date for a day, a month or a year. Raises Unsaid for one that is told from now."""
    if not leaf.value[:1].isdigit():
        raise Unsaid(f"Sieve has no {leaf.value!r}")
    moments = read_day(leaf.value, now=datetime(1970, 1, 1, tzinfo=UTC))
    first, after = (moment.date() for moment in moments)
    match _OPERATORS.get(leaf.field, leaf.operator):
        case "<":
            return _compared("lt", first)
        case "<=":
            return _compared("lt", after)
        case ">":
            return _compared("ge", after)
        case ">=":
            return _compared("ge", first)
    if after - first == timedelta(days=1):
        return Test("date", (_FIELD, _PART, _shown(first)))
    return Test("allof", (), (_compared("ge", first), _compared("lt", after)), True)


def _compared(relation: str, day: date) -> Test:
    return Test("date", (Tag("value"), Strings((relation,)), _FIELD, _PART, _shown(day)))


def _shown(day: date) -> Strings:
    return Strings((day.isoformat(),))
