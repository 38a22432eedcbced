"""Which blocks of a script must stay together, for as rules of their own they would end otherwise; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from mailhelper_core.rules.sieve.places import Deed, Deeds, few, known, late, spoils


@dataclass(frozen=True, slots=True)
class Part:
    """A block as it is looked at here."""

    deeds: Deeds
    is_apart: bool  # it cannot be joined to another
    has_stop: bool
    takes_rest: bool = False  # all behind it belongs to it


@dataclass(frozen=True, slots=True)
class Together:
    """Ranges of blocks, and the blocks that stay apart from an earlier one that they should be with."""

    ranges: tuple[tuple[int, int], ...]
    clashes: tuple[int, ...]


@dataclass(slots=True)
class _Trail:
    """What may have become of a mail, and by which block at first."""

    first: dict[Deed, int] = field(default_factory=dict)
    has_ended: bool = False  # no way leads on

    def clash(self, acts: frozenset[Deed]) -> int | None:
        """Answer the first block whose deeds are spoiled by these."""
        return min((at for deed in acts for before, at in self.first.items() if spoils(before, deed)), default=None)

    def add(self, deeds: Deeds, number: int) -> None:
        self.has_ended = self.has_ended or deeds.leaves is None
        if self.has_ended:
            self.first.clear()
            return
        before = tuple(self.first)
        for deed in deeds.leaves or ():
            for one in (deed, *late(deed, before)):
                self.first.setdefault(known(one, self.first), number)


def together(parts: Sequence[Part]) -> Together:
    """Answer what belongs together: from the first deed to the last one that would undo it.

    A script that is kept ends with its stop, not the rules behind it: with a stop in it goes all that follows.
    """
    joining = _Joining(parts)
    for number, part in enumerate(parts):
        if joining.take(number) == len(parts):
            break
        joining.trail.add(part.deeds, number)
    ends = (*joining.starts[1:], len(parts))
    return Together(tuple(zip(joining.starts, ends, strict=True)), tuple(joining.clashes))


class _Joining:
    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.trail = _Trail()
        self.starts: list[int] = []  # of the ranges so far
        self.clashes: list[int] = []
        self._apart = (0, *accumulate(one.is_apart for one in parts))
        self._stops = (0, *accumulate(one.has_stop for one in parts))

    def take(self, number: int) -> int:
        """Put a part into a range, of its own or of earlier ones too; answer where that ends."""
        alone = len(self.parts) if self.parts[number].takes_rest else number + 1
        begin, end = self._range(number, alone)
        if begin < number and self._apart[end] > self._apart[begin]:
            self.clashes.append(number)
            begin, end = number, alone
        while self.starts and self.starts[-1] > begin:
            self.starts.pop()
        if not self.starts or self.starts[-1] < begin:
            self.starts.append(begin)
        return end

    def _range(self, number: int, end: int) -> tuple[int, int]:
        begin = number
        while True:
            clash = self.trail.clash(self._acts(number, end))
            first = begin if clash is None else min(begin, self.starts[bisect_right(self.starts, clash) - 1])
            has_stop = first < number and self._stops[number + 1] > self._stops[first]
            last = len(self.parts) if has_stop else end
            if (first, last) == (begin, end):
                return begin, end
            begin, end = first, last

    def _acts(self, begin: int, end: int) -> frozenset[Deed]:
        return few(frozenset().union(*(one.deeds.acts for one in self.parts[begin:end])))


def clashing(found: Sequence[Deeds]) -> list[int]:
    """Answer which of these, one behind the other, end otherwise as rules of their own."""
    trail = _Trail()
    clashes: list[int] = []
    for number, deeds in enumerate(found):
        if trail.clash(deeds.acts) is not None:
            clashes.append(number)
        trail.add(deeds, number)
    return clashes
