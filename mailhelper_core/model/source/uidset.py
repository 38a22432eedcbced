"""Sets of uids: immutable, kept as ranges, as a mailbox's state and as an IMAP sequence set."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UidSet:
    """Uids as sorted, disjoint, non-adjacent (first, last) ranges, both ends included."""

    ranges: tuple[tuple[int, int], ...] = ()  # ascending, each (first, last)

    @classmethod
    def of(cls, uids: Iterable[int]) -> UidSet:
        """Make a set from uids in any order."""
        ranges: list[tuple[int, int]] = []
        first = last = -1
        for uid in sorted(uids):
            if uid > last + 1 or first < 0:
                if first >= 0:
                    ranges.append((first, last))
                first = uid
            last = uid
        if first >= 0:
            ranges.append((first, last))
        return cls(tuple(ranges))

    @classmethod
    def of_ranges(cls, ranges: Iterable[tuple[int, int]]) -> UidSet:
        """Make a set from ranges in any order, overlapping or not."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted((min(pair), max(pair)) for pair in ranges):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    @classmethod
    def parse(cls, text: str) -> UidSet:
        """Read a sequence set such as `1:5,9` (RFC 9051 9); `*` is not accepted."""
        pairs = []
        for part in filter(None, text.split(",")):
            first, _, last = part.partition(":")
            pairs.append((int(first), int(last or first)))
        return cls.of_ranges(pairs)

    def __str__(self) -> str:
        return ",".join(f"{a}:{b}" if a != b else str(a) for a, b in self.ranges)

    def __len__(self) -> int:
        # `len` can say no more than this; a server can.
        return min(sys.maxsize, sum(last - first + 1 for first, last in self.ranges))

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)

    def __reversed__(self) -> Iterator[int]:
        for first, last in reversed(self.ranges):
            yield from range(last, first - 1, -1)

    def __contains__(self, uid: object) -> bool:
        if not isinstance(uid, int):
            return False
        index = bisect_right(self.ranges, (uid, float("inf"))) - 1
        return index >= 0 and self.ranges[index][0] <= uid <= self.ranges[index][1]

    def __or__(self, other: UidSet) -> UidSet:
        return UidSet.of_ranges(self.ranges + other.ranges)

    def __and__(self, other: UidSet) -> UidSet:
        found: list[tuple[int, int]] = []
        mine, theirs = iter(self.ranges), iter(other.ranges)
        a, b = next(mine, None), next(theirs, None)
        while a and b:
            first, last = max(a[0], b[0]), min(a[1], b[1])
            if first <= last:
                found.append((first, last))
            if a[1] < b[1]:
                a = next(mine, None)
            else:
                b = next(theirs, None)
        return UidSet(tuple(found))

    def __sub__(self, other: UidSet) -> UidSet:
        kept: list[tuple[int, int]] = []
        theirs = iter(other.ranges)
        hole = next(theirs, None)
        for first, last in self.ranges:
            start = first
            while hole and hole[1] < start:
                hole = next(theirs, None)
            while hole and hole[0] <= last:
                if start < hole[0]:
                    kept.append((start, hole[0] - 1))
                start = hole[1] + 1
                if hole[1] > last:
                    break
                hole = next(theirs, None)
            if start <= last:
                kept.append((start, last))
        return UidSet(tuple(kept))

    def highest(self) -> int:
        """Answer the largest uid, 0 for the empty set."""
        return self.ranges[-1][1] if self.ranges else 0

    def newest(self, count: int) -> UidSet:
        """Answer the `count` largest uids."""
        taken: list[tuple[int, int]] = []
        for first, last in reversed(self.ranges):
            if count <= 0:
                break
            start = max(first, last - count + 1)
            taken.append((start, last))
            count -= last - start + 1
        return UidSet(tuple(reversed(taken)))


NO_UIDS = UidSet()
