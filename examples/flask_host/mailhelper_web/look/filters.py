"""How values look in a page: dates as people say them, sizes, lights, percentages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import format_date, format_datetime, format_time, get_locale, get_timezone, gettext, ngettext
from markupsafe import Markup, escape

from mailhelper_core import Address, Message, Snippet, priority_score, traffic_light
from mailhelper_web.parts.invitation import Invitation
from mailhelper_web.words.changes import can_undo, change_kind, change_note, done, said
from mailhelper_web.words.deeds import deed, deed_reasons, doer
from mailhelper_web.words.findings import finding_words, ready_help, ready_title, suggestion_words
from mailhelper_web.words.health import health_advice, health_found, health_name, purpose_name
from mailhelper_web.words.hindrances import problem_words
from mailhelper_web.words.losses import loss_kind, loss_part, loss_words
from mailhelper_web.words.mistakes import hint_words, mistake_words
from mailhelper_web.words.names import category_name, kind_name, percent, sayer, tone_name, value_words
from mailhelper_web.words.operation import adds, lasted, metric_labels, metric_words
from mailhelper_web.words.reasons import reason_words, saw_words
from mailhelper_web.words.refusals import refusal_advice, refusal_headline
from mailhelper_web.words.trouble import call_outcome, draft_note
from mailhelper_web.words.wording import (
    account_state,
    action_words,
    advice,
    in_words,
    job_kind,
    job_state,
    place_name,
    redaction_name,
    results,
    role_name,
    stage_name,
)

# Both languages read a clock of 24 hours, and a page shows one kind alone.
CLOCK = "HH:mm"
_STEP = 1024
_MINUTE = 60


def add_filters(app: Flask) -> None:
    """Give the templates these filters."""
    for one in FILTERS:
        app.add_template_filter(one)


def short_date(moment: datetime | None) -> str:
    """Answer the time today, else the day, with its year where that is another one."""
    return short_dates()(moment) if moment else ""


def short_dates() -> Callable[[datetime], str]:
    """Answer `short_date` for a whole page: who reads it, and what day it is, is looked up once."""
    locale, zone = str(get_locale()), ZoneInfo(str(get_timezone()))
    today = datetime.now(zone).date()

    def words(moment: datetime) -> str:
        local = moment.astimezone(zone)
        if local.date() == today:
            return _clock_words(local.hour, local.minute, locale)
        return _day_words(local.date(), "d MMM" if local.year == today.year else "d MMM yyyy", locale)

    return words


@lru_cache(maxsize=4_096)
def _clock_words(hour: int, minute: int, _locale: str) -> str:
    """Answer a time of the day; there are 1,440 of them in a language, and today's list asks for fifty."""
    return str(format_time(time(hour, minute), CLOCK, rebase=False))


@lru_cache(maxsize=2_048)
def _day_words(day: date, form: str, _locale: str) -> str:
    """Answer a day in words; a page of fifty messages has few days, and many pages have the same."""
    return str(format_date(day, gettext("d MMM") if form == "d MMM" else gettext("d MMM yyyy")))


def long_date(moment: datetime | None) -> str:
    """Answer day and time, for one message."""
    return format_datetime(moment, gettext("EEEE, d MMMM yyyy, HH:mm")) if moment else ""


def day_name(day: date) -> str:
    """Answer a day for a chart."""
    return str(format_date(day, gettext("EEE d MMM")))


def duration(seconds: int | None) -> str:
    """Answer how long something still takes, in the unit that people think in."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return str(gettext("less than a minute left"))
    minutes = -(-seconds // _MINUTE)
    return str(ngettext("about %(num)s minute left", "about %(num)s minutes left", minutes))


def octets(size: int) -> str:
    """Answer a size in the largest unit that keeps a digit before the point."""
    value = float(size)
    for unit in ("B", "KB", "MB"):
        if value < _STEP:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 10 else f"{value:.1f} {unit}"
        value /= _STEP
    return f"{value:.1f} GB"


def who(address: Address | None) -> str:
    """Answer the name of an address, else the address."""
    if address is None:
        return ""
    return address.name or address.addr_spec or gettext("(nobody)")


def light(message: Message) -> str:
    """Answer the traffic light of a message, empty while nobody has an opinion."""
    if message.urgency is None or message.importance is None:
        return ""
    return traffic_light(priority_score(message.urgency, message.importance))


def maker_name(name: str) -> str:
    """Answer who makes vectors: this server, an embedder of a plugin, or a model provider."""
    return gettext("this server") if name == "words" else name.removeprefix("provider:")


def marked(snippet: Snippet) -> Markup:
    """Answer a snippet with its hits marked; the text is a stranger's and stays text."""
    pieces, at = [], 0
    for start, end in snippet.marks:
        pieces += [escape(snippet.text[at:start]), Markup("<mark>{}</mark>").format(snippet.text[start:end])]
        at = end
    return Markup("").join([*pieces, escape(snippet.text[at:])])


def event_time(invitation: Invitation) -> str:
    """Answer when an event is, in the zone it was written in; what was written in UTC, in the reader's."""
    starts, ends = invitation.starts, invitation.ends
    if starts is None:
        return ""
    if not isinstance(starts, datetime):
        return str(format_date(starts, gettext("EEEE, d MMMM yyyy")))
    starts = _at_home(starts)
    ends = _at_home(ends) if isinstance(ends, datetime) else None
    last = f" – {format_time(ends, CLOCK, rebase=False)}" if ends and ends.date() == starts.date() else ""
    first = format_datetime(starts, gettext("EEEE, d MMMM yyyy, HH:mm"), rebase=False)
    return f"{first}{last} {starts.tzname() or ''}".strip()


def _at_home(moment: datetime) -> datetime:
    """Answer a time in the reader's zone where it was written in none of its own: programs write UTC."""
    return moment.astimezone(ZoneInfo(str(get_timezone()))) if moment.tzname() == "UTC" else moment


FILTERS: tuple[Callable[..., object], ...] = (
    short_date,
    long_date,
    day_name,
    duration,
    octets,
    who,
    light,
    percent,
    category_name,
    kind_name,
    value_words,
    sayer,
    reason_words,
    saw_words,
    finding_words,
    suggestion_words,
    ready_title,
    ready_help,
    problem_words,
    mistake_words,
    hint_words,
    loss_words,
    loss_part,
    loss_kind,
    deed,
    deed_reasons,
    doer,
    marked,
    event_time,
    account_state,
    action_words,
    change_kind,
    change_note,
    done,
    said,
    can_undo,
    refusal_headline,
    refusal_advice,
    in_words,
    job_kind,
    job_state,
    results,
    stage_name,
    advice,
    maker_name,
    redaction_name,
    role_name,
    place_name,
    call_outcome,
    draft_note,
    health_name,
    health_found,
    health_advice,
    purpose_name,
    tone_name,
    metric_words,
    metric_labels,
    adds,
    lasted,
)
