"""Parts of a date (RFC 5260 4.2), and the date in a header field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz

_ZONE = re.compile(r"([+-])([0-9]{2})([0-9]{2})")
_COMMENT = re.compile(r"\([^()]*\)")
_BLANKS = re.compile(r"\s{0,20}:\s{0,20}")
# A date with comments; no real one is longer, and comments in comments are as good as unknown.
_MAX_DATE = 300
_MAX_NESTED = 5
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Day 0 of the modified Julian calendar.
_JULIAN = date(1858, 11, 17)


def read_zone(text: str) -> timezone | None:
    """Read `+0130`; None for anything else."""
    found = _ZONE.fullmatch(text)
    if found is None or int(found[3]) > 59 or int(found[2]) > 23:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)


def read_date(value: str) -> datetime | None:
    """Read the date in a field, behind the last semicolon (Received); in its own zone, None where there is none."""
    text = _BLANKS.sub(":", _without_comments(value[-_MAX_DATE:]).rpartition(";")[2]).strip()
    try:
        found = parsedate_tz(text)
        if found is None:
            return None
        zone = timezone(timedelta(seconds=found[9] or 0))
        return datetime(*found[:6], tzinfo=zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _without_comments(text: str) -> str:
    # RFC 5322 4.3: comments and blanks between any two parts of a date were allowed once, and are to be understood.
    for _ in range(_MAX_NESTED):
        found = _COMMENT.sub(" ", text)
        if found == text:
            break
        text = found
    return text


def _zone(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _iso(moment: datetime) -> str:
    zone = _zone(moment)
    ending = "Z" if moment.utcoffset() == UTC.utcoffset(None) else f"{zone[:3]}:{zone[3:]}"
    return f"{_day(moment)}T{_time(moment)}{ending}"


def _day(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def _time(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"


def _std11(moment: datetime) -> str:
    head = f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
    return f"{head} {_time(moment)} {_zone(moment)}"


PARTS: dict[str, Callable[[datetime], str]] = {
    "year": lambda moment: f"{moment.year:04}",
    "month": lambda moment: f"{moment.month:02}",
    "day": lambda moment: f"{moment.day:02}",
    "date": _day,
    "julian": lambda moment: str((moment.date() - _JULIAN).days),
    "hour": lambda moment: f"{moment.hour:02}",
    "minute": lambda moment: f"{moment.minute:02}",
    "second": lambda moment: f"{moment.second:02}",
    "time": _time,
    "iso8601": _iso,
    "std11": _std11,
    "zone": _zone,
    "weekday": lambda moment: str((moment.weekday() + 1) % 7),
}
