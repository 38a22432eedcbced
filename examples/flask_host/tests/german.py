"""What the pages say in German, beside what they say in English."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import force_locale


def in_english(words: Callable[[], object]) -> object:
    """Answer what words are for a reader of English."""
    with force_locale("en"):
        return words()


def has_german(read: Callable[..., str | None], said: object, english: str = "") -> bool:
    """Answer whether a text has words in German that are neither its own nor those in English."""
    told = read(said)
    with force_locale("en"):
        return told is not None and told not in (english or said, read(said))
