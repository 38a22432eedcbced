"""Charts as numbers for inline SVG: no script, no style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The width of the longest bar, in units of the drawing.
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, number, width of FULL, and the query behind it."""

    name: str
    number: int
    width: float
    query: str = ""


def bars(rows: Sequence[tuple[str, int, str]]) -> tuple[Bar, ...]:
    """Answer bars as wide as their share of the longest."""
    longest = max((number for _, number, _ in rows), default=0)
    return tuple(
        Bar(name, number, round(FULL * number / longest, 1) if longest else 0, query) for name, number, query in rows
    )
