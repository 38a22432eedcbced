"""Which name was probably meant, and the names in a query that nothing has; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice

from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not, leaves
from mailhelper_core.model.rules.saved import SearchHint
from mailhelper_core.query.check import is_me
from mailhelper_core.query.write import write

# The fields whose value is a name that something has.
NAMES = frozenset(("in", "tag", "account", "category"))
_MAX_VALUE = 100
# Nobody reads more, and each costs a look at all the names there are.
MAX_HINTS = 10


def near_to(value: str, known: Mapping[str, str]) -> str:
    """Answer which of the names, by their folded form, was probably meant; empty for none."""
    wanted = fold(value)[:_MAX_VALUE]
    # A mailbox below others, as all are on some servers: INBOX.Tax.
    below = [name for name in known if wanted and name.endswith((f".{wanted}", f"/{wanted}"))]
    close = below or get_close_matches(wanted, known, 1)
    return known[close[0]] if close else ""


def names_asked(criteria: Criteria) -> frozenset[str]:
    """Answer the fields of a query that `hints` wants to know names of, and `me`."""
    asked = {leaf.field for leaf in leaves(criteria) if _is_named(leaf)}
    return frozenset(asked | {"me" for leaf in leaves(criteria) if is_me(leaf)})


def hints(criteria: Criteria, known: Mapping[str, Collection[str]], *, knows_me: bool) -> Iterator[SearchHint]:
    """Yield each name of a query that nothing has, once; of a field that `known` lacks nothing is said.

    knows_me: every account knows an address of its own. Some are enough: MAX_HINTS.
    """
    there = {field: {fold(name): name for name in names} for field, names in known.items()}
    for leaf in islice(_missing(criteria, there, knows_me=knows_me), MAX_HINTS):
        yield SearchHint(leaf.field, leaf.value) if is_me(leaf) else _hint(criteria, leaf, there[leaf.field])


def _missing(criteria: Criteria, there: Mapping[str, Mapping[str, str]], *, knows_me: bool) -> Iterator[Is]:
    """Yield the tests that ask for a name that nothing has, one for each name."""
    told: set[tuple[str, str]] = set()
    for leaf in leaves(criteria):
        is_named = _is_named(leaf) and leaf.field in there and fold(leaf.value) not in there[leaf.field]
        asked = (leaf.field, leaf.value[:_MAX_VALUE])
        if asked not in told and ((is_me(leaf) and not knows_me) or is_named):
            told.add(asked)
            yield leaf


def _is_named(leaf: Is) -> bool:
    return leaf.field in NAMES and leaf.operator in (":", "=") and not leaf.prefix and leaf.value != "*"


def _hint(criteria: Criteria, leaf: Is, names: Mapping[str, str]) -> SearchHint:
    near = near_to(leaf.value, names)
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
