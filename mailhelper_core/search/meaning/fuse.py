"""Words and meaning in one order: each signal votes by rank, and what it added stays visible; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.model.rules.criteria import AllOf, Criteria, Is, is_presence
from mailhelper_core.query.check import is_me

# Reciprocal rank fusion: with 60 the first ten of a list count nearly alike, as in the paper of Cormack and others.
_RANK_OFFSET = 60


@dataclass(frozen=True, slots=True)
class Fused:
    """One message's place in the common order."""

    message_id: int
    score: float
    words: float = 0.0
    meaning: float = 0.0


def fused(by_words: Sequence[int], by_meaning: Sequence[tuple[int, float]]) -> list[Fused]:
    """Answer all messages of both lists, best first; what is in both counts twice."""
    words = {id_: 1 / (_RANK_OFFSET + rank) for rank, id_ in enumerate(by_words, 1)}
    meaning = {id_: 1 / (_RANK_OFFSET + rank) for rank, (id_, _) in enumerate(by_meaning, 1)}
    every = words.keys() | meaning.keys()
    both = [
        Fused(id_, words.get(id_, 0) + meaning.get(id_, 0), words.get(id_, 0), meaning.get(id_, 0)) for id_ in every
    ]
    return sorted(both, key=lambda one: (-one.score, -one.message_id))


def split(criteria: Criteria) -> tuple[str, Criteria]:
    """Answer the free words of a query, which are to be understood, and the tests that hits must meet besides."""
    parts = criteria.parts if isinstance(criteria, AllOf) else (criteria,)
    free = [part for part in parts if isinstance(part, Is) and _is_free(part)]
    return " ".join(part.value for part in free), AllOf(tuple(part for part in parts if part not in free))


def _is_free(test: Is) -> bool:
    return test.field == "any" and test.operator == ":" and not is_presence(test) and not is_me(test)
