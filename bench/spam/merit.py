"""Figures of merit of scores: area, recall at few false alarms, threshold, Brier, abstention, paired bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
RESAMPLES = 1_000


def area_missed(spam: Flags, scores: Numbers) -> float:
    """Answer 1 - AUC in percent."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    positive, negative = spam.sum(), len(spam) - spam.sum()
    area = (rank[spam].sum() - positive * (positive + 1) / 2) / (positive * negative)
    return float(100 * (1 - area))


def recall(spam: Flags, scores: Numbers, *, false_alarms: float) -> float:
    """Answer the share of spam found when at most this share of ham is called spam.

    Where the deciding score is that of several mails, the share of them that may be called spam counts of both: a
    peer that prints few digits, or says 1 of much, is not worse for its ties.
    """
    ham = np.sort(scores[~spam])[::-1]
    allowed = int(false_alarms * len(ham))
    deciding = ham[allowed]
    share = (allowed - (ham > deciding).sum()) / (ham == deciding).sum()
    return float((scores[spam] > deciding).mean() + share * (scores[spam] == deciding).mean())


def false_alarms(spam: Flags, scores: Numbers, threshold: float) -> float:
    """Answer the share of ham called spam."""
    return float((scores[~spam] > threshold).mean())


def f1(spam: Flags, scores: Numbers, threshold: float) -> float:
    """Answer the harmonic mean of precision and recall."""
    called = scores > threshold
    return float(2 * (called & spam).sum() / (called.sum() + spam.sum()))


def brier(spam: Flags, chances: Numbers) -> float:
    """Answer the mean squared error."""
    return float(((chances - spam) ** 2).mean())


def abstaining(spam: Flags, chances: Numbers, *, share: float) -> float:
    """Answer the share of errors in what is left when the least sure share of mails stays open."""
    surest = np.argsort(-np.abs(chances - 0.5), kind="stable")[: len(chances) - int(share * len(chances))]
    return float(((chances > 0.5) != spam)[surest].mean())


def accuracy(spam: Flags, scores: Numbers) -> float:
    """Answer the share of mails on the right side of zero."""
    return float(((scores > 0) == spam).mean())


def difference_interval(
    draws: Sequence[tuple[Flags, Numbers, Numbers]], figure: Callable[[Flags, Numbers], float]
) -> tuple[float, float]:
    """Answer the 95 % interval of the mean of ours - theirs, with draws and the mails of each drawn again.

    draws: (spam, ours, theirs) of the same mails.
    """
    drawn, found = np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        differences = []
        for number in drawn.integers(0, len(draws), len(draws)):
            spam, ours, theirs = draws[number]
            some = drawn.integers(0, len(spam), len(spam))
            if 0 < spam[some].sum() < len(some):
                differences.append(figure(spam[some], ours[some]) - figure(spam[some], theirs[some]))
        if differences:
            found.append(np.mean(differences))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def ratio_interval(
    spam: Flags, ours: Numbers, theirs: Numbers, figure: Callable[[Flags, Numbers], float]
) -> tuple[float, float]:
    """Answer the 95 % interval of ours/theirs over resampled mails, the same for both."""
    drawn, found = np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        some = drawn.integers(0, len(spam), len(spam))
        if 0 < spam[some].sum() < len(some):
            found.append(figure(spam[some], ours[some]) / max(figure(spam[some], theirs[some]), 1e-9))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
