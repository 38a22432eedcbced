"""Reading a message once: what its author wrote, split into words, and the cues found in them; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import SENDER_WORDS, words
from mailhelper_core.process.reading.cues import CUES
from mailhelper_core.process.reading.deadline import hours_left
from mailhelper_core.process.reading.index import CueIndex, cues_of

# Characters read: what a mail wants stands at its beginning, and a 30 MB text must cost what a letter costs.
READ_CHARACTERS = 4_000
# A subject is one line; what is longer is an attack.
SUBJECT_CHARACTERS = 500
# The words in which a letter greets, and those in which it closes.
OPENING_WORDS = 12
CLOSING_WORDS = 40

# What an address of a page spells says nothing about the mail.
_URL = re.compile(r"(?:https?://|www\.)\S+")
# A text without any of these has neither quotation nor signature: looking costs a tenth of splitting.
_QUOTE_SIGNS = ("\n>", "--", "__", ":\n", "From:", "Von:", "Sent from", "Gesendet", "Von mein")


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as the judges see it; `zones` holds the cues by where they stand, with their number.

    words: those of subject and text; said: those of subject, text and sender, each apart.
    top_type: the Content-Type of the whole message in lower case.
    hours_left: to the nearest deadline after the message's own date, None without one.
    """

    message: MessageDetail
    subject: str
    text: str
    links: int
    words: Sequence[str]
    said: Mapping[str, Sequence[str]]
    zones: Mapping[str, Mapping[str, int]]
    header_names: frozenset[str]
    top_type: str
    hours_left: float | None


def read(message: MessageDetail) -> Reading:
    """Read one message: the first characters of its own text, without quotations, signature and addresses of pages."""
    text, links = _URL.subn(" ", _own_text(message.text[:READ_CHARACTERS]))
    subject = message.subject[:SUBJECT_CHARACTERS].strip()
    title, body = words(subject), words(text)
    said = {"subject": title, "text": body, "sender": _sender_words(message)}
    headers = {name.lower(): value for name, value in reversed(message.headers)}
    every, is_meeting = title + body, bool(message.facts.calendar_method)
    looked_at = said | {"opening": body[:OPENING_WORDS], "closing": body[-CLOSING_WORDS:]}
    return Reading(
        message=message,
        subject=subject,
        text=text,
        links=links,
        words=every,
        said=said,
        zones={zone: find_cues(found) for zone, found in looked_at.items()},
        header_names=frozenset(headers),
        top_type=headers.get("content-type", "").lower(),
        hours_left=hours_left(f"{subject}\n{text}", message.date, is_meeting=is_meeting, said=every),
    )


def _own_text(text: str) -> str:
    return split_reply(text).own if any(sign in text for sign in _QUOTE_SIGNS) else text


def find_cues(found: Sequence[str]) -> dict[str, int]:
    """Answer the groups whose cues occur in these words, each with how many different ones did."""
    counts: dict[str, int] = {}
    for cue in _index().find(found):  # not `Counter`, whose call costs as much as the finding in a subject
        counts[cue.group] = counts.get(cue.group, 0) + 1
    return counts


def _sender_words(message: MessageDetail) -> list[str]:
    sender = message.from_
    return words(f"{sender.addr_spec.rpartition('@')[0]} | {sender.name}", SENDER_WORDS)


@cache
def _index() -> CueIndex:
    """Answer the index of all cues, made at the first mail: who only imports us has no use for it."""
    return CueIndex(cue for group, listed in CUES.items() for cue in cues_of(listed, group))
