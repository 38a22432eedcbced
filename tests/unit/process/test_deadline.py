"""Deadlines in German and English, relative to the message's own date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.words import words
from mailhelper_core.process.reading.deadline import FARTHEST_DAYS, hours_left

WEDNESDAY = datetime(2025, 11, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Bitte bis Freitag antworten", 57),
        ("please reply by Friday", 57),
        ("no later than Friday, thanks", 57),
        ("by 5 pm", 8),
        ("bis heute 17 Uhr", 8),
        ("by end of day", 9),
        ("before the end of business today", 9),
        ("bis morgen 12:00 Uhr", 27),
        ("until tomorrow", 33),
        ("bis übermorgen", 57),
        ("within 24 hours", 24),
        ("innerhalb von 14 Tagen", 336),
        ("innerhalb der nächsten drei Tage", 72),
        ("expires in 30 minutes", 0.5),
        ("bis Ende der Woche", 57),
        ("by the end of the month", 609),
        ("bis zum 31.12.2025", 1353),
        ("Zahlbar bis 19.11.25", 345),
        ("bis spätestens 10. November", 129),
        ("due on December 1st", 633),
        ("due date: 15 November 2025", 249),
        ("deadline: 2025-11-06", 33),
        ("by 11/07/2025", 57),
        ("until next Monday at 10 am", 121),
        ("Frist endet am 07.11.", 57),
        ("bis zum 3. Januar", 1425),
    ],
)
def test_a_deadline_is_read_as_hours_from_the_messages_date(text, hours):
    assert hours_left(text, WEDNESDAY) == pytest.approx(hours, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "step by step",
        "bis zu 14 Personen",
        "bis 3.5 % Zinsen",
        "bis zum 31.02.",
        "by 13/25/2025",
        "fällig am 01.11.2025",
        "by the year 2031, due on 2031-01-01",
        "We met on Friday at 10 am",
        "Bisamratte, Byte, Fristlos",
    ],
)
def test_what_is_past_impossible_or_no_date_is_no_deadline(text):
    assert hours_left(text, WEDNESDAY) is None


def test_the_nearest_deadline_counts():
    assert hours_left("bis Ende der Woche, spätestens aber bis heute 12 Uhr", WEDNESDAY) == 3


def test_a_plain_date_is_a_deadline_in_a_meeting_request_alone():
    text = "Besprechung am Do. 6. Nov. 2025 10:00 Uhr"

    assert hours_left(text, WEDNESDAY) is None
    assert hours_left(text, WEDNESDAY, is_meeting=True) == 25


def test_a_date_that_two_countries_read_differently_means_the_nearer_one_ahead():
    assert hours_left("by 12/11/2025", WEDNESDAY) == hours_left("by 2025-11-12", WEDNESDAY)


moments = st.integers(-(20 * 365), 65 * 365).map(lambda days: WEDNESDAY + timedelta(days=days, hours=days % 24))


@given(st.text(), moments)
def test_no_text_makes_reading_fail(text, moment):
    hours_left(text, moment, is_meeting=True)


pieces = st.sampled_from(
    [
        "bis",
        "By",
        "no later",
        "later",
        "fällig",
        "due",
        "nearby",
        "_",
        "-",
        "\n",
        " ",
        " ",
        "\x1f",
        "\u0301",
        "Friday",
        "heute",
        "5 pm",
    ]
)


@given(st.lists(pieces, max_size=12).map("".join), st.booleans())
def test_who_has_the_words_of_a_text_gets_the_answer_of_who_has_not(text, is_meeting):
    known = hours_left(text, WEDNESDAY, is_meeting=is_meeting, said=words(text))

    assert known == hours_left(text, WEDNESDAY, is_meeting=is_meeting)


@given(st.integers(0, 31), st.integers(0, 13), st.integers(0, 99), st.sampled_from(["./.", "//", "-"]), moments)
def test_every_date_lies_ahead_or_is_none(day, month, year, style, moment):
    separator = style[0]

    hours = hours_left(f"bis zum {day}{separator}{month}{separator}{year:02}", moment)

    assert hours is None or 0 <= hours <= FARTHEST_DAYS * 24


@given(moments, st.integers(1, 300))
def test_a_written_date_is_found_again(moment, days):
    day = moment + timedelta(days=days)

    german, iso = hours_left(f"bis {day:%d.%m.%Y}", moment), hours_left(f"by {day:%Y-%m-%d}", moment)

    assert german == iso
    assert german is not None
    assert abs(german - days * 24) <= 24
