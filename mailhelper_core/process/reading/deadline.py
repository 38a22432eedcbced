"""Deadlines in German and English text: the hours from a message's own date to the nearest one; pure, no clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from re import Match

# A day without a time ends with the working day.
END_OF_DAY_HOUR = 18
# What lies farther ahead is a plan, and a date without a year this long ago means next year.
FARTHEST_DAYS = 365
LONG_AGO_DAYS = 60
# Places looked at, so that a list of a thousand dates costs no more than a letter.
MAX_TRIGGERS = 20
# Characters behind a trigger in which its date must begin and end.
REACH = 70

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan jän jänner", "february februar feb", "march märz mar mrz", "april apr", "may mai",
            "june juni jun", "july juli jul", "august aug", "september sep sept", "october oktober oct okt",
            "november nov", "december dezember dec dez",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday montag", "tuesday dienstag", "wednesday mittwoch", "thursday donnerstag", "friday freitag",
            "saturday samstag sonnabend", "sunday sonntag",
        )
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    name: number
    for number, names in enumerate(
        (
            "one ein einer einem eines", "two zwei", "three drei", "four vier", "five fünf", "six sechs",
            "seven sieben", "eight acht", "nine neun", "ten zehn",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_UNIT_HOURS = {"minute": 1 / 60, "hour": 1, "stunde": 1, "day": 24, "tag": 24, "werktag": 24, "week": 168, "woche": 168}

# Words after which a date is a deadline, and those after which it is the time of a meeting. Found one by one with
# str.find: an alternation of regular expressions costs six times as much.
_TRIGGERS = (
    "bis", "by", "before", "binnen", "until", "due", "deadline", "frist", "fällig", "innerhalb", "within",
    "spätestens", "zahlbar", "expires", "expire", "no later",
)  # fmt: skip
_LAST_WORDS = frozenset(trigger.rpartition(" ")[2] for trigger in _TRIGGERS)
_MEETING_TRIGGERS = (
    "am", "on", "when", "wann", "date", "datum", "beginn", "beginnt", "begins", "start", "starts", "zeit", "time", "@",
)  # fmt: skip
_FILLER = (
    r"(?:(?:in|zum|zu|am|den|dem|der|des|the|on|at|by|bis|is|ist|ends?|endet|date|latest|spätestens|later|than|close|of|end|"
    r"ende|um|von|kommende[nmr]?|nächste[nmr]?|next|this|diese[nmrs]?|coming|mon|tue|wed|thu|fri|sat|sun|"
    r"m[io]|d[io]|fr|s[ao])[\s,.:]+)*"
)
_AT = (
    r"(?:[\s,.]*(?:um|at|by|@|bis)?\s*(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*"
    r"(?P<half>uhr|am\b|pm\b|h\b|o'clock))?"
)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WHEN = re.compile(
    rf"[\s,:\-(*]*{_FILLER}(?:(?:{'|'.join(_WEEKDAYS)}),?\s+(?:the\s+|den\s+)?(?=\d|{_MONTH}))?(?:"
    r"(?P<year>(?:19|20)\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<day_de>\d{1,2})\.\s?(?P<month_de>\d{1,2})\.(?:\s?(?P<year_de>(?:19|20)\d\d|\d\d(?!\d)))?"
    r"|(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year_us>(?:19|20)\d\d|\d\d(?!\d))"
    rf"|(?P<day_name>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month_name>{_MONTH})\b\.?,?(?:\s+(?P<year_name>(?:19|20)\d\d))?"
    rf"|(?P<month_name2>{_MONTH})\b\.?\s+(?P<day_name2>\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s+(?P<year_name2>(?:19|20)\d\d))?"
    rf"|(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
    r"|(?P<today>today|tonight|heute|eod|cob|(?:end\s+of\s+)?(?:business|day)|feierabend|tagesende|tages|midnight|mitternacht)\b"
    r"|(?P<tomorrow>tomorrow|morgen)\b"
    r"|(?P<after>übermorgen|day\s+after\s+tomorrow)\b"
    r"|(?P<week>week|woche|wochenende|weekend|eow)\b"
    r"|(?P<monthly>month|monats?|monatsende)\b"
    rf"|(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})\s+(?:business\s+|working\s+)?(?P<unit>minute|hour|day|week|stunde|tag|werktag|woche)(?:en|[esn])?\b"
    r"|(?=\d{1,2}(?::\d\d)?\s*(?:uhr|am\b|pm\b|o'clock))(?P<clock>)"
    rf"){_AT}"
)

Found = Match[str]


def hours_left(
    text: str, moment: datetime, *, is_meeting: bool = False, said: Iterable[str] | None = None
) -> float | None:
    """Answer the hours from `moment` to the nearest deadline that lies ahead, None when there is none.

    Local times are read as if written in the moment's time zone. In a meeting request plain dates count too.
    said: the words of the text, by whoever has them; the answer is the same without.
    """
    triggers = _TRIGGERS if said is None else _standing(text, said)
    found = [
        hours
        for match in _dates(text.lower(), (*triggers, *(_MEETING_TRIGGERS if is_meeting else ())))
        if (hours := _hours(match, moment)) is not None
    ]
    return min(found, default=None)


def _standing(text: str, said: Iterable[str]) -> Sequence[str]:
    """Answer the triggers that may stand in a text of these words; seeking all of them takes three times as long.

    In ASCII a word begins and ends where a trigger does; elsewhere words are folded, and triggers are not.
    """
    if not text.isascii():
        return _TRIGGERS
    there = _LAST_WORDS.intersection(said)
    return [trigger for trigger in _TRIGGERS if trigger.rpartition(" ")[2] in there] if there else ()


def _dates(text: str, triggers: Iterable[str]) -> Iterator[Found]:
    for trigger in triggers:
        for end in islice(_ends(text, trigger), MAX_TRIGGERS):
            when = _WHEN.match(text, end, end + REACH)
            if when:
                yield when


def _ends(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
            yield end
        start = text.find(word, end)


def _hours(match: Found, moment: datetime) -> float | None:
    try:
        due = _due(match, moment)
    except (ValueError, OverflowError):  # 31.02., 45.13.
        return None
    hours = (due - moment).total_seconds() / 3600
    return hours if 0 <= hours <= FARTHEST_DAYS * 24 else None


def _due(match: Found, moment: datetime) -> datetime:
    if match["count"]:
        return moment + _span(match["count"], match["unit"])
    day = next(read(match, moment) for group, read in _DAYS if match[group] is not None)
    return _at_time(match, day)


def _span(count: str, unit: str) -> timedelta:
    return timedelta(hours=(_NUMBERS.get(count) or int(count)) * _UNIT_HOURS[unit])


def _at_time(match: Found, day: datetime) -> datetime:
    if match["hour"] is None:
        return day.replace(hour=END_OF_DAY_HOUR, minute=0, second=0, microsecond=0)
    afternoon = 12 if match["half"] == "pm" and int(match["hour"]) < 12 else 0
    return day.replace(hour=int(match["hour"]) + afternoon, minute=int(match["minute"] or 0), second=0, microsecond=0)


def _iso(match: Found, moment: datetime) -> datetime:
    return moment.replace(year=int(match["year"]), month=int(match["month"]), day=int(match["day"]))


def _german(match: Found, moment: datetime) -> datetime:
    return _calendar_day(moment, match["day_de"], int(match["month_de"]), match["year_de"])


def _slashes(match: Found, moment: datetime) -> datetime:
    # 04/05 is April 5th in America and May 4th elsewhere; the reading that lies ahead and nearer is the safe one.
    first, second, year = match["first"], match["second"], match["year_us"]
    orders = [(second, int(first)), (first, int(second))]
    days = [_calendar_day(moment, day, month, year) for day, month in orders if month <= 12]
    return min(days, key=lambda day: (day.date() < moment.date(), day))


def _named(match: Found, moment: datetime) -> datetime:
    return _calendar_day(moment, match["day_name"], _MONTHS[match["month_name"]], match["year_name"])


def _named_first(match: Found, moment: datetime) -> datetime:
    return _calendar_day(moment, match["day_name2"], _MONTHS[match["month_name2"]], match["year_name2"])


def _calendar_day(moment: datetime, day: str, month: int, year: str | None) -> datetime:
    if year:
        return moment.replace(year=int(year) + (2000 if len(year) == 2 else 0), month=month, day=int(day))
    this_year = moment.replace(month=month, day=int(day))
    is_long_ago = moment - this_year > timedelta(days=LONG_AGO_DAYS)
    return this_year.replace(year=moment.year + 1) if is_long_ago else this_year


def _weekday(match: Found, moment: datetime) -> datetime:
    return _next_weekday(moment, _WEEKDAYS[match["weekday"]])


def _next_weekday(moment: datetime, weekday: int) -> datetime:
    return moment + timedelta(days=(weekday - moment.weekday()) % 7)


def _end_of_month(_: Found, moment: datetime) -> datetime:
    next_month = moment.replace(day=28) + timedelta(days=4)
    return next_month - timedelta(days=next_month.day)


_DAYS: tuple[tuple[str, Callable[[Found, datetime], datetime]], ...] = (
    ("year", _iso),
    ("day_de", _german),
    ("first", _slashes),
    ("month_name", _named),
    ("month_name2", _named_first),
    ("weekday", _weekday),
    ("today", lambda _, moment: moment),
    ("tomorrow", lambda _, moment: moment + timedelta(days=1)),
    ("after", lambda _, moment: moment + timedelta(days=2)),
    ("week", lambda _, moment: _next_weekday(moment, 4)),
    ("monthly", _end_of_month),
    ("clock", lambda _, moment: moment),
)
