"""From which chance on a tag may be set without asking, so that the owner's share of errors is kept; pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

# One-sided 90 %: a budget is kept in nine of ten mailboxes, not in the luckiest half.
SURENESS = 1.2816


def automatic_from(judged: Sequence[tuple[float, bool]], errors: float) -> float | None:
    """Answer the least chance above which at most this share is wrong, None where the evidence does not say so.

    judged: (chance, whether the tag belongs) of messages whose examples were held back when they were judged.
    """
    found, right = None, 0
    ordered = sorted(judged, reverse=True)
    for number, (chance, belongs) in enumerate(ordered, 1):
        right += belongs
        is_last = number == len(ordered) or ordered[number][0] < chance
        if is_last and errors > 0 and worst_share(number - right, number) <= errors:
            found = chance
    return found


def worst_share(wrong: int, count: int) -> float:
    """Answer the share of errors that so many wrong ones may still stand for (Wilson's upper bound)."""
    share, square = wrong / count, SURENESS * SURENESS
    spread = SURENESS * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return (share + square / (2 * count) + spread) / (1 + square / count)
