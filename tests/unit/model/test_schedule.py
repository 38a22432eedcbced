"""Schedules: properties of the moments that they name, across changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.rules.schedule import DAYS, Schedule, read_schedule, write_schedule

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Clocks that change at night, at midnight, by half an hour, never, or by a day.
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata")
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(2008, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
# Around the hours in which clocks change.
times = st.one_of(st.times(), st.builds(time, st.integers(0, 3), st.sampled_from((0, 29, 30, 59))))
times = times.map(lambda at: time(at.hour, at.minute))
days = st.frozensets(st.integers(0, 6), min_size=1)
schedules = st.one_of(st.just(Schedule()), st.builds(Schedule, days, times))


def moments_of(schedule: Schedule, after: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
    found = [after]
    for _ in range(count):
        found.append(schedule.following(found[-1], zone))
    return found[1:]


@given(schedules, moments, zones)
def test_the_next_moment_is_the_first_one(schedule: Schedule, after: datetime, zone: ZoneInfo) -> None:
    following = schedule.following(after, zone)

    assert after < following <= after + 9 * DAY
    for part in (10, 2, 1):
        between = min(after + (following - after) // part, following - timedelta(microseconds=1))
        assert schedule.following(between, zone) == following


@given(times, moments, zones)
def test_a_time_of_day_comes_once_a_day(at: time, after: datetime, zone: ZoneInfo) -> None:
    found = moments_of(Schedule(at=at), after, zone, 400)

    for one, other in pairwise(found):
        assert abs(other - one - DAY) <= HOUR
    assert len({moment.astimezone(zone).date() for moment in found}) == len(found)
    shifted = [moment for moment in found if moment.astimezone(zone).time() != at]
    assert len(shifted) <= 2  # once a year at most, in 400 days
    assert all(timedelta() < _late(moment.astimezone(zone), at) <= HOUR for moment in shifted)


def _late(moment: datetime, at: time) -> timedelta:
    return moment.replace(tzinfo=None) - datetime.combine(moment.date(), at)


@given(days, times, moments, zones)
def test_days_of_the_week_are_those_of_the_owner(
    wanted: frozenset[int], at: time, after: datetime, zone: ZoneInfo
) -> None:
    found = moments_of(Schedule(wanted, at), after, zone, 2 * len(wanted))

    assert [moment.astimezone(zone).weekday() for moment in found[: len(wanted)]] == [
        moment.astimezone(zone).weekday() for moment in found[len(wanted) :]
    ]
    assert {moment.astimezone(zone).weekday() for moment in found} == wanted


@given(moments, zones)
def test_every_hour_comes_whatever_the_clocks_do(after: datetime, zone: ZoneInfo) -> None:
    found = moments_of(Schedule(), after, zone, 50)

    assert {other - one for one, other in pairwise(found)} == {HOUR}
    assert all(moment.minute == moment.second == moment.microsecond == 0 for moment in found)


@pytest.mark.parametrize(
    ("at", "day", "expected"),
    [
        ("02:30", datetime(2026, 3, 29, tzinfo=UTC), "2026-03-29 03:30+02:00"),  # the clocks leave 02:30 out
        ("02:30", datetime(2026, 10, 24, 22, tzinfo=UTC), "2026-10-25 02:30+02:00"),  # it comes twice: the first
        ("02:30", datetime(2026, 10, 25, 0, 45, tzinfo=UTC), "2026-10-26 02:30+01:00"),  # and not the second
        ("00:00", datetime(2026, 7, 1, 21, 59, tzinfo=UTC), "2026-07-02 00:00+02:00"),
    ],
)
def test_changes_of_the_clocks(at: str, day: datetime, expected: str) -> None:
    schedule, berlin = read_schedule(f"daily {at}"), ZoneInfo("Europe/Berlin")

    assert schedule is not None
    assert schedule.following(day, berlin).astimezone(berlin).isoformat(" ", "minutes") == expected


def test_a_day_that_a_zone_leaves_out_costs_one_moment() -> None:
    apia = ZoneInfo("Pacific/Apia")  # 2011-12-30 did not happen there

    found = moments_of(Schedule(at=time(12)), datetime(2011, 12, 29, tzinfo=UTC), apia, 3)

    assert [moment.astimezone(apia).day for moment in found] == [29, 31, 1]


@given(schedules)
def test_what_is_written_reads_the_same(schedule: Schedule) -> None:
    text = write_schedule(schedule)

    assert read_schedule(text) == schedule
    assert read_schedule(f" {text.upper()} ") == schedule
    assert write_schedule(read_schedule(text)) == text


@given(st.text() | st.text(st.sampled_from("dailyweekhour montue,:0123456789 "), max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        schedule = read_schedule(text)
    except InvalidError:
        return
    assert read_schedule(write_schedule(schedule)) == schedule


@pytest.mark.parametrize(
    "text",
    ["daily", "daily 25:00", "daily 2:7", "weekly 02:00", "weekly fry 02:00", "monthly 1 02:00", "hourly 5",
     "0 2 * * *", "daily 02:00 x", "weekly mon,, 02:00"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="daily 02:00") as caught:
        read_schedule(text)

    assert caught.value.code == "schedule"


def test_ways_to_write_it() -> None:
    assert write_schedule(read_schedule("Weekly Thu, mon 7:30")) == "weekly mon,thu 07:30"
    assert write_schedule(read_schedule(f"weekly {','.join(DAYS)} 2:00")) == "daily 02:00"
    assert read_schedule("  ") is None
