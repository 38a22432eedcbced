"""Recognizers: they find personal data in text, so that the egress gate can replace it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One place in a text that holds personal data."""

    kind: str  # `name`, `address`, `phone`, `iban` ... or a plugin's own: lower case letters, `_` and `-`
    start: int  # index of its first character
    end: int  # index behind its last


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Finds personal data: `find(text)` answers the places, in any order; they may overlap.

    With `strict` it is asked only where the owner wants the level `strict`. One that fails lets no text leave.
    """

    name: str
    find: Callable[[str], Sequence[PersonalData]]
    strict: bool = False
