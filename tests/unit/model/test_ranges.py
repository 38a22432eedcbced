"""Ranges: what a size, day, age or level test covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.rules.ranges import Range, read_day, read_range

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (Is("size", ":", "2k"), Range("size", 2048, 2049)),
        (Is("size", ">", "1.5k"), Range("size", 1537)),
        (Is("size", "<=", "0"), Range("size", None, 1)),
        (Is("larger", ":", "2M"), Range("size", 2**21 + 1)),
        (Is("smaller", ":", "2MB"), Range("size", None, 2**21)),
        (Is("urgency", ">=", "2"), Range("urgency", 2)),
        (Is("score", "=", "9"), Range("score", 9, 10)),
        (Is("priority", ":", "yellow"), Range("score", 5, 8)),
        (Is("spam", ":", "yes"), Range("spam", 0.5)),
        (Is("spam", ":", "no"), Range("spam", None, 0.5)),
        (Is("spam", ":", "", prefix=True), Range("spam")),
        (Is("date", ":", "2026-05-19"), Range("date", _day(2026, 5, 19), _day(2026, 5, 20))),
        (Is("date", "=", "2026-12"), Range("date", _day(2026, 12, 1), _day(2027, 1, 1))),
        (Is("sent", "<", "2026"), Range("sent", None, _day(2026, 1, 1))),
        (Is("received", ">", "2026"), Range("received", _day(2027, 1, 1))),
        (Is("after", ":", "yesterday"), Range("date", _day(2026, 5, 19))),
        (Is("before", ":", "today"), Range("date", None, _day(2026, 5, 20))),
    ],
)
def test_a_test_covers_a_half_open_range(leaf: Is, expected: Range) -> None:
    assert read_range(leaf, now=NOW) == expected


def test_older_and_newer_than_are_opposites_that_meet_at_the_age() -> None:
    older = read_range(Is("older_than", ":", "30d"), now=NOW)
    newer = read_range(Is("newer_than", ":", "30d"), now=NOW)

    assert older.high == newer.low == NOW - timedelta(days=30) + timedelta(microseconds=1)
    assert older.low is newer.high is None


def test_a_strict_comparison_of_a_probability_leaves_its_bound_out() -> None:
    above = read_range(Is("spam", ">", "0.9"), now=NOW)
    up_to = read_range(Is("spam", "<=", "0.9"), now=NOW)

    assert isinstance(above.low, float)
    assert above.low > 0.9
    assert up_to.high == above.low


def test_a_day_begins_and_ends_in_the_time_zone_of_the_owner() -> None:
    spring = read_day("2026-03-29", now=NOW, time_zone=BERLIN)
    today = read_day("today", now=datetime(2026, 5, 20, 23, tzinfo=UTC), time_zone=BERLIN)

    assert spring == (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert today == (datetime(2026, 5, 20, 22, tzinfo=UTC), datetime(2026, 5, 21, 22, tzinfo=UTC))


@given(st.text(st.sampled_from("0123456789-.dwmyhkMGB today"), max_size=12))
def test_any_value_is_read_or_refused_with_a_hint(text: str) -> None:
    for field in ("size", "date", "older_than", "urgency", "score"):
        found = _range_or_error(field, text)

        assert str(found) if isinstance(found, ValueError) else (found.low, found.high) != (None, None)


def _range_or_error(field: str, text: str) -> Range | ValueError:
    try:
        return read_range(Is(field, ":", text), now=NOW)
    except ValueError as error:
        return error
