"""Calibration: scores become probabilities, fitted on examples that the model had not learned from (Platt)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

# What holds before there is evidence, tuned like the learner's steps; as strong as this many examples.
FIRST_SLOPE = 0.25
FIRST_STRENGTH = 20.0
SLOPES = (0.1, 2.0)
# The same for questions of many answers, times the root of how many: their scores promise more, of levels most.
# With the values of yes and no .97 was said of urgency after 80 corrections, and .78 were right.
FIRST_SLOPE_OF_MANY = 0.05
FIRST_STRENGTH_OF_MANY = 5.0
SLOPES_OF_MANY = (0.02, 2.0)
MOST_OFFSET = 3.0
ROUNDS = 25
SMALLEST_STEP = 1e-9
_STEEPEST = 35.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Log-odds = slope * score + offset; the offset is for models with one column."""

    slope: float = FIRST_SLOPE
    offset: float = 0.0


def probabilities(scores: Numbers, scale: Scale) -> Numbers:
    """Answer messages x labels: for one column the chances of no and yes, else shares that add up to 1."""
    if scores.shape[1] == 1:
        yes = logistic(scale.slope * scores[:, 0] + scale.offset)
        return np.stack([1 - yes, yes], axis=1)
    raised = scale.slope * scores
    powers: Numbers = np.exp(raised - raised.max(axis=1, keepdims=True))
    shares: Numbers = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit_scale(scores: Numbers, labels: Sequence[int]) -> Scale:
    """Fit the scale to held-back examples; with few of them it stays near what is usual."""
    if len(labels) == 0:
        return usual(scores.shape[1])
    right = np.asarray(labels)
    if scores.shape[1] != 1:
        return _temperature(scores, right)
    yes, no = (right > 0).sum(), (right == 0).sum()
    target = np.where(right > 0, (yes + 1) / (yes + 2), 1 / (no + 2))  # kept off 0 and 1 as Platt has it
    found = platt(scores[:, 0], target, np.ones(len(right)), Scale(), (FIRST_STRENGTH, 1.0))
    return Scale(found.slope, float(np.clip(found.offset, -MOST_OFFSET, MOST_OFFSET)))


def usual(columns: int) -> Scale:
    """Answer the scale that holds without evidence."""
    return Scale() if columns == 1 else Scale(FIRST_SLOPE_OF_MANY * sqrt(columns))


def logistic(scores: Numbers) -> Numbers:
    """Answer the probabilities of log-odds."""
    found: Numbers = 1 / (1 + np.exp(-np.clip(scores, -_STEEPEST, _STEEPEST)))
    return found


def platt(scores: Numbers, target: Numbers, weights: Numbers, usual: Scale, strengths: tuple[float, float]) -> Scale:
    """Fit the slope and the offset by Newton's method with shortened steps; strengths: how much holds what is usual."""
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    first, prior = np.array([usual.slope, usual.offset]), np.diag(strengths)

    def loss(at: Numbers) -> float:
        margin, off = design @ at, at - first
        return float((weights * (np.logaddexp(0, margin) - target * margin)).sum() + off @ prior @ off / 2)

    found = first
    for _ in range(ROUNDS):
        chance = logistic(design @ found)
        slope = design.T @ (weights * (chance - target)) + prior @ (found - first)
        bend = (design * (weights * chance * (1 - chance))[:, None]).T @ design + prior
        step = np.linalg.solve(bend, slope)
        while loss(found - step) > loss(found) and np.abs(step).max() > SMALLEST_STEP:
            step = step / 2
        found = found - step
    return Scale(float(np.clip(found[0], *SLOPES)), float(found[1]))


def _temperature(scores: Numbers, right: NDArray[np.int_]) -> Scale:
    """Try slopes on a grid: the loss has one minimum and need not be found exactly."""
    rows, first = np.arange(len(right)), usual(scores.shape[1]).slope

    def loss(slope: float) -> float:
        chance = probabilities(scores, Scale(slope))[rows, right]
        held = FIRST_STRENGTH_OF_MANY * np.log(slope / first) ** 2
        return float(-np.log(np.maximum(chance, 1e-9)).sum() + held)

    return Scale(min((float(slope) for slope in np.geomspace(*SLOPES_OF_MANY, 41)), key=loss))
