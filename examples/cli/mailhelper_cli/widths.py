"""How wide the columns of a table become; pure."""

from __future__ import annotations

from collections.abc import Sequence

# Columns up to this width (a date with its time) stay whole while wider ones can give.
UNCUT = 16


def share(natural: Sequence[int], available: int) -> list[int]:
    """Answer widths that fit: the widest columns give first, and short ones only when nothing else can."""
    widths = list(natural)
    for floor in (UNCUT, 1):
        while sum(widths) > available and max(widths, default=0) > floor:
            widths[widths.index(max(widths))] -= 1
    return widths
