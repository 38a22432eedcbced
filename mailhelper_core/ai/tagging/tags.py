"""Which tags a message may deserve: hashed regression and centroids of few examples, both for and against.

Mail that nobody has tagged helps twice: it says which features are rare, and what lies surely near a tag's examples
is counted with them, a little (few examples gain most; measured on mailing lists).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.calibrate import logistic
from mailhelper_core.ai.learner.features import BUCKETS, Features
from mailhelper_core.ai.learner.learner import Example, Learner, scores

Numbers = NDArray[np.float64]

# The words of a message say what it is about; headers and octets say who sent it and how.
VIEW_SHARES = (0.3, 0.0, 0.3, 0.2, 1.0, 0.5)
# How much each view's regression says.
REGRESSION_SHARES = np.array([1.0, 0.0, 0.2, 1.0, 1.0, 1.0])
# So many examples of a tag give its regression half of its say: with few it knows less than the nearness does.
KNOWN_FROM = 30
# Examples of all tags are gone through this often: few examples need more steps.
PASSES = 3
# Examples against a tag that its regression learns from, beside each one for it: more cost time and say little.
MOST_AGAINST = 3
# How much the nearness to the examples' middle counts beside the regression, and how sharply.
CENTROID_SHARE = 100.0
SLOPE = 0.25
# What one example against a tag takes from its nearness, compared with one for it.
NEGATIVE_SHARE = 0.5
# Untagged mail is against a tag, but only probably.
BACKGROUND_WEIGHT = 0.2
# Without another tag, so much mail must be known that a tag is not meant for: all mail is like some mail.
LEAST_CONTRAST = 5
# How much a message that nobody has tagged counts beside an example, and how often its likely tags are guessed.
BORROWED_WEIGHT = 1.0
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class TagExamples:
    """What the owner said about one tag: messages that have it, and messages it was refused for."""

    positive: Sequence[Features]
    negative: Sequence[Features] = ()


def score_tags(
    tags: Mapping[str, TagExamples], batch: Sequence[Features], background: Sequence[Features] = ()
) -> Numbers:
    """Answer probabilities, messages x tags in the order given; a tag without positive examples gets 0.

    background: other mail of the owner, which is not known to have any of the tags.
    """
    names = list(tags)
    contrast = (
        max(0, len(names) - 1) * LEAST_CONTRAST + len(background) + sum(len(one.negative) for one in tags.values())
    )
    if not batch or contrast < LEAST_CONTRAST:
        return np.zeros((len(batch), len(names)))
    known = [one for tag in tags.values() for one in (*tag.positive, *tag.negative)]
    rows = Rows.of([*batch, *background], rarity([*known, *batch, *background]))
    found = np.stack([_regression(tags, name, background, [*batch, *background]) for name in names], axis=1)
    middles = np.stack([_middle(tags[name], rows.rarity) for name in names])
    plain = _middle(TagExamples(background), rows.rarity) if background else None
    score = _scores(found, rows, middles, plain)
    for _ in range(ROUNDS):
        guessed = np.exp(score - score.max(axis=1, keepdims=True))
        borrowed = rows.sums(guessed[:, : len(names)] / guessed.sum(axis=1, keepdims=True))
        score = _scores(found, rows, middles + BORROWED_WEIGHT * borrowed, plain)
    has_examples = np.array([bool(tags[name].positive) for name in names])
    answered: Numbers = (logistic(score[:, : len(names)]) * has_examples)[: len(batch)]
    return answered


def threshold(positive: int, negative: int) -> float:
    """Answer from which probability on a tag is suggested: with evidence less is needed, refusals raise it."""
    known = positive / (positive + 5)
    refused = negative / (positive + negative + 2)
    return min(0.95, 0.75 - 0.25 * known + 0.25 * refused)


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages as rows of a sparse matrix: weights of length 1 over the buckets."""

    ids: NDArray[np.int64]
    weights: Numbers
    starts: NDArray[np.int64]
    rarity: Numbers

    @classmethod
    def of(cls, batch: Sequence[Features], rare: Numbers) -> Rows:
        """Weigh messages by how rare their features are."""
        sizes = np.array([len(one.ids) for one in batch])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        ids = np.concatenate([one.ids for one in batch]).astype(np.int64)
        return cls(ids, np.concatenate([weighed(one, rare) for one in batch]), starts, rare)

    def nearness(self, middles: Numbers) -> Numbers:
        """Answer rows x middles: the cosine between both."""
        size = np.linalg.norm(middles, axis=1)
        near = [np.add.reduceat(middle[self.ids] * self.weights, self.starts) for middle in middles]
        found: Numbers = np.stack(near, axis=1) / np.where(size > 0, size, 1.0)
        return found

    def sums(self, shares: Numbers) -> Numbers:
        """Answer, by column of shares, the sum of the rows with their shares."""
        counts = np.diff([*self.starts, len(self.ids)])
        found = [np.bincount(self.ids, self.weights * np.repeat(share, counts), BUCKETS) for share in shares.T]
        return np.stack(found)


