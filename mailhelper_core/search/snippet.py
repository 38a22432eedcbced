"""A line of a message around what a query looks for, with the hits marked; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.mail.words import SEARCHABLE_CHARACTERS, words
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not

# Two lines of a list.
SNIPPET_CHARACTERS = 160
# Some words before the hit, so that it can be understood.
_LEAD = 40
# Every run without blanks; `words` splits it further.
_RUN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a message's text on one line; marks are (start, end) of the hits in it."""

    message_id: int  # the message
    text: str  # at most 160 characters
    marks: tuple[tuple[int, int], ...] = ()  # positions in `text`


@dataclass(frozen=True, slots=True)
class Needle:
    """The words of one test, and whether the last one is only a beginning."""

    words: tuple[str, ...]
    prefix: bool = False


def needles(criteria: Criteria) -> tuple[Needle, ...]:
    """Answer what to mark in a text: words and phrases that are looked for there and not excluded."""
    match criteria:
        case Is(field, ":", value, _, prefix) if field in ("any", "body", "subject") and value:
            return (Needle(tuple(words(value)), prefix),)
        case AllOf(parts) | AnyOf(parts):
            return tuple(dict.fromkeys(needle for part in parts for needle in needles(part)))
        case Is() | Not():
            return ()


def make_snippet(message_id: int, text: str, wanted: Sequence[Needle]) -> Snippet:
    """Answer the piece of the text with its first hit, or its beginning where nothing is found."""
    line = " ".join(text[:SEARCHABLE_CHARACTERS].split())
    hits = sorted(_hits(line, wanted))
    start = _start(line, hits[0][0]) if hits else 0
    end = min(len(line), start + SNIPPET_CHARACTERS)
    lead, tail = "…" if start else "", "…" if end < len(line) else ""
    shift = len(lead) - start
    marks = tuple((first + shift, last + shift) for first, last in hits if start <= first and last <= end)
    return Snippet(message_id, f"{lead}{line[start:end]}{tail}", marks)


def _start(line: str, hit: int) -> int:
    if hit <= _LEAD:
        return 0
    blank = line.find(" ", hit - _LEAD, hit)
    return blank + 1 if blank >= 0 else hit


def _hits(line: str, wanted: Sequence[Needle]) -> set[tuple[int, int]]:
    tokens = [(word, run.start(), run.end()) for run in _RUN.finditer(line) for word in words(run[0])]
    found = set()
    for needle in wanted:
        size = len(needle.words)
        for index in range(len(tokens) - size + 1) if size else ():
            here = [word for word, _, _ in tokens[index : index + size]]
            if _matches(here, needle):
                found.add((tokens[index][1], tokens[index + size - 1][2]))
    return _merged(found)


def _matches(here: list[str], needle: Needle) -> bool:
    if needle.prefix:
        return here[:-1] == list(needle.words[:-1]) and here[-1].startswith(needle.words[-1])
    return here == list(needle.words)


def _merged(spans: set[tuple[int, int]]) -> set[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return set(merged)
