"""How many messages to ask for at once, so that over a slow line no answer keeps a sync that must end; pure.

An answer of which something is stored already is left half-way. The first one of a sync is not: it would begin anew for
ever. So that one is small, and what it took decides about the next.
"""

from __future__ import annotations

from dataclasses import dataclass

# The first command tells of these: 22 KB, or six seconds of the slowest line that is read at all (4 KB/s). A day's new
# mail is one command, or two.
FIRST = 50
# Fewer are never asked for.
LEAST = 25
# Fewer tell nothing of a line: they come in a few packets. Less than LEAST, of which some may not come, and a line that
# was slow once would be taken for slow for ever.
TELLING = LEAST // 2
# An answer shall take no longer: something of it is to be stored within a slice of a job, and before a worker must end.
SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages a second came; None while nobody knows."""

    per_second: float | None = None

    def size(self, missing: int, at_most: int) -> int:
        """Answer how many of the missing messages to ask for."""
        most = FIRST if self.per_second is None else max(LEAST, int(min(self.per_second * SECONDS, at_most)))
        return min(missing, most, at_most)

    def after(self, count: int, seconds: float) -> Pace:
        """Answer what is known once so many messages came, within so many seconds from the first to the last."""
        if count < TELLING:
            return self
        return Pace(count / max(seconds, 0.001))
