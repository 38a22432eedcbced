"""When a rule with a schedule acts: each hour, or at a time of day by the owner's clock; pure.

A time of day comes once a day whatever the clocks do. One that is skipped when they go forward comes an hour later by
the clock; of one that comes twice when they go back the first counts. Hours are those of UTC, so none is skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mailhelper_core.errors import InvalidError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = "|".join(DAYS)
_TEXT = re.compile(
    rf"hourly|(?:daily|weekly +(?P<days>(?:{_DAY})(?: *, *(?:{_DAY}))*)) +(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)",
    re.ASCII,
)
_HOUR = timedelta(hours=1)
# Time zones are at most a day from UTC, and a week from today there is every day of the week.
_LOOK = range(-1, 9)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days of the week (0 is Monday) and a time of day; without a time every full hour."""

    days: frozenset[int] = frozenset(range(7))
    at: time | None = None

    def following(self, after: datetime, zone: tzinfo) -> datetime:
        """Answer the first moment behind another one, in UTC."""
        if self.at is None:
            return after.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _HOUR
        today = after.astimezone(zone).date()
        days = (today + timedelta(days=number) for number in _LOOK)
        moments = (_moment(day, self.at, zone) for day in days if day.weekday() in self.days)
        return min(moment for moment in moments if moment > after)


def read_schedule(text: str) -> Schedule | None:
    """Answer the schedule that a text says, None for the empty one. Raises InvalidError."""
    said = text.strip().lower()
    if not said:
        return None
    found = _TEXT.fullmatch(said)
    if not found:
        hint = 'A schedule is "hourly", "daily 02:00" or "weekly mon,thu 07:30".'
        raise InvalidError(hint, code="schedule")
    if said == "hourly":
        return Schedule()
    days = frozenset(DAYS.index(day.strip()) for day in (found["days"] or ",".join(DAYS)).split(","))
    return Schedule(days, time(int(found["hour"]), int(found["minute"])))


def write_schedule(schedule: Schedule | None) -> str:
    """Answer the text that reads as this schedule, the same for all ways to write it."""
    if schedule is None or schedule.at is None:
        return "" if schedule is None else "hourly"
    at = schedule.at.strftime("%H:%M")
    days = ",".join(DAYS[day] for day in sorted(schedule.days))
    return f"daily {at}" if len(schedule.days) == len(DAYS) else f"weekly {days} {at}"


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    # A time that does not exist takes the offset before the change (PEP 495), which is after it by the clock.
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
