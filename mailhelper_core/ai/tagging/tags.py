"""Which tags a message may deserve: hashed regression and centroids of few examples, both for and against.

Mail that nobody has tagged helps: it says which features are rare, what lies surely near a tag's examples is counted
with them, a little, and messages that are much like each other, as of one thread, get what is likely for both
(few examples gain most; measured on mailing lists).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mailhelper_core.ai.learner.calibrate import logistic
from mailhelper_core.ai.learner.features import Features
from mailhelper_core.ai.learner.learner import Example, Floats, Learner, scores
from mailhelper_core.ai.tagging.nearness import Nearness
from mailhelper_core.ai.tagging.rows import Numbers, Rows

# How much each view's regression says.
REGRESSION_SHARES = np.array([1.0, 0.0, 0.2, 1.0, 1.0, 1.0, 0.0])
# So many examples of a tag give its regression half of its say: with few it knows less than the nearness does.
KNOWN_FROM = 30
# Examples of all tags are gone through this often: few examples need more steps.
PASSES = 3
# Examples against a tag that its regression learns from, beside each one for it: more cost time and say little.
MOST_AGAINST = 3
# What one example against a tag takes from its nearness, compared with one for it.
NEGATIVE_SHARE = 0.5
# Untagged mail is against a tag, but only probably.
BACKGROUND_WEIGHT = 0.2
# Without another tag, so much mail must be known that a tag is not meant for: all mail is like some mail.
LEAST_CONTRAST = 5


@dataclass(frozen=True, slots=True)
class TagExamples:
    """What the owner said about one tag: messages that have it, and messages it was refused for."""

    positive: Sequence[Features]
    negative: Sequence[Features] = ()


def score_tags(
    tags: Mapping[str, TagExamples], batch: Sequence[Features], background: Sequence[Features] = ()
) -> Numbers:
    """Answer how like each message is to each tag, 0 to 1, messages x tags in the order given, from `log_odds`.

    It orders; a probability it is only with the scale of `tagging.sureness`.
    """
    return logistic(log_odds(tags, batch, background))


def log_odds(
    tags: Mapping[str, TagExamples], batch: Sequence[Features], background: Sequence[Features] = ()
) -> Numbers:
    """Answer scores, messages x tags in the order given; a tag without positive examples gets the least.

    background: other mail of the owner, which is not known to have any of the tags.
    """
    names = list(tags)
    contrast = (
        max(0, len(names) - 1) * LEAST_CONTRAST + len(background) + sum(len(one.negative) for one in tags.values())
    )
    if not batch or contrast < LEAST_CONTRAST:
        return np.full((len(batch), len(names)), -np.inf)
    weights = np.stack([_regression(tags, name, background) for name in names])
    found = scores(weights, [*batch, *background], REGRESSION_SHARES)
    found *= [_evidence(tags[name]) for name in names]
    score = _nearness(tags, batch, background).scores(np.pad(found, ((0, 0), (0, int(bool(background))))))
    has_examples = np.array([bool(tags[name].positive) for name in names])
    answered: Numbers = np.where(has_examples, score[:, : len(names)], -np.inf)[: len(batch)]
    return answered


def threshold(positive: int, negative: int) -> float:
    """Answer from which likeness on a tag is suggested: with evidence less is needed, refusals raise it."""
    known = positive / (positive + 5)
    refused = negative / (positive + negative + 2)
    return min(0.95, 0.75 - 0.25 * known + 0.25 * refused)


def _nearness(tags: Mapping[str, TagExamples], batch: Sequence[Features], background: Sequence[Features]) -> Nearness:
    """Compare all mail that is known; where there is other mail, its middle is a last column: none of the tags."""
    examples = [one for tag in tags.values() for one in (*tag.positive, *tag.negative)]
    columns = len(tags) + bool(background)
    told, asked = np.array(list(_told(tags, columns))).reshape(-1, columns), len(batch) + len(background)
    shares = np.zeros((asked + len(examples), columns))
    shares[len(batch) : asked, len(tags) :] = 1.0
    shares[asked:] = np.array(list(_shares(tags, columns))).reshape(-1, columns)
    counts = np.array([len(tag.positive) for tag in tags.values()], dtype=np.float64)
    return Nearness.of(Rows.of([*batch, *background, *examples]), shares, told, counts)


def _told(tags: Mapping[str, TagExamples], columns: int) -> Iterator[Numbers]:
    """Yield the chances of the columns for each example: one for a tag has it, one against it any other."""
    for number, tag in enumerate(tags.values()):
        mine = np.eye(columns)[number]
        yield from [mine] * len(tag.positive)
        yield from [(1 - mine) / max(1, columns - 1)] * len(tag.negative)


def _shares(tags: Mapping[str, TagExamples], columns: int) -> Iterator[Numbers]:
    """Yield how each example counts in the middle of each tag; the many against count no more than those for it."""
    for number, tag in enumerate(tags.values()):
        mine = np.eye(columns)[number]
        yield from [mine] * len(tag.positive)
        against = NEGATIVE_SHARE * min(1.0, len(tag.positive) / max(1, len(tag.negative)))
        yield from [-against * mine] * len(tag.negative)


def _evidence(tag: TagExamples) -> float:
    return len(tag.positive) / (len(tag.positive) + KNOWN_FROM)


def _regression(tags: Mapping[str, TagExamples], name: str, background: Sequence[Features]) -> Floats:
    """One against the rest: its refusals and the other tags' examples count whole, untagged mail a little."""
    mine = tags[name]
    others = [one for other, tag in tags.items() if other != name for one in tag.positive]
    yes = [Example(one, 1) for one in mine.positive]
    every = max(1, len(others) // (MOST_AGAINST * len(yes) + 1))
    no = [Example(one, 0) for one in (*mine.negative, *others[::every])]
    learner = Learner(2)
    for example in _mixed(yes, no, [Example(one, 0, BACKGROUND_WEIGHT) for one in background]) * PASSES:
        learner.learn(example)
    weights: Floats = learner.weights[0]
    return weights


def _mixed(*sides: Sequence[Example]) -> list[Example]:
    """Take turns in proportion, so that no side is learned only at the end."""
    placed = [((number + 0.5) / len(side), rank, one) for rank, side in enumerate(sides) for number, one in
              enumerate(side)]  # fmt: skip
    return [one for _, _, one in sorted(placed, key=lambda entry: entry[:2])]
