"""Weighing named facts: tables of weights become probabilities, with the facts that decided as reasons; pure.

A weight is what a fact adds to the log-odds. The weights stand for how mail is, not for one mailbox; a learner
starts from them and corrects them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise
from math import exp, fsum

# Reasons a person reads before deciding whether to agree.
MAX_REASONS = 4

Weights = Mapping[str, float]


def logistic(score: float) -> float:
    """Answer the probability of a log-odds score."""
    return 1 / (1 + exp(-score)) if score >= 0 else exp(score) / (1 + exp(score))


def total(facts: Set[str], weights: Weights) -> float:
    """Answer the sum of the weights of these facts, the same in every process whatever the order of the set."""
    return fsum(weights[fact] for fact in facts if fact in weights)


def shares(scores: Mapping[str, float]) -> dict[str, float]:
    """Answer the probability of each label whose log score is given."""
    highest = max(scores.values())
    powers = {label: exp(score - highest) for label, score in scores.items()}
    whole = sum(powers.values())
    return {label: power / whole for label, power in powers.items()}


def levels(score: float, thresholds: Sequence[float]) -> list[float]:
    """Answer the probabilities of the levels that ordered thresholds divide a score into."""
    above = [1.0, *(logistic(score - threshold) for threshold in thresholds), 0.0]
    return [upper - lower for upper, lower in pairwise(above)]


def reasons(facts: Set[str], weights: Weights, *, sign: int = 1, first: Iterable[str] = ()) -> tuple[str, ...]:
    """Answer the facts that speak most for the answer (sign 1) or against it (-1), the strongest first."""
    speaking = [fact for fact in facts & weights.keys() if weights[fact] * sign > 0]
    speaking.sort(key=lambda fact: (-abs(weights[fact]), fact))
    return (*first, *speaking)[:MAX_REASONS]
