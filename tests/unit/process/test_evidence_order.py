"""Evidence sums to the same whatever the order in which a set gives its facts."""

from __future__ import annotations

from itertools import permutations

from mailhelper_core.process.heuristics.evidence import total


def test_the_order_of_facts_changes_nothing() -> None:
    weights = {"a": 0.1, "b": 0.2, "c": 0.3, "d": -0.4}

    assert len({total(dict.fromkeys(order).keys(), weights) for order in permutations(weights)}) == 1
