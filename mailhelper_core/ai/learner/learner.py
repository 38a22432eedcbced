"""The learner: logistic regression for each view and label, each with a step size of its own (AdaGrad), added up.

Seven views judge apart and learn from their own mistakes; their log-odds are added. Measured on real mail: better
than one regression on all features, than naive Bayes, and than their mixture (docs/discussions/learning.md).
Learning is a fold over examples in order: to forget one is to fold without it, with exactly the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.features import ABOUT, BUCKETS, VIEWS, Features, Ids

Floats = NDArray[np.float32]
_Pairs = NDArray[np.complex64]

# Tuned on a third of the SpamAssassin corpus that no published figure uses.
STEP = 1.5
FIRST_CAUTION = 0.001
# How often the stored examples are gone through: more than three changed nothing that could be measured.
PASSES = 3
# How much each view says in the end. Who sends spam hides it, so that every trace counts. What kind of mail it is, and
# how much it matters, shows in what the heuristics noticed, whatever the wording: the view of what it is about goes
# before, and spam does not ask it. Measured by learning from German mail and answering about English mail, and the
# other way round, and by learning from half of the wordings and answering about the others, with a part of the cues.
SHARES_OF_TWO = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0])
SHARES_OF_MANY = np.array([1.0, 0.25, 0.25, 1.0, 0.5, 0.5, 3.0])
# Weights of one model as 16-bit floats: 2^18 for one question of yes and no, as many in all for more labels.
MOST_WEIGHTS = 9 * 65_536
_STEEPEST = 35.0


@dataclass(frozen=True, slots=True)
class Example:
    """Features, the number of the right label, and how much the example teaches (0..1)."""

    features: Features
    label: int
    weight: float = 1.0


class Learner:
    """Weights under training: columns x buckets; two labels need one column, that of the second.

    A weight and its caution are learned together, so they lie side by side as one complex number (real: the weight,
    imaginary: the caution). Two arrays would be two misses of the processor's cache: a third of the time of a step.
    """

    __slots__ = ("_pairs",)

    def __init__(self, labels: int, start: Floats | None = None) -> None:
        self._pairs = np.full((columns_of(labels), buckets_of(labels)), 1j * FIRST_CAUTION, np.complex64)
        if start is not None:
            self._pairs.real = start

    @property
    def weights(self) -> Floats:
        """Answer a copy of the weights."""
        return self._pairs.real.copy()

    def learn(self, example: Example) -> None:
        """Take one step for one example."""
        columns, counts = len(self._pairs), example.features.counts
        bounds = _bounds_of(counts if asks_about(columns) else counts[:ABOUT])
        # Row by row: one-dimensional look-ups are much faster.
        ids, known = self._known(example.features.ids[: bounds.end])
        wrong = _wrong(_added([row.real for row in known], bounds), example.label)
        weight, step = np.float32(example.weight), np.float32(STEP * example.weight)
        for number, row in enumerate(known):
            off = wrong[number].repeat(bounds.counts)
            caution = weight * off
            caution *= off
            caution += row.imag
            row.imag = caution
            off *= step
            off /= np.sqrt(caution, out=caution)
            row.real += off
            self._pairs[number][ids] = row

    def score(self, features: Features) -> NDArray[np.float64]:
        """Answer the scores of one message, by column."""
        _, known = self._known(features.ids)
        views = _added([row.real for row in known], _bounds_of(features.counts))
        found: NDArray[np.float64] = _weighed(views, shares_of(len(known)))[0]
        return found

    def _known(self, ids: Ids) -> tuple[NDArray[np.intp], list[_Pairs]]:
        """Answer the buckets, as numbers that index without conversion, and what stands in them, by column."""
        buckets = self._pairs.shape[1]
        places = (ids if buckets == BUCKETS else ids & (buckets - 1)).astype(np.intp)
        return places, [row.take(places) for row in self._pairs]


def fit(examples: Sequence[Example], labels: int, *, passes: int = PASSES, start: Floats | None = None) -> Learner:
    """Learn from examples several times; the same examples give the same weights, bit by bit.

    Only the last time they come as they were said. Before, they come in an order of their own: who says thirty times
    that something is spam, and then of thirty others that it is not, has not changed his mind about the first.
    start: weights to begin with, those of the shared prior; zeros without.
    """
    learner = Learner(labels, start)
    mixed = sorted(examples, key=_place)  # the place of one does not depend on the others: forgetting stays exact
    for turn in range(1, passes + 1):
        for example in examples if turn == passes else mixed:
            learner.learn(example)
    return learner


def scores(
    weights: NDArray[np.floating], batch: Sequence[Features], shares: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Answer the scores of many messages at once: messages x columns, log-odds before calibration."""
    if not batch:
        return np.zeros((0, weights.shape[0]))
    ids = np.concatenate([features.ids for features in batch]) & (weights.shape[1] - 1)
    bounds = _bounds([count for features in batch for count in features.counts])
    views = _added([row.take(ids) for row in weights], bounds)
    return _weighed(views, shares_of(weights.shape[0]) if shares is None else shares)


