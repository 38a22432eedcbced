"""What the web host answered, by the step it was asked in: how long good answers took, what was refused or failed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from statistics import median, quantiles


@dataclass
class Answers:
    """Milliseconds of good answers by step, refusals with Retry-After, everything else."""

    walls: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: int = 0
    errors: int = 0

    def as_figures(self) -> dict[str, float]:
        """Answer the figures of all answers, and how many there were of each step and what they took."""
        walls = list(chain.from_iterable(self.walls.values())) or [0.0]
        figures = {
            "requests": float(len(walls) + self.refused + self.errors),
            "refused": float(self.refused),
            "errors": float(self.errors),
            "p50_ms": median(walls),
            "p95_ms": quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0],
        }
        for step, some in self.walls.items():
            figures |= {f"{step}_count": float(len(some)), f"{step}_ms": median(some)}
        return figures
