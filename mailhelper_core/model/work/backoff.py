"""How long to wait before what failed is tried again. Values in, values out."""

from __future__ import annotations

# 60 s * 2^6 is an hour and four minutes: what is away for a day is still asked hourly.
MAX_DOUBLINGS = 6


def backoff(failures: int, first_seconds: float, draw: float, *, doublings: int = MAX_DOUBLINGS) -> float:
    """Answer the seconds until the next try after so many failures in a row.

    They double with each failure, so many times, and are spread by 0.5 to 1.5 with a draw of 0 to 1: what failed
    together does not come back together.
    """
    return float(first_seconds * 2 ** min(max(failures - 1, 0), doublings) * (0.5 + draw))
