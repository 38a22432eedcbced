"""Cursors of pages that go by the ids of rows."""

from __future__ import annotations

from mailhelper_core.errors import InvalidError

# The longest decimal number that every database takes as an integer.
_DIGITS = 18


def id_after(cursor: str, of: str) -> int:
    """Answer the id behind which a page begins; raise InvalidError for what no page of `of` has answered."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _DIGITS):
        raise InvalidError(f"This is no cursor of a page of {of}.", code="cursor")
    return int(cursor)
