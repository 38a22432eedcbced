"""A line of a message around what a query looks for, with the hits marked; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.mail.words import SEARCHABLE_CHARACTERS, word_spans, words
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not

# Two lines of a list.
SNIPPET_CHARACTERS = 160
# Some words before the hit, so that it can be understood.
_LEAD = 40

# A word, and where it begins and ends.
Token = tuple[str, int, int]


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
    tokens = word_spans(line)
    hits = _hits(tokens, wanted)
    start = _start(line, tokens, hits[0]) if hits else 0
    end = min(len(line), start + SNIPPET_CHARACTERS)
    lead, tail = "…" if start else "", "…" if end < len(line) else ""
    shift = len(lead) - start
    # The first hit is always marked, though a piece may be too short for the whole of it.
    shown = [(first, min(last, end)) for first, last in hits[:1]] + [hit for hit in hits[1:] if hit[1] <= end]
    marks = tuple((first + shift, last + shift) for first, last in shown)
    return Snippet(message_id, f"{lead}{line[start:end]}{tail}", marks)


def _start(line: str, tokens: Sequence[Token], hit: tuple[int, int]) -> int:
    """Answer where the piece begins: some words before the hit where both have room."""
    first, last = hit
    if first <= _LEAD and last <= SNIPPET_CHARACTERS:
        return 0
    blank = line.find(" ", max(0, first - _LEAD), first)
    # In an address or in Japanese there is no blank: a word begins anywhere.
    begun = blank + 1 if blank >= 0 else next(at for _, at, _ in tokens if at >= first - _LEAD)
    return begun if last <= begun + SNIPPET_CHARACTERS else first


def _hits(tokens: Sequence[Token], wanted: Sequence[Needle]) -> list[tuple[int, int]]:
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


def _merged(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
