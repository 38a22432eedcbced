"""How far a classifier is relied on once the owner has agreed and disagreed with it; pure."""

from __future__ import annotations

from math import log

from mailhelper_core.store.mind.agreement import Agreement

# Corrections are made where something was wrong, so disagreement must show often before it counts; the first
# guess is worth so many corrections.
FIRST_GUESS = 10.0
# Confidence has no meaning at the ends.
LEAST, MOST = 0.5, 0.99


def learned_reliability(declared: float, seen: Agreement) -> float:
    """Answer the weight of a classifier's log-odds, 0..declared: how sure it may be against how sure it claims to be.

    One that is right as often as it claims keeps its weight; one that is right half of the time loses it.
    """
    claimed = min(max(seen.confidence, LEAST + 0.01), MOST)
    right = (seen.agreed + FIRST_GUESS * claimed) / (seen.count + FIRST_GUESS)
    earned = _log_odds(min(max(right, LEAST), MOST)) / _log_odds(claimed)
    return declared * min(1.0, max(0.0, earned))


def _log_odds(chance: float) -> float:
    return log(chance / (1 - chance))
