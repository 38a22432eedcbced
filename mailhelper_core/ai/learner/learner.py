"""The learner: logistic regression for each view and label, each with a step size of its own (AdaGrad), added up.

Seven views judge apart and learn from their own mistakes; their log-odds are added. Measured on real mail: better
than one regression on all features, than naive Bayes, and than their mixture (docs/discussions/learning.md).
Learning is a fold over examples in order: to forget one is to fold without it, with exactly the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.features import ABOUT, BUCKETS, VIEWS, Features

Floats = NDArray[np.float32]

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
    """Weights under training: columns x buckets; two labels need one column, that of the second."""

    __slots__ = ("_caution", "weights")

    def __init__(self, labels: int, start: Floats | None = None) -> None:
        shape = (columns_of(labels), buckets_of(labels))
        self.weights: Floats = np.zeros(shape, np.float32) if start is None else start.astype(np.float32)
        self._caution: Floats = np.full(shape, FIRST_CAUTION, np.float32)

    def learn(self, example: Example) -> None:
        """Take one step for one example."""
        ids, counts = self._asked(example.features)
        # Row by row: one-dimensional look-ups are much faster.
        known = [row.take(ids) for row in self.weights]
        wrong = _targets(len(known), example.label) - _logistic(_added(known, counts))
        weight, step = np.float32(example.weight), np.float32(STEP * example.weight)
        for number, row in enumerate(known):
            off = wrong[number].repeat(counts)
            caution = weight * off
            caution *= off
            caution += self._caution[number].take(ids)
            self._caution[number][ids] = caution
            off *= step
            off /= np.sqrt(caution, out=caution)
            off += row
            self.weights[number][ids] = off

    def _asked(self, features: Features) -> tuple[NDArray[np.intp], NDArray[np.int_]]:
        """Answer the buckets of the views that this question asks, as numbers that index without conversion."""
        columns, buckets = self.weights.shape
        counts = features.counts if asks_about(columns) else features.counts[:ABOUT]
        return (features.ids[: sum(counts)] & (buckets - 1)).astype(np.intp), np.array(counts)

    def score(self, features: Features) -> NDArray[np.float64]:
        """Answer the scores of one message, by column."""
        found: NDArray[np.float64] = scores(self.weights, [features])[0]
        return found


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
    counts = np.array([features.counts for features in batch]).ravel()
    views = _view_scores(weights, ids, counts).reshape(weights.shape[0], len(batch), VIEWS)
    of_views = shares_of(weights.shape[0]) if shares is None else shares
    found: NDArray[np.float64] = (views.astype(np.float64) @ of_views).T
    return found


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


def _view_scores(weights: NDArray[np.floating], ids: NDArray[np.uint32], counts: NDArray[np.int_]) -> Floats:
    return _added([row.take(ids) for row in weights], counts)


def _added(known: Sequence[NDArray[np.floating]], counts: NDArray[np.int_]) -> Floats:
    """Add up looked-up weights, by column and view; long views do not count more than short ones."""
    rows = (known[0][None] if len(known) == 1 else np.stack(known)).astype(np.float32, copy=False)
    added = np.add.reduceat(rows, counts.cumsum() - counts, axis=1)
    found: Floats = (added / np.sqrt(counts + 1)).astype(np.float32)
    return found


def _targets(columns: int, label: int) -> Floats:
    if columns == 1:
        return np.full((1, 1), label, np.float32)
    targets: Floats = (np.arange(columns) == label).astype(np.float32)[:, None]
    return targets


def _logistic(scores: Floats) -> Floats:
    # Not `clip`, which takes five times as long for so few numbers.
    found: Floats = (1 / (1 + np.exp(-np.minimum(np.maximum(scores, -_STEEPEST), _STEEPEST)))).astype(np.float32)
    return found
