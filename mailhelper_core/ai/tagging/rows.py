"""Messages as rows of weights over the buckets: what they say by how rare it is, and how near they lie to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.features import BUCKETS, Features

Numbers = NDArray[np.float64]
_Ints = NDArray[np.int64]

# The words of a message say what it is about; headers say who sent it and how. Octets say nothing that words do not,
# and are most of the features: leaving them out halves the cost.
VIEW_SHARES = np.array([0.3, 0.0, 0.3, 0.2, 1.0])
# How much more a rare feature counts than its rarity: names and terms tell mail apart, frequent words do not.
SHARPNESS = 1.75


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages as rows of a sparse matrix: weights of length 1 over the buckets, and where each row begins."""

    ids: _Ints
    weights: NDArray[np.float32]
    starts: _Ints

    @classmethod
    def of(cls, batch: Sequence[Features]) -> Rows:
        """Weigh messages by how rare their features are among them."""
        counts = np.array([one.counts[: len(VIEW_SHARES)] for one in batch])
        ids = np.concatenate([one.ids[:size] for one, size in zip(batch, counts.sum(axis=1), strict=True)])
        starts = _starts(counts.sum(axis=1))
        weights = _rarity(ids, len(batch))[ids] * np.repeat((VIEW_SHARES / np.sqrt(counts)).ravel(), counts.ravel())
        sizes = np.sqrt(np.add.reduceat(weights * weights, starts))
        weights /= np.repeat(np.where(sizes > 0, sizes, 1.0), counts.sum(axis=1))
        return cls(ids.astype(np.int64), weights.astype(np.float32), starts)

    def likeness(self, count: int) -> Numbers:
        """Answer the cosines of the first messages and all."""
        every = self._shared()
        ends = np.append(every.starts, len(every.ids))
        one, near = np.zeros(int(every.ids.max(initial=0)) + 1, np.float32), np.empty((count, len(self.starts)))
        for number in range(count):
            mine = slice(ends[number], ends[number + 1])
            np.add.at(one, every.ids[mine], every.weights[mine])  # two views may meet in a bucket
            near[number] = np.add.reduceat(one[every.ids] * every.weights, every.starts)
            one[every.ids[mine]] = 0.0
        near[np.arange(count), np.arange(count)] = 1.0
        return near

    def length(self, shares: Numbers) -> float:
        """Answer the squared length of the sum of the rows with their shares."""
        told = np.repeat(shares, np.diff([*self.starts, len(self.ids)]))
        used = told != 0
        summed = np.bincount(self.ids[used], self.weights[used] * told[used], 1)
        return float(summed @ summed)

    def _shared(self) -> Rows:
        """Answer rows of what two messages have at least, numbered anew; one feature of each, so that none is empty."""
        known = np.bincount(self.ids, minlength=BUCKETS)
        kept = known[self.ids] > 1
        kept[self.starts] = True
        starts = _starts(np.add.reduceat(kept.astype(np.int64), self.starts))
        return Rows((np.cumsum(known > 0) - 1)[self.ids[kept]], self.weights[kept], starts)


def _starts(sizes: _Ints) -> _Ints:
    found: _Ints = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return found


def _rarity(ids: NDArray[np.uint32], messages: int) -> Numbers:
    """Answer how much each bucket counts: the inverse document frequency, sharpened."""
    rare = np.log((messages + 1) / (np.bincount(ids, minlength=BUCKETS) + 1)) + 0.1
    found: Numbers = np.maximum(rare, 0.0) ** SHARPNESS
    return found
