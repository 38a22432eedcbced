"""A message's words as a PostgreSQL tsvector, made here and not by to_tsvector, which splits words its own way."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelper_core.model.mail.words import SearchText

# PostgreSQL keeps 255 positions of a word in a row. Each field leaves room for the later ones, so that a word is
# always found in every field that has it; only phrases with a very frequent word can be missed (clipped).
_POSITIONS = {"A": 40, "B": 60, "C": 120, "D": 255}


def vector(words: SearchText) -> tuple[str, bool]:
    """Answer the tsvector as PostgreSQL reads it, and whether positions of a word had to be left out."""
    positions: dict[str, list[str]] = {}
    last, clipped = 0, False
    for weight, value in _weighted(words):
        most = _POSITIONS[weight]
        for word in value.split():
            last += 1
            held = positions.setdefault(word, [])
            if len(held) < most:
                held.append(f"{last}{weight}")
            else:
                clipped = True
        last += 1  # one position stays free: no phrase crosses it
    return " ".join(f"'{word}':{','.join(held)}" for word, held in positions.items()), clipped


def _weighted(words: SearchText) -> Iterable[tuple[str, str]]:
    yield "A", words.subject
    yield "B", words.sender
    for recipient in words.recipients:
        yield "C", recipient
    yield "D", words.body
