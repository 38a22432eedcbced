"""How sure a tag is: its scores become probabilities, by what its examples say when the others judge them; pure.

A score says how much likelier a tag is than the others and than mail in general. Of mail that no tag was made for some
is always most like one of them, so a score alone is far too sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mailhelper_core.ai.gate import Sureness
from mailhelper_core.ai.learner.calibrate import Scale, logistic, platt
from mailhelper_core.ai.learner.features import Features
from mailhelper_core.ai.tagging.budget import automatic_from
from mailhelper_core.ai.tagging.tags import TagExamples, log_odds

# Examples are judged by the others in so many turns.
FOLDS = 4
# What is usual, and how strongly it holds beside a tag's own examples (docs/discussions/learning.md).
USUAL = Scale(0.3, -2.0)
STRENGTHS = (100.0, 1.0)
# What scores lower is never suggested: how often it belongs says nothing about what is.
LEAST_SCORE = 0.0
# Untagged mail that a tag seems to fit is wrong, or was not tagged yet.
UNTAGGED_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Judged:
    """What a message scored with a tag whose examples it was held back from, and whether the tag belongs to it."""

    score: float
    belongs: bool
    is_tagged: bool


def sureness(known: Mapping[str, TagExamples], untagged: Sequence[Features], errors: float) -> dict[str, Sureness]:
    """Answer each tag's scale, and from which probability on the tag may be set and keep to this share of errors."""
    return {name: _sureness(found, errors) for name, found in _judged(known, untagged).items()}


def scale_of(judged: Sequence[Judged]) -> Scale:
    """Fit the scale of one tag; with little evidence it stays near what is usual."""
    known = [one for one in judged if one.score > LEAST_SCORE]
    if not known:
        return USUAL
    scores = np.array([one.score for one in known])
    belongs = np.array([float(one.belongs) for one in known])
    weights = np.array([1.0 if one.is_tagged else UNTAGGED_WEIGHT for one in known])
    return platt(scores, belongs, weights, USUAL, STRENGTHS)


def probability(score: float, scale: Scale) -> float:
    """Answer how likely a tag belongs to a message that scored so."""
    return float(logistic(np.array(scale.slope * score + scale.offset)))


def _sureness(judged: Sequence[Judged], errors: float) -> Sureness:
    scale = scale_of(judged)
    chances = logistic(scale.slope * np.array([one.score for one in judged]) + scale.offset)
    judgements = zip(map(float, chances), (one.belongs for one in judged), strict=True)
    least = automatic_from(list(judgements), errors)
    # What is less likely than the budget allows is not set, however well the likelier ones pay for it.
    return Sureness(scale.slope, scale.offset, None if least is None else max(least, 1 - errors))


def _judged(known: Mapping[str, TagExamples], untagged: Sequence[Features]) -> dict[str, list[Judged]]:
    judged: dict[str, list[Judged]] = {name: [] for name in known}
    bearing = {name: {_key(one) for one in tag.positive} for name, tag in known.items()}
    for fold in range(FOLDS):
        kept = {name: _without(tag, fold) for name, tag in known.items()}
        asked = [(name, one, right) for name, tag in known.items() for one, right in _held_back(tag, fold)]
        asked += [("", one, False) for one in untagged[fold::FOLDS]]
        others = [one for number, one in enumerate(untagged) if number % FOLDS != fold]
        for (of, one, right), row in zip(asked, log_odds(kept, [one for _, one, _ in asked], others), strict=True):
            for name, score in zip(known, row, strict=True):
                if of == name or _key(one) not in bearing[name]:  # what bears both was not held back from the other
                    judged[name].append(Judged(float(score), right and of == name, bool(of)))
    return judged


def _key(features: Features) -> bytes:
    return features.ids.tobytes()


def _without(tag: TagExamples, fold: int) -> TagExamples:
    return TagExamples(*([one for at, one in enumerate(side) if at % FOLDS != fold] for side in _sides(tag)))


def _held_back(tag: TagExamples, fold: int) -> list[tuple[Features, bool]]:
    return [(one, side == 0) for side, every in enumerate(_sides(tag)) for one in every[fold::FOLDS]]


def _sides(tag: TagExamples) -> tuple[Sequence[Features], Sequence[Features]]:
    return tag.positive, tag.negative
