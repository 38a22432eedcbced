"""Reading a message once: what its author wrote, split into words, and the cues found in them; pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import SENDER_WORDS, words
from mailhelper_core.process.reading.cues import CUES
from mailhelper_core.process.reading.deadline import hours_left
from mailhelper_core.process.reading.language import COMMON

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

_STEM_KEY = 4
# As many words as a person knows: the frequent ones, which make up most of any text, stay in.
KNOWN_WORDS = 20_000
_SILENT: set[str] = set()


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as the judges see it; `zones` holds the cues by where they stand, with their number.

    hours_left: to the nearest deadline after the message's own date, None without one.
    """

    message: MessageDetail
    subject: str
    text: str
    links: int
    words: Sequence[str]
    zones: Mapping[str, Mapping[str, int]]
    header_names: frozenset[str]
    hours_left: float | None


def read(message: MessageDetail) -> Reading:
    """Read one message: the first characters of its own text, without quotations, signature and addresses of pages."""
    text, links = _URL.subn(" ", _own_text(message.text[:READ_CHARACTERS]))
    subject = message.subject[:SUBJECT_CHARACTERS].strip()
    title, body, sender = words(subject), words(text), _sender_words(message)
    zones = {
        "subject": find_cues(title),
        "text": find_cues(body),
        "sender": find_cues(sender),
        "opening": find_cues(body[:OPENING_WORDS]),
        "closing": find_cues(body[-CLOSING_WORDS:]),
    }
    return Reading(
        message=message,
        subject=subject,
        text=text,
        links=links,
        words=title + body,
        zones=zones,
        header_names=frozenset(name.lower() for name, _ in message.headers),
        hours_left=hours_left(f"{subject}\n{text}", message.date, is_meeting=bool(message.facts.calendar_method)),
    )


def _own_text(text: str) -> str:
    return split_reply(text).own if any(sign in text for sign in _QUOTE_SIGNS) else text


def find_cues(found: Sequence[str]) -> dict[str, int]:
    """Answer the groups whose cues occur in these words, each with how many different ones did."""
    groups: list[str] = []
    possible: list[_Phrase] = []
    unique = set(found)
    for word in unique - _SILENT:
        mine, phrases = _groups(word), _INDEX.phrases.get(word)
        groups += mine
        if phrases:
            possible += phrases
        elif not mine:
            _keep_silent(word)
    # Most phrases lack a word: looking for them in the text would cost ten times as much.
    groups += _said([one for one in possible if one.words <= unique], found)
    return dict(Counter(groups))


def _said(phrases: Sequence[_Phrase], found: Sequence[str]) -> list[str]:
    """Answer the groups of the phrases that stand in these words one after the other."""
    line = f" {' '.join(found)} " if phrases else ""
    return [one.group for one in phrases if one.text in line]


def _keep_silent(word: str) -> None:
    """Remember a word that is no cue: most of any text are words seen before that say nothing here."""
    if len(_SILENT) >= KNOWN_WORDS:
        _SILENT.clear()
    _SILENT.add(word)


@lru_cache(maxsize=KNOWN_WORDS)
def _groups(word: str) -> Sequence[str]:
    beginnings, endings = _INDEX.beginnings.get(word[:_STEM_KEY], ()), _INDEX.endings.get(word[-_STEM_KEY:], ())
    if not beginnings and not endings:
        return _INDEX.words.get(word, ())
    groups = [
        *_INDEX.words.get(word, ()),
        *[group for stem, group in beginnings if word.startswith(stem)],
        *[group for stem, group in endings if word.endswith(stem)],
    ]
    return tuple(dict.fromkeys(groups))


def _sender_words(message: MessageDetail) -> list[str]:
    sender = message.from_
    return words(f"{sender.addr_spec.rpartition('@')[0]} | {sender.name}", SENDER_WORDS)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that speak for a group when they stand together; their text has blanks around."""

    words: frozenset[str]
    text: str
    group: str


@dataclass(frozen=True, slots=True)
class _CueIndex:
    """Words and stems with their groups; phrases by their rarest word."""

    words: defaultdict[str, list[str]]
    phrases: defaultdict[str, list[_Phrase]]
    beginnings: defaultdict[str, list[tuple[str, str]]]
    endings: defaultdict[str, list[tuple[str, str]]]


def _index(cues: Mapping[str, str]) -> _CueIndex:
    index = _CueIndex(defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list))
    for group, listed in cues.items():
        for cue in map(str.strip, listed.split(",")):
            parts = words(cue)
            if len(parts) > 1:
                phrase = _Phrase(frozenset(parts), f" {' '.join(parts)} ", group)
                index.phrases[max(parts, key=_rareness)].append(phrase)
            elif cue.startswith("*"):
                index.endings[parts[0][-_STEM_KEY:]].append((parts[0], group))
            elif cue.endswith("*"):
                index.beginnings[parts[0][:_STEM_KEY]].append((parts[0], group))
            else:
                index.words[parts[0]].append(group)
    return index


def _rareness(word: str) -> tuple[bool, int]:
    return all(word not in common for common in COMMON.values()), len(word)


_INDEX = _index(CUES)
