"""The shared prior: what owners who consent have learned, added up; a sum of deltas, one for each owner.

A delta is learned from one owner's examples alone, and bounded. The sum over other owners is where learning begins.
To take a delta away is to add up without it. A feature that fewer than two owners know is left out: names of
people and places that one owner writes about stay that owner's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from mailhelper_core.ai.learner.calibrate import Scale
from mailhelper_core.ai.learner.learner import Example, Floats, buckets_of, columns_of, fit
from mailhelper_core.ai.learner.model import Model
from mailhelper_core.errors import InvalidError

# Owners whose deltas make a prior, at least: of two, each would know what the other one said.
LEAST_OWNERS = 3
# Owners who must know a feature.
LEAST_KNOWN_BY = 2
# Nobody's weight of a feature counts more than this, however often it was said.
BOUND = 2.0
# The sum is divided by the owners and so many more: few owners are believed less.
CAUTION = 2.0


def delta_of(examples: Sequence[Example], labels: Sequence[str]) -> Model:
    """Learn one owner's delta; `labels` are all fixed answers of the question, so that deltas can be added up."""
    weights = np.clip(fit(examples, len(labels)).weights, -BOUND, BOUND).astype(np.float16)
    counts = Counter(one.label for one in examples)
    return Model(tuple(labels), weights, Scale(), tuple(counts[number] for number in range(len(labels))))


def prior_of(deltas: Sequence[Model]) -> Model:
    """Add up deltas. Raises InvalidError "too_few" for too few owners; deltas of other labels are left out."""
    labels = deltas[0].labels if deltas else ()
    alike = [one for one in deltas if one.labels == labels]
    if len(alike) < LEAST_OWNERS:
        raise InvalidError("Too few owners share what they have learned.", code="too_few")
    total, known = np.zeros(alike[0].weights.shape, np.float32), np.zeros(alike[0].weights.shape, np.int32)
    for one in alike:
        total += one.weights
        known += one.weights != 0
    total[known < LEAST_KNOWN_BY] = 0
    examples = tuple(sum(one.examples[number] for one in alike) for number in range(len(labels)))
    return Model(labels, (total / (len(alike) + CAUTION)).astype(np.float16), Scale(), examples)


def start(prior: Model | None, labels: Sequence[str]) -> Floats | None:
    """Answer the weights with which learning of these labels begins: those of the prior, of its own labels none."""
    if prior is None:
        return None
    columns, buckets = columns_of(len(labels)), buckets_of(len(labels))
    by_label = {label: _fitting(row, buckets) for label, row in _rows(prior).items()}
    nothing = np.zeros(buckets, np.float32)
    if columns == 1:
        return (by_label.get(labels[1], nothing) - by_label.get(labels[0], nothing))[None] / _SIDES
    return np.stack([by_label.get(label, nothing) for label in labels])


# Of two labels one column says both: against the first is for the second.
_SIDES = np.float32(2.0)


def _rows(prior: Model) -> dict[str, Floats]:
    weights = prior.weights.astype(np.float32)
    if len(weights) == 1:
        return {prior.labels[0]: -weights[0], prior.labels[1]: weights[0]}
    return dict(zip(prior.labels, weights, strict=True))


def _fitting(row: Floats, buckets: int) -> Floats:
    """Answer a row with so many buckets: fewer are repeated, more are folded, as `ids & (buckets - 1)` does."""
    if len(row) <= buckets:
        return np.tile(row, buckets // len(row))
    folded: Floats = row.reshape(-1, buckets).sum(axis=0)
    return folded
