"""What a run of the rules hands on from one slice of its job to the next: one Change, one cap, and where it stood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailhelper_core.rules.batches import Position


@dataclass(frozen=True, slots=True)
class Carried:
    """How far the rules came in earlier slices; without any: nothing yet.

    destructive: how much of the cap is used up. change, proposed (by rule): where what they decided was written.
    at: where the slice ended. clock: the rules by the clock that are at it, with the times that came; None: they are
    done, or were never asked for. held_back: messages that the cap holds, counted already; a cursor does not keep them.
    """

    destructive: int = 0
    change: int | None = None
    proposed: Mapping[int, int] = field(default_factory=dict)
    at: Position | None = None
    clock: Mapping[int, int] | None = None
    held_back: frozenset[int] = frozenset()

    @classmethod
    def read(cls, cursor: str) -> Carried:
        """Read a job's cursor; one that another version wrote begins anew, which does nothing twice."""
        try:
            destructive, change, proposed, at, clock = json.loads(cursor)
            return cls(
                int(destructive),
                None if change is None else int(change),
                _by_id(proposed),
                None if at is None else (int(at[0]), int(at[1])),
                None if clock is None else _by_id(clock),
            )
        except (ValueError, TypeError, AttributeError, IndexError):
            return cls()

    def write(self) -> str:
        """Answer the cursor."""
        parts = [self.destructive, self.change, dict(self.proposed), self.at, self.clock and dict(self.clock)]
        return json.dumps(parts, separators=(",", ":"))


def _by_id(found: Mapping[str, int]) -> dict[int, int]:
    return {int(id_): int(value) for id_, value in found.items()}
