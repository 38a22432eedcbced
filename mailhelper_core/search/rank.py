"""Ranking by where the words of a query stand: subject before sender before recipients; pure.

The text is not looked into: for every hit of a common word that takes longer than a page may.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not, is_presence
from mailhelper_core.query.check import is_me
from mailhelper_core.store.search.text_query import TextField

# A word in the subject says more than the same word in all other fields together.
FIELD_WEIGHTS: dict[TextField, int] = {"subject": 8, "sender": 4, "recipients": 2}
# More words do not change the order of the best; each costs a look into the index.
MAX_RANKED_TESTS = 8

# Which fields of the index a test of words can be found in, best first.
_FIELDS: dict[str, tuple[TextField, ...]] = {
    "any": ("subject", "sender", "recipients"),
    "subject": ("subject",),
    "from": ("sender",),
    "recipient": ("recipients",),
}


def ranked_tests(criteria: Criteria) -> list[tuple[Is, TextField]]:
    """Answer the tests whose hits count, each with a field to look at; what stands behind NOT does not count."""
    tests = dict.fromkeys(filter(_is_of_words, _positive(criteria)))
    return [(leaf, field) for leaf in list(tests)[:MAX_RANKED_TESTS] for field in _FIELDS[leaf.field]]


def rank(ids: Sequence[int], hits: Iterable[tuple[Is, TextField, Set[int]]]) -> dict[int, int]:
    """Answer the score of each message: for each test the weight of the best field it was found in."""
    scores = dict.fromkeys(ids, 0)
    counted: set[tuple[Is, int]] = set()
    for leaf, field, found in hits:
        for id_ in scores.keys() & found:
            if (leaf, id_) not in counted:
                counted.add((leaf, id_))
                scores[id_] += FIELD_WEIGHTS[field]
    return scores


def _is_of_words(leaf: Is) -> bool:
    return leaf.field in _FIELDS and leaf.operator == ":" and not is_presence(leaf) and not is_me(leaf)


def _positive(criteria: Criteria) -> Iterable[Is]:
    match criteria:
        case Is():
            yield criteria
        case Not():
            return
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _positive(part)
