"""How far who gives an opinion is relied on: by what it is, and by how often the owner agreed with it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from types import MappingProxyType

from mailhelper_core.model.extension import Classifier, Cost, Registry
from mailhelper_core.process import learned
from mailhelper_core.store.mind.agreement import Agreement

# Corrections are made where something was wrong, so disagreement must show often before it counts; the first
# guess is worth so many corrections.
FIRST_GUESS = 10.0
# Confidence has no meaning at the ends.
LEAST, MOST = 0.5, 0.99
# Who wrote a mail can talk a model into an answer, but not change its header.
RELIABILITY: Mapping[Cost, float] = MappingProxyType({"cpu": 1.0, "network": 0.9, "llm": 0.7})


def reliability(registry: Registry, seen: Mapping[tuple[str, str], Agreement]) -> dict[str, float]:
    """Answer how far opinions are relied on: as declared, and by question where the owner has spoken."""
    declared = {name: declared_reliability(one.provider) for name, one in registry.classifiers.items()}
    declared |= {f"{name}:{pace}": RELIABILITY["llm"] for name in registry.providers for pace in ("fast", "strong")}
    return declared | {
        f"{name}/{kind}": learned_reliability(declared[name], one)
        for (name, kind), one in seen.items()
        if name in declared and name != learned.NAME
    }


def declared_reliability(classifier: Classifier) -> float:
    """Answer how far a classifier is relied on before the owner has spoken: as it says, else by what it costs."""
    return RELIABILITY[classifier.cost] if classifier.reliability is None else float(classifier.reliability)


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
