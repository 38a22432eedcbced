"""Invitations: the card that a message page shows for a calendar part (RFC 5545); nothing is accepted by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes

from icalendar import Calendar, Component

from mailhelper_core import MessageDetail, OwnerServices

# A card shows one event; a calendar part larger than this is no invitation.
MAX_OCTETS = 200_000
# A mail of which the calendar is no attachment is read once more for it.
MAX_MAIL_OCTETS = 2_000_000
MEDIA_TYPES = ("text/calendar", "application/ics")
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
        if attachment.media_type in MEDIA_TYPES and attachment.size <= MAX_OCTETS:
            return parse_invitation(ada.messages.attachment(detail.id, number).data)
    if detail.facts.calendar_method and detail.parse_status != "headers_only" and detail.size <= MAX_MAIL_OCTETS:
        return parse_invitation(calendar_part(ada.messages.raw(detail.id)))
    return None


def calendar_part(raw: bytes) -> bytes:
    """Answer the calendar that a mail has as another form of its text, which is no attachment; nothing without one."""
    try:
        parts = message_from_bytes(raw).walk()
        found = next((part for part in parts if part.get_content_type() == MEDIA_TYPES[0]), None)
        data = found.get_payload(decode=True) if found else None
    except (ValueError, LookupError, RecursionError):
        return b""  # a stranger wrote it
    return data[:MAX_OCTETS] if isinstance(data, bytes) else b""


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
