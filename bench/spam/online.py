"""Figures of online runs: rank, few false alarms, the shipped threshold, Brier, abstention, beside the peer's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from bench.figure import Figure
from bench.spam.merit import RESAMPLES, Flags, Numbers, abstaining, area_missed, brier, f1, false_alarms, recall

# The threshold of the ready-made rule that moves spam away; bogofilter's own is its 0.5 of this scale.
OURS_FROM, THEIRS_FROM = 0.95, 0.5
# The share of mails that may stay open, the least sure ones.
OPEN = 0.07


@dataclass(frozen=True, slots=True)
class Run:
    """One order of the mails: the truth, our probabilities, the peer's scores."""

    spam: Flags
    ours: Numbers
    theirs: Numbers


def ratio(order: str, runs: Sequence[Run], spread: str, target: float) -> Figure:
    """Answer the row of 1-AUC against bogofilter."""
    ours = [area_missed(run.spam, run.ours) for run in runs]
    theirs = [area_missed(run.spam, run.theirs) for run in runs]
    found = median(one / two for one, two in zip(ours, theirs, strict=True))
    value, peer = f"{median(ours):.3f} %, {found:.2f}x ({spread})", f"bogofilter {median(theirs):.3f} %"
    return Figure(f"spam online {order}, 1-AUC", f"<= {target:.2f}x bogofilter", value, peer, found <= target)


def median_interval(runs: Sequence[Run], figure: Callable[[Flags, Numbers], float]) -> tuple[float, float]:
    """Answer the 95 % interval of the median ratio: mails are drawn again within each order, the same for both."""
    drawn, found = np.random.default_rng(1), []
    for _ in range(RESAMPLES // len(runs)):
        ratios = []
        for run in runs:
            some = drawn.integers(0, len(run.spam), len(run.spam))
            ratios.append(figure(run.spam[some], run.ours[some]) / max(figure(run.spam[some], run.theirs[some]), 1e-9))
        found.append(median(ratios))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def thresholds(order: str, runs: Sequence[Run]) -> Iterator[Figure]:
    """Yield the rows at few false alarms, at the shipped threshold, of Brier and of abstention."""
    yield _few_alarms(order, runs)
    yield _shipped(order, runs)
    yield _brier(order, runs)
    left = [abstaining(run.spam[len(run.spam) // 2 :], run.ours[len(run.ours) // 2 :], share=OPEN) for run in runs]
    name = f"errors when the {OPEN:.0%} least sure stay open, second half, {order}"
    yield Figure(name, "<= .001", f"{median(left):.4f} ({min(left):.4f}..{max(left):.4f})", "", median(left) <= 0.001)


def _few_alarms(order: str, runs: Sequence[Run]) -> Figure:
    ours = [recall(run.spam, run.ours, false_alarms=0.001) for run in runs]
    theirs = [recall(run.spam, run.theirs, false_alarms=0.001) for run in runs]
    value, peer = f"{median(ours):.3f} ({_spread(ours)})", f"bogofilter {median(theirs):.3f} ({_spread(theirs)})"
    return Figure(
        f"recall at 0.1 % false alarms, {order}", ">= bogofilter", value, peer, median(ours) >= median(theirs)
    )


def _shipped(order: str, runs: Sequence[Run]) -> Figure:
    alarms = median(false_alarms(run.spam, run.ours, OURS_FROM) for run in runs)
    score = median(f1(run.spam, run.ours, OURS_FROM) for run in runs)
    peer_alarms = median(false_alarms(run.spam, run.theirs, THEIRS_FROM) for run in runs)
    peer_score = median(f1(run.spam, run.theirs, THEIRS_FROM) for run in runs)
    name = f"ham called spam at the shipped threshold, {order}"
    value, peer = f"{alarms:.4f}, F1 {score:.4f}", f"bogofilter {peer_alarms:.4f}, F1 {peer_score:.4f}"
    is_met = alarms <= peer_alarms and score >= peer_score
    return Figure(name, "<= bogofilter, F1 no lower", value, peer, is_met)


def _brier(order: str, runs: Sequence[Run]) -> Figure:
    ours = median(brier(run.spam, run.ours) for run in runs)
    theirs = median(brier(run.spam, run.theirs) for run in runs)
    value = f"{ours:.4f}, {ours / theirs:.2f}x"
    return Figure(f"Brier, {order}", "<= 0.5x bogofilter", value, f"bogofilter {theirs:.4f}", ours <= 0.5 * theirs)


def _spread(found: Sequence[float]) -> str:
    return f"{min(found):.3f}..{max(found):.3f}"
