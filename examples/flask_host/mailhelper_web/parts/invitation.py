"""Invitations: the card that a message page shows for a calendar part (RFC 5545); nothing is accepted by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from icalendar import Calendar, Component

from mailhelper_core import MessageDetail, OwnerServices

# A card shows one event; a calendar part larger than this is no invitation.
MAX_OCTETS = 200_000
MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the first event of a calendar part says; times keep the zone they were written in."""

    method: str
    summary: str
    location: str
    organizer: str
    starts: datetime | date | None
    ends: datetime | date | None


def read_invitation(ada: OwnerServices, detail: MessageDetail) -> Invitation | None:
    """Answer the invitation in a message, None when there is none that can be read."""
    for number, attachment in enumerate(detail.attachments):
        if attachment.media_type == "text/calendar" and attachment.size <= MAX_OCTETS:
            return parse_invitation(ada.messages.attachment(detail.id, number).data)
    return None


def parse_invitation(data: bytes) -> Invitation | None:
    """Read the first event of an iCalendar file; rules of repetition are not expanded."""
    try:
        calendar: Component = Calendar.from_ical(data)
        events = calendar.walk("VEVENT")
        return _card(calendar, events[0]) if events else None
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        return None  # a stranger wrote it; the attachment is there all the same


def _card(calendar: Component, event: Component) -> Invitation:
    return Invitation(
        method=str(calendar.get("METHOD", "PUBLISH")).upper(),
        summary=_text(event, "SUMMARY"),
        location=_text(event, "LOCATION"),
        organizer=_text(event, "ORGANIZER").removeprefix("mailto:").removeprefix("MAILTO:"),
        starts=_moment(event, "DTSTART"),
        ends=_moment(event, "DTEND"),
    )


def _text(event: Component, name: str) -> str:
    return str(event.get(name, ""))[:MAX_CHARACTERS]


def _moment(event: Component, name: str) -> datetime | date | None:
    found = event.get(name)
    return found.dt if found is not None and isinstance(found.dt, date) else None
