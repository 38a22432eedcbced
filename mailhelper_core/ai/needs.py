"""What a question still needs before it can be learned; pure, without numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# Examples an answer needs before it counts: fewer say what somebody clicked, not what is meant.
LEAST_EXAMPLES = 3
LEAST_LABELS = 2
# Answers of one question that are learned: each takes its share of a model that does not grow.
MAX_LABELS = 64


@dataclass(frozen=True, slots=True)
class Needs:
    """How many more examples there must be at least, and of which answers (empty: of any other one)."""

    count: int
    labels: tuple[str, ...]


def needs(values: Iterable[str], fixed: tuple[str, ...]) -> Needs:
    """Answer what is missing; two answers with three examples each are enough to begin."""
    counts = Counter(values)
    best = sorted(fixed or tuple(counts), key=lambda label: (-counts[label], label))[:LEAST_LABELS]
    lacking = {label: max(0, LEAST_EXAMPLES - counts[label]) for label in best}
    missing = sum(lacking.values()) + LEAST_EXAMPLES * (LEAST_LABELS - len(best))
    # With two answers the lacking one is known by name; with more it may be any.
    named = tuple(label for label, count in lacking.items() if count) if len(fixed) == LEAST_LABELS else ()
    return Needs(missing, named)


def learnable(values: Iterable[str]) -> tuple[str, ...]:
    """Answer the answers with enough examples, the most frequent where there are very many, sorted."""
    enough = [(count, value) for value, count in Counter(values).items() if count >= LEAST_EXAMPLES]
    often = sorted(enough, key=lambda one: (-one[0], one[1]))[:MAX_LABELS]
    return tuple(sorted(value for _, value in often))
