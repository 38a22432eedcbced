"""Texts by their octets in UTF-8. An octet that is part of no character is a lone surrogate (PEP 383), as in paths."""

from __future__ import annotations


def to_octets(text: str) -> str:
    """Answer a text with a character for each octet."""
    return _encoded(text).decode("latin-1")


def from_octets(octets: str) -> str:
    """Answer the text that these octets are."""
    return octets.encode("latin-1").decode("utf-8", "surrogateescape")


def joined(text: str) -> str:
    """Answer a text in which halves of a character that came to stand side by side are that character."""
    return text if text.isascii() else from_octets(to_octets(text))


def is_whole(text: str) -> bool:
    """Say whether every octet is part of a character."""
    return text.isascii() or not any("\ud800" <= one <= "\udfff" for one in text)


def whole(text: str) -> str:
    """Answer a text in which a mark stands for what is no character."""
    return text if is_whole(text) else _encoded(text).decode("utf-8", "replace")


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a pair of UTF-16: no octets are meant
        return text.encode("utf-8", "replace")
