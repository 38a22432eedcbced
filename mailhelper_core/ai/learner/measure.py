"""How good answers are: accuracy, calibration, coverage, and whether one model is better than another."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.model.mind.learning import CurvePoint, Quality

Numbers = NDArray[np.float64]
BINS = 10


def quality(chances: Numbers, right: Sequence[int]) -> Quality:
    """Measure probabilities (messages x labels) against the right labels."""
    if not len(right):
        return Quality(0, 0.0, 0.0, 0.0, (), ())
    truth, rows = np.asarray(right), np.arange(len(right))
    sure, correct = chances.max(axis=1), chances.argmax(axis=1) == truth
    ideal = np.zeros_like(chances)
    ideal[rows, truth] = 1
    curve = _calibration(sure, correct)
    off = sum(point.count * abs(point.x - point.y) for point in curve) / len(truth)
    brier = float(((chances - ideal) ** 2).sum(axis=1).mean() / 2)
    return Quality(len(truth), float(correct.mean()), brier, off, curve, _coverage(sure, correct))


def chance_of_luck(better: int, worse: int) -> float:
    """Answer how likely a fair coin gives at least so many of the differing answers to the candidate (sign test)."""
    tosses = better + worse
    return sum(comb(tosses, heads) for heads in range(better, tosses + 1)) / 2**tosses if tosses else 1.0


def _calibration(sure: Numbers, correct: NDArray[np.bool_]) -> tuple[CurvePoint, ...]:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    found = ((sure[bins == number], correct[bins == number]) for number in range(BINS))
    return tuple(CurvePoint(float(one.mean()), float(hit.mean()), len(one)) for one, hit in found if len(one))


def _coverage(sure: Numbers, correct: NDArray[np.bool_]) -> tuple[CurvePoint, ...]:
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum(correct[order])
    steps = sorted({max(1, len(sure) * part // BINS) for part in range(1, BINS + 1)})
    return tuple(CurvePoint(count / len(sure), float(right[count - 1] / count), count) for count in steps)
