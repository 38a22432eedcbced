"""Which tags a message may deserve: hashed regression and centroid of few examples, both for and against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.calibrate import logistic
from mailhelper_core.ai.features import BUCKETS, Features
from mailhelper_core.ai.learner import Example, Learner, scores

Numbers = NDArray[np.float64]

# The words of a message say what it is about; headers and octets say who sent it and how.
VIEW_SHARES = (0.1, 0.4, 1.0, 0.1)
# Examples of all tags are gone through this often: few examples need more steps.
PASSES = 5
# How much the nearness to the examples' middle counts beside the regression, and how sharply.
CENTROID_SHARE = 30.0
SLOPE = 0.7
# What one example against a tag takes from its nearness, compared with one for it.
NEGATIVE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class TagExamples:
    """What the owner said about one tag: messages that have it, and messages it was refused for."""

    positive: Sequence[Features]
    negative: Sequence[Features] = ()


def score_tags(tags: Mapping[str, TagExamples], batch: Sequence[Features]) -> Numbers:
    """Answer probabilities, messages x tags in the order given; a tag without positive examples gets 0."""
    names = list(tags)
    if not names or not batch:
        return np.zeros((len(batch), len(names)))
    rarity = _rarity([one for tag in tags.values() for one in (*tag.positive, *tag.negative)])
    found = np.stack([_regression(tags, name, batch) for name in names], axis=1)
    near = np.stack([_nearness(tags[name], batch, rarity) for name in names], axis=1)
    chance = logistic(SLOPE * (found + CENTROID_SHARE * (near - near.mean(axis=1, keepdims=True))))
    known: Numbers = chance * np.array([bool(tags[name].positive) for name in names])
    return known


def threshold(positive: int, negative: int) -> float:
    """Answer from which probability on a tag is suggested: with evidence less is needed, refusals raise it."""
    known = positive / (positive + 5)
    refused = negative / (positive + negative + 2)
    return min(0.95, 0.75 - 0.25 * known + 0.25 * refused)


def _regression(tags: Mapping[str, TagExamples], name: str, batch: Sequence[Features]) -> Numbers:
    """One against the rest: its refusals count whole, the other tags' examples are what it is not."""
    mine = tags[name]
    others = [one for other, tag in tags.items() if other != name for one in tag.positive]
    yes = [Example(one, 1) for one in mine.positive]
    no = [Example(one, 0) for one in mine.negative] + [Example(one, 0) for one in others]
    learner = Learner(2)
    for example in _mixed(yes, no) * PASSES:
        learner.learn(example)
    return scores(learner.weights, batch)[:, 0]


def _mixed(yes: Sequence[Example], no: Sequence[Example]) -> list[Example]:
    """Take turns in proportion, so that neither side is learned only at the end."""
    placed = [((number + 0.5) / len(side), rank, one) for rank, side in enumerate((yes, no)) for number, one in
              enumerate(side)]  # fmt: skip
    return [one for _, _, one in sorted(placed, key=lambda entry: entry[:2])]


def _rarity(examples: Sequence[Features]) -> Numbers:
    counts = np.zeros(BUCKETS)
    for one in examples:
        counts[one.ids] += 1
    rare: Numbers = np.log((len(examples) + 1) / (counts + 1)) + 0.1
    return rare


def _nearness(tag: TagExamples, batch: Sequence[Features], rarity: Numbers) -> Numbers:
    middle = _middle(tag.positive, rarity) - NEGATIVE_SHARE * min(
        1.0, len(tag.negative) / max(1, len(tag.positive))
    ) * _middle(tag.negative, rarity)
    size = np.linalg.norm(middle) or 1.0
    return np.array([middle[one.ids] @ _weighed(one, rarity) for one in batch]) / size


def _middle(examples: Sequence[Features], rarity: Numbers) -> Numbers:
    middle = np.zeros(BUCKETS)
    for one in examples:
        middle[one.ids] += _weighed(one, rarity) / len(examples)
    return middle


def _weighed(features: Features, rarity: Numbers) -> Numbers:
    """Answer the features' weights with length 1."""
    shares = np.repeat(np.array(VIEW_SHARES), features.counts) / np.sqrt(np.repeat(features.counts, features.counts))
    weights: Numbers = rarity[features.ids] * shares
    return weights / (np.linalg.norm(weights) or 1.0)