def shares_of(columns: int) -> NDArray[np.float64]:
    """Answer how much each view of a model with so many columns says."""
    return SHARES_OF_TWO if columns == 1 else SHARES_OF_MANY


def asks_about(columns: int) -> bool:
    """Say whether a model of so many columns asks what a mail is about: one of yes and no does not."""
    return bool(shares_of(columns)[ABOUT])


def _place(example: Example) -> int:
    return crc32(example.features.ids.tobytes())


def columns_of(labels: int) -> int:
    """Answer how many columns of weights so many labels need."""
    return 1 if labels <= 2 else labels


def buckets_of(labels: int) -> int:
    """Answer how many buckets a column has: a power of two that keeps the model small."""
    buckets = BUCKETS
    while buckets * columns_of(labels) > MOST_WEIGHTS:
        buckets //= 2
    return buckets


class _Bounds(NamedTuple):
    """Where views begin and end in a row of buckets, and what their sums are divided by."""

    counts: NDArray[np.int_]
    starts: NDArray[np.int_]
    end: int
    roots: NDArray[np.float64]


def _bounds(counts: Sequence[int]) -> _Bounds:
    """Answer the bounds of views; long views do not count more than short ones."""
    found = np.array(counts)
    ends = found.cumsum()
    return _Bounds(found, ends - found, int(ends[-1]), np.sqrt(found + 1))


# One message is looked at several times: twice as many as the benchmark learns again in passing.
_bounds_of = lru_cache(maxsize=1_000)(_bounds)


def _added(known: Sequence[NDArray[np.floating]], bounds: _Bounds) -> Floats:
    """Add up looked-up weights, by column and view."""
    rows = (known[0][None] if len(known) == 1 else np.stack(known)).astype(np.float32, copy=False)
    found: Floats = (np.add.reduceat(rows, bounds.starts, axis=1) / bounds.roots).astype(np.float32)
    return found


def _weighed(views: Floats, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Answer what the views say together: messages x columns."""
    found: NDArray[np.float64] = (views.reshape(len(views), -1, VIEWS).astype(np.float64) @ shares).T
    return found


def _wrong(scores: Floats, label: int) -> Floats:
    """Answer how far the answers are from the right label, by column and view."""
    found = _logistic(scores)
    if len(found) == 1:
        return np.subtract(label, found, out=found)
    np.negative(found, out=found)
    found[label] += 1
    return found


def _logistic(scores: Floats) -> Floats:
    # Not `clip`, which takes five times as long for so few numbers; in place, as each new array costs a call.
    found = np.maximum(scores, -_STEEPEST)
    np.minimum(found, _STEEPEST, out=found)
    np.exp(np.negative(found, out=found), out=found)
    found += 1
    return np.divide(1, found, out=found)
