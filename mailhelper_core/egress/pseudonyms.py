"""Pseudonyms: a value becomes a mark such as [NAME_1], the same one in the whole thread, and comes back; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from mailhelper_core.egress.names import edges
from mailhelper_core.model.ai.recognizer import PersonalData
from mailhelper_core.model.mail.words import fold

# What looks like one of our marks in the mail itself is replaced too, or it would come back as somebody's name.
MARK = re.compile(r"\[[A-Z][A-Z_]{0,30}_\d{1,6}\]")
# A model may drop the brackets or change the case; the underscore and the number stay.
_ANSWERED = re.compile(r"\[\s?([A-Za-z][A-Za-z_]{0,30})[_ ](\d{1,6})\s?\]|\b([A-Z][A-Z_]{0,30})_(\d{1,6})\b")
_NOT_DIGITS = re.compile(r"\D+")
_NOT_WORD = re.compile(r"[\W_]+")
# Shorter values are found in other words by chance.
_MIN_CHECKED = 3


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """One value and the number that its kind gave it."""

    kind: str
    number: int
    value: str = field(repr=False)

    @property
    def mark(self) -> str:
        """What stands for the value."""
        return f"[{self.kind.upper()}_{self.number}]"


@dataclass(slots=True)
class Book:
    """The pseudonyms of one thread; `new` holds what this text added."""

    known: dict[tuple[str, str], Pseudonym] = field(default_factory=dict)
    new: list[Pseudonym] = field(default_factory=list)

    @classmethod
    def of(cls, pseudonyms: Sequence[Pseudonym]) -> Book:
        """Open the book at what the thread has already."""
        return cls({(one.kind, folded(one.kind, one.value)): one for one in pseudonyms})

    def values(self) -> set[tuple[str, str]]:
        """Answer kind and value of every pseudonym."""
        return {(one.kind, one.value) for one in self.known.values()}

    def within(self, text: str) -> Book:
        """Answer the part of the book whose marks stand in a text that was replaced: no others can come back."""
        return Book({key: one for key, one in self.known.items() if one.mark in text})

    def mark(self, kind: str, value: str) -> str:
        """Answer the mark of a value; a new value gets the next number of its kind."""
        key = (kind, folded(kind, value))
        if key not in self.known:
            number = 1 + max((one.number for one in self.known.values() if one.kind == kind), default=0)
            self.known[key] = Pseudonym(kind, number, value)
            self.new.append(self.known[key])
        return self.known[key].mark


def folded(kind: str, value: str) -> str:
    """Answer a value as it is compared: two spellings of one number or name are one."""
    if kind in ("phone", "card", "number"):
        return _NOT_DIGITS.sub("", value) or value
    if kind in ("iban", "tax_id", "order"):
        return _NOT_WORD.sub("", fold(value)) or value
    return value if kind == "url" else " ".join(fold(value).split())


def replaced(text: str, spans: Sequence[PersonalData], book: Book) -> str:
    """Answer the text with a mark in place of each span; spans are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += [text[at : span.start], book.mark(span.kind, text[span.start : span.end])]
        at = span.end
    return "".join([*parts, text[at:]])


def restored(text: str, book: Book) -> str:
    """Answer a model's text with the values in place of their marks; unknown marks stay."""
    values = {(one.kind, one.number): one.value for one in book.known.values()}

    def value(match: re.Match[str]) -> str:
        kind, number = match[1] or match[3], match[2] or match[4]
        return values.get((kind.lower(), int(number)), match[0])

    return _ANSWERED.sub(value, text)


def again(text: str, values: Set[tuple[str, str]]) -> Iterator[PersonalData]:
    """Yield every place of a text where one of these values (kind, value) stands as a word."""
    for kind, value in values:
        if kind == "mark" or len(value) < _MIN_CHECKED or value not in text:
            continue
        before, behind = edges(value)
        for match in re.finditer(rf"{before}{re.escape(value)}{behind}", text):
            yield PersonalData(kind, match.start(), match.end())


def leaks(text: str, book: Book) -> Iterator[PersonalData]:
    """Yield where a text that is to leave still holds a value of the book."""
    # Marks are no mail: a person called Name is not leaked by [NAME_1].
    return again(MARK.sub(" ", text), book.values())
