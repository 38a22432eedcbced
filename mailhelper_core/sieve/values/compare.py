"""Comparators (RFC 5228 2.7.3, RFC 4790): when two strings are equal, and which one comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_NO_NUMBER = (2**63, "")


@dataclass(frozen=True, slots=True)
class Comparator:
    """A comparator: `fold` makes equal strings the same text, `key` sorts; not all can look inside a string."""

    fold: Callable[[str], str]
    key: Callable[[str], object]
    has_substrings: bool = True


def fold_ascii(text: str) -> str:
    """Answer the text with A-Z in lower case; its length stays."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def _same(text: str) -> str:
    return text


def _number(text: str) -> tuple[int, str]:
    """Answer a sort key: leading digits as a number of any length, all else above every number (RFC 4790 9.1)."""
    end = 0
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    digits = text[:end].lstrip("0")
    return (len(digits), digits) if end else _NO_NUMBER


def _number_text(text: str) -> str:
    length, digits = _number(text)
    return f"{length}:{digits}"


COMPARATORS: dict[str, Comparator] = {
    "i;octet": Comparator(_same, _same),
    "i;ascii-casemap": Comparator(fold_ascii, fold_ascii),
    "i;ascii-numeric": Comparator(_number_text, _number, has_substrings=False),
}
DEFAULT = "i;ascii-casemap"

# RFC 5231 4: the answer for -1, 0, 1
_RELATIONS: dict[str, tuple[bool, bool, bool]] = {
    "lt": (True, False, False),
    "le": (True, True, False),
    "eq": (False, True, False),
    "ne": (True, False, True),
    "ge": (False, True, True),
    "gt": (False, False, True),
}
RELATIONS = tuple(_RELATIONS)


def relates(relation: str, one: object, other: object) -> bool:
    """Say whether two sort keys of one comparator stand in a relation such as `gt`."""
    order = 1 if one == other else 0 if one < other else 2  # type: ignore[operator]  # keys of one comparator
    return _RELATIONS[relation][order]
