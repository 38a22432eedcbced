"""Decide about models: whether to train now, whether a candidate answers from now on, whether answers drift; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from typing import Literal

# The owner who clicks through a list is not followed click by click.
DEBOUNCE = timedelta(seconds=30)
# Yet a long list is not waited for.
MOST_WAITING = 50
# How likely luck may be the reason why a candidate looks better.
LUCK = 0.05
# A newer model that has learned from so much more is right by what it knows: the rule that trains it is the same.
MUCH_MORE = 1.5
# Unless it does worse than this chance explains. On few answers one or two more are lost by luck alone.
BAD_LUCK = 0.1
# How many standard errors the newest answers may be worse before that is called a drift.
DRIFT_ERRORS = 2.0
LEAST_FOR_DRIFT = 10


@dataclass(frozen=True, slots=True)
class Rival:
    """What is known of the model that answers now."""

    examples: int  # it has learned from, or the one that the owner has put back for it
    is_readable: bool


def is_due(waiting: int, since_newest: timedelta) -> bool:
    """Say whether to train: something waits, and the owner has paused or has said much."""
    return waiting > 0 and (waiting >= MOST_WAITING or since_newest >= DEBOUNCE)


def outcome(
    live: Rival | None, *, examples: int, luck: float, bad_luck: float, accuracy: float, baseline: float
) -> Literal["promoted", "shadow"]:
    """Decide about a candidate: the first must beat the most frequent answer, later ones the one that answers now.

    luck, bad_luck: how likely chance alone lets it win, or lose, by as much as it has.
    """
    if live is None or not live.is_readable:
        return "promoted" if accuracy >= baseline else "shadow"
    grown = examples >= MUCH_MORE * live.examples
    return "promoted" if luck <= LUCK or (grown and bad_luck > BAD_LUCK) else "shadow"


def drifts(recent: float, expected: float, examples: int) -> bool:
    """Say whether so many newest answers are worse than expected by more than chance explains."""
    if examples < LEAST_FOR_DRIFT:
        return False
    error = sqrt(max(expected * (1 - expected), 0.01) / examples)
    return recent < expected - DRIFT_ERRORS * error
