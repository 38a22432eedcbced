"""Sequence sets: read them, resolve them against what a mailbox holds, write number lists compactly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# No mailbox of the kit has so many messages; a set of all uids there may be is four thousand million numbers.
MAX_CHOSEN = 10_000_000
STAR = 0  # no message has the number 0, so it can stand for "*", the largest one in use


@dataclass(frozen=True, slots=True)
class SequenceSet:
    """Ranges of numbers as the client wrote them; `STAR` is "*"."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> SequenceSet:
        """Read `1,3:5,9:*`; raises ValueError."""
        return cls(tuple(_parse_range(part) for part in text.split(",")))

    def indexes(self, numbers: Sequence[int], *, last: int | None = None) -> list[int]:
        """Answer the indexes of those ascending numbers that lie in the set, ascending, each once.

        `last` is what "*" means, by default the last of the numbers. Raises ValueError for more than ten million.
        """
        if not numbers:
            return []
        star = numbers[-1] if last is None else last
        parts = [range(bisect_left(numbers, low), bisect_right(numbers, high)) for low, high in self._bounds(star)]
        if any(part.stop - part.start > MAX_CHOSEN for part in parts):  # len() takes no larger number than the machine
            raise ValueError("too many message numbers")
        found: set[int] = set()
        for part in parts:
            found.update(part)
        return sorted(found)

    def select(self, numbers: Sequence[int]) -> list[int]:
        """Answer those of the ascending numbers that lie in the set."""
        return [numbers[index] for index in self.indexes(numbers)]

    def contains(self, number: int, *, last: int) -> bool:
        """Say whether the number lies in the set when "*" means `last`."""
        return any(low <= number <= high for low, high in self._bounds(last))

    def _bounds(self, star: int) -> Iterable[tuple[int, int]]:
        for first, second in self.ranges:
            one, other = first or star, second or star
            yield min(one, other), max(one, other)


def format_numbers(numbers: Iterable[int]) -> bytes:
    """Write numbers as `1:3,7`, in the order given (RFC 4315 pairs two such lists by position)."""
    items = list(numbers)
    if not items:
        return b""
    starts = [0] + [at for at, (one, other) in enumerate(pairwise(items), 1) if other != one + 1]
    runs = [items[start:end] for start, end in pairwise([*starts, len(items)])]
    return b",".join(b"%d" % run[0] if len(run) == 1 else b"%d:%d" % (run[0], run[-1]) for run in runs)


def _parse_range(text: str) -> tuple[int, int]:
    first, colon, second = text.partition(":")
    return _parse_number(first), _parse_number(second if colon else first)


def _parse_number(text: str) -> int:
    if text == "*":
        return STAR
    # RFC 9051 section 9: nz-number; 32 bits, and isdigit() alone would accept other scripts' digits.
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 2**32:
        raise ValueError("not a message number")
    return int(text)
