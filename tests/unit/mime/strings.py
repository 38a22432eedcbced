"""Find every string of a parsed message, to ask whether databases accept it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from mailhelper_core.mime.parse import ParsedMessage
from mailhelper_core.model.mail.text import clean_text


def strings(value: object) -> Iterator[str]:
    """Answer all strings in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)


def unclean(parsed: ParsedMessage) -> list[str]:
    """Answer the strings that PostgreSQL or SQLite would refuse."""
    return [text for text in strings(parsed) if clean_text(text) != text or "\x00" in text]
