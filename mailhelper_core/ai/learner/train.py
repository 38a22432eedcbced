"""From examples to a model: what the newest examples say about one trained without them, then one trained on all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mailhelper_core.ai.learner.calibrate import Scale, fit_scale, probabilities, usual
from mailhelper_core.ai.learner.learner import Example, Floats, columns_of, fit, scores
from mailhelper_core.ai.learner.measure import Numbers, quality
from mailhelper_core.ai.learner.model import Model
from mailhelper_core.model.mind.learning import Quality

# The newest part is held back: how a model does on tomorrow's mail is what matters.
HELD_BACK = 0.2
# So many are enough to fit a scale and to compare models.
MOST_HELD_BACK = 500
# Examples a label needs before it is an answer at all: fewer say what somebody clicked, not what is meant.
LEAST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Trained:
    """A model on all examples, and the quality on the newest ones of its twin that did not see them."""

    model: Model
    held_back: Quality


def train(examples: Sequence[Example], labels: Sequence[str], start: Floats | None = None) -> Trained:
    """Train a model; the scale comes from held-back examples. The same examples give the same model."""
    older, newest = split(examples)
    twin = fit(older, len(labels), start=start)
    found = scores(twin.weights, [one.features for one in newest])
    scale = fit_scale(found, [one.label for one in newest])
    measured = quality(probabilities(found, _scale_of(older, len(labels), start)), [one.label for one in newest])
    return Trained(_whole(examples, labels, start, scale), measured)


def unmeasured(examples: Sequence[Example], labels: Sequence[str], start: Floats | None = None) -> Model:
    """Answer the model that `train` makes, without its quality, which takes a third of the time."""
    return _whole(examples, labels, start, _scale_of(examples, len(labels), start))


def split(examples: Sequence[Example]) -> tuple[Sequence[Example], Sequence[Example]]:
    """Answer the older examples and the held-back ones, the newest of each answer.

    Who empties a junk mailbox says one answer thirty times: on that alone nothing could be measured.
    """
    left = {label: int(count * HELD_BACK) for label, count in Counter(one.label for one in examples).items()}
    most = max(1.0, sum(left.values()) / MOST_HELD_BACK)
    left = {label: int(count / most) for label, count in left.items()}
    held: set[int] = set()
    for place in range(len(examples) - 1, -1, -1):
        if left[examples[place].label]:
            left[examples[place].label] -= 1
            held.add(place)
    older = [one for place, one in enumerate(examples) if place not in held]
    return older, [one for place, one in enumerate(examples) if place in held]


def chances(model: Model, examples: Sequence[Example]) -> Numbers:
    """Answer the probabilities (examples x labels) that a model gives."""
    return probabilities(scores(model.weights, [one.features for one in examples]), model.scale)


def _whole(examples: Sequence[Example], labels: Sequence[str], start: Floats | None, scale: Scale) -> Model:
    whole = fit(examples, len(labels), start=start)
    counts = Counter(one.label for one in examples)
    return Model(tuple(labels), whole.weights.astype(np.float16), scale, tuple(counts[n] for n in range(len(labels))))


def _scale_of(older: Sequence[Example], labels: int, start: Floats | None) -> Scale:
    """Fit a scale on the newest of the older examples, so that what is measured was not used to fit it."""
    oldest, newer = split(older)
    if not newer:
        return usual(columns_of(labels))
    found = scores(fit(oldest, labels, start=start).weights, [one.features for one in newer])
    return fit_scale(found, [one.label for one in newer])
