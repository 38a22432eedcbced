"""Which name was probably meant, and the names in a query that nothing has; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not, leaves
from mailhelper_core.model.rules.saved import SearchHint
from mailhelper_core.query.check import is_me
from mailhelper_core.query.write import write

# The fields whose value is a name that something has.
NAMES = frozenset(("in", "tag", "account", "category"))
_MAX_VALUE = 100


def near_to(value: str, known: Mapping[str, str]) -> str:
    """Answer which of the names, by their folded form, was probably meant; empty for none."""
    close = get_close_matches(fold(value)[:_MAX_VALUE], known, 1)
    return known[close[0]] if close else ""


def names_asked(criteria: Criteria) -> frozenset[str]:
    """Answer the fields of a query that `hints` wants to know names of, and `me`."""
    asked = {leaf.field for leaf in leaves(criteria) if _is_named(leaf)}
    return frozenset(asked | {"me" for leaf in leaves(criteria) if is_me(leaf)})


def hints(criteria: Criteria, known: Mapping[str, Collection[str]], *, knows_me: bool) -> Iterator[SearchHint]:
    """Yield each name of a query that nothing has, once; of a field that `known` lacks nothing is said.

    knows_me: every account knows an address of its own.
    """
    told: set[tuple[str, str]] = set()
    for leaf in leaves(criteria):
        if is_me(leaf) and not knows_me:
            hint = SearchHint(leaf.field, leaf.value)
        elif _is_named(leaf) and leaf.field in known and fold(leaf.value) not in map(fold, known[leaf.field]):
            hint = _hint(criteria, leaf, known[leaf.field])
        else:
            continue
        if (hint.field, hint.value) not in told:
            told.add((hint.field, hint.value))
            yield hint


def _is_named(leaf: Is) -> bool:
    return leaf.field in NAMES and leaf.operator in (":", "=") and not leaf.prefix and leaf.value != "*"


def _hint(criteria: Criteria, leaf: Is, names: Collection[str]) -> SearchHint:
    near = near_to(leaf.value, {fold(name): name for name in names})
    query = write(_with(criteria, leaf, replace(leaf, value=near))) if near else ""
    return SearchHint(leaf.field, leaf.value[:_MAX_VALUE], near, query)


def _with(criteria: Criteria, leaf: Is, instead: Is) -> Criteria:
    """Answer the tree with another test in place of one."""
    match criteria:
        case Is():
            return instead if criteria == leaf else criteria
        case Not(part):
            return Not(_with(part, leaf, instead))
        case AllOf(parts):
            return AllOf(tuple(_with(part, leaf, instead) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_with(part, leaf, instead) for part in parts))