def rarity(examples: Sequence[Features]) -> Numbers:
    """Answer how rare each bucket is (inverse document frequency)."""
    counts = np.bincount(np.concatenate([one.ids for one in examples]), minlength=BUCKETS)
    rare: Numbers = np.log((len(examples) + 1) / (counts + 1)) + 0.1
    return rare


def weighed(features: Features, rare: Numbers) -> Numbers:
    """Answer the features' weights with length 1."""
    shares = np.repeat(np.array(VIEW_SHARES) / np.sqrt(features.counts), features.counts)
    weights: Numbers = rare[features.ids] * shares
    return weights / (np.linalg.norm(weights) or 1.0)


def _scores(found: Numbers, rows: Rows, middles: Numbers, plain: Numbers | None) -> Numbers:
    """Answer log-odds, rows x tags; where there is other mail, its middle is a last column: none of the tags."""
    if plain is not None:
        middles, found = np.concatenate([middles, plain[None]]), np.pad(found, ((0, 0), (0, 1)))
    near = rows.nearness(middles)
    score: Numbers = SLOPE * (found + CENTROID_SHARE * (near - near.mean(axis=1, keepdims=True)))
    return score


def _regression(
    tags: Mapping[str, TagExamples], name: str, background: Sequence[Features], batch: Sequence[Features]
) -> Numbers:
    """One against the rest: its refusals and the other tags' examples count whole, untagged mail a little."""
    mine = tags[name]
    others = [one for other, tag in tags.items() if other != name for one in tag.positive]
    yes = [Example(one, 1) for one in mine.positive]
    every = max(1, len(others) // (MOST_AGAINST * len(yes) + 1))
    no = [Example(one, 0) for one in (*mine.negative, *others[::every])]
    learner = Learner(2)
    for example in _mixed(yes, no, [Example(one, 0, BACKGROUND_WEIGHT) for one in background]) * PASSES:
        learner.learn(example)
    evidence = len(yes) / (len(yes) + KNOWN_FROM)
    return evidence * scores(learner.weights, batch, REGRESSION_SHARES)[:, 0]


def _mixed(*sides: Sequence[Example]) -> list[Example]:
    """Take turns in proportion, so that no side is learned only at the end."""
    placed = [((number + 0.5) / len(side), rank, one) for rank, side in enumerate(sides) for number, one in
              enumerate(side)]  # fmt: skip
    return [one for _, _, one in sorted(placed, key=lambda entry: entry[:2])]


def _middle(tag: TagExamples, rare: Numbers) -> Numbers:
    """Add up the examples, and take away those against; the many of a side count no more than the other side."""
    against = NEGATIVE_SHARE * min(1.0, len(tag.positive) / max(1, len(tag.negative)))
    return _sum(tag.positive, rare) - against * _sum(tag.negative, rare)


def _sum(examples: Sequence[Features], rare: Numbers) -> Numbers:
    middle = np.zeros(BUCKETS)
    for one in examples:
        middle[one.ids] += weighed(one, rare)
    return middle
