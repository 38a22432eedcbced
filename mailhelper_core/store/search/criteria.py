"""Criteria as SQL: each node becomes a pair of bounds, what certainly matches and what possibly does.

The predicate (query/match.py) is the truth; what lies between the bounds is for it to decide. NOT swaps the pair.
Place tests outside of every NOT are asked of one row of placements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import and_

from mailhelper_core.model.rules.criteria import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Criteria,
    Is,
    Not,
    asks_place,
    is_of_place,
    leaves,
    simplify,
)
from mailhelper_core.store import tables as t
from mailhelper_core.store.search import bounds
from mailhelper_core.store.search.bounds import UNKNOWN, Bounds, at_most, exact, there_is
from mailhelper_core.store.search.criterion import account_ids, message_bounds
from mailhelper_core.store.search.kept import KeptBounds
from mailhelper_core.store.search.lookup import Lookup
from mailhelper_core.store.search.place_criterion import mailbox_ids, place_bounds
from mailhelper_core.store.unit_of_work import UnitOfWork

Narrow = Callable[[Is], Criteria | None]

# What names mailboxes and accounts: the same SQL as long as it names the same ones.
_NAMED: dict[str, Callable[[Is, Lookup], tuple[int, ...]]] = {"in": mailbox_ids, "account": account_ids}
# Tests that are the same SQL in every transaction, but for those; the views of every host are made of them. What also
# depends on the moment, on other names or on what the index holds is compiled anew each time.
LASTING = frozenset(
    ("is", "keyword", "has", "category", "language", "urgency", "importance", "score", "priority", "spam", "size",
     "larger", "smaller", "parse_status", *_NAMED)
)  # fmt: skip
# 20 kB each with a statement: the views of a dozen owners, or those that are the same for all.
_kept = KeptBounds(128)


def compile_bounds(
    uow: UnitOfWork, criteria: Criteria, *, now: datetime, time_zone: tzinfo = UTC, narrow: Narrow | None = None
) -> Bounds:
    """Answer the bounds of criteria as conditions on `messages`; the owner is for the query to add.

    narrow says of a plugin condition what every match of it satisfies.
    """
    simple, lookup = simplify(criteria), Lookup(uow, now, time_zone)
    compiler = _Compiler(lookup, narrow or (lambda _: None))
    tests = list(leaves(simple))
    if not all(test.field in LASTING for test in tests):
        return compiler.scope(simple)
    named = tuple(_NAMED[test.field](test, lookup) for test in tests if test.field in _NAMED)
    return _kept.get((lookup.dialect, simple, named), lambda: compiler.scope(simple))


@dataclass(frozen=True, slots=True)
class _Compiler:
    lookup: Lookup
    narrow: Narrow

    def scope(self, criteria: Criteria) -> Bounds:
        """Bounds of criteria that speak of a place of their own: that a placement exists, where they ask for one."""
        if not asks_place(criteria):
            return self.at_place(criteria)
        match criteria:
            case AnyOf(parts) if not _is_pure(criteria):
                return bounds.any_of([self.scope(part) for part in parts])
            case AllOf(parts):
                apart = tuple(part for part in parts if not asks_place(part))
                together = tuple(part for part in parts if asks_place(part))
                return bounds.all_of([self.at_place(AllOf(apart)), self.together(AllOf(together))])
            case _:
                return self.placed(criteria)

    def together(self, criteria: AllOf) -> Bounds:
        """Bounds of what is asked of one place; what lies nowhere meets it where it needs no place."""
        if len(criteria.parts) == 1:
            return self.scope(criteria.parts[0])
        placed, rest = self.placed(criteria), _without_places(criteria)
        if rest is None:
            return placed
        return bounds.any_of([placed, bounds.all_of([self.placed(EVERYTHING).opposite(), self.at_place(rest)])])

    def placed(self, criteria: Criteria) -> Bounds:
        p = t.placements.c
        here = and_(p.message_id == t.messages.c.id, p.hidden.is_(False))
        at = self.at_place(criteria)
        certainly = there_is(t.placements, here, at.certainly)
        return exact(certainly) if at.is_exact else Bounds(certainly, there_is(t.placements, here, at.possibly))

    def at_place(self, criteria: Criteria) -> Bounds:
        """Bounds where the columns of one placement are at hand."""
        query = self.lookup.text_query(criteria)
        if query:
            return self.lookup.indexed(query)
        match criteria:
            case Is():
                return self.test(criteria)
            case Not(Not(part)):
                return self.scope(part)
            case Not(part):
                return self.scope(part).opposite()
            case AllOf(parts):
                return bounds.all_of([self.at_place(part) for part in _grouped(AllOf, parts, self.lookup)])
            case AnyOf(parts):
                return bounds.any_of([self.at_place(part) for part in _grouped(AnyOf, parts, self.lookup)])

    def test(self, leaf: Is) -> Bounds:
        if is_of_place(leaf):
            return place_bounds(leaf, self.lookup)
        found = message_bounds(leaf, self.lookup)
        if found is not None:
            return found
        narrowed = self.narrow(leaf)
        return UNKNOWN if narrowed is None else at_most(self.scope(simplify(narrowed)).possibly)


def _grouped(kind: type[AllOf] | type[AnyOf], parts: Sequence[Criteria], lookup: Lookup) -> list[Criteria]:
    """Put the tests of words of a group together: they become one query of the index."""
    texts = tuple(part for part in parts if lookup.text_query(part))
    others = [part for part in parts if part not in texts]
    return [*others, kind(texts)] if texts else others


def _without_places(criteria: Criteria) -> Criteria | None:
    """Answer what is left of criteria where no test of a place holds; None where they do not hold then."""
    match criteria:
        case Is():
            return None if is_of_place(criteria) else criteria
        case Not():
            return criteria
        case AllOf(parts):
            left = [_without_places(part) for part in parts]
            return None if None in left else AllOf(tuple(filter(None, left)))
        case AnyOf(parts):
            found = tuple(part for part in map(_without_places, parts) if part is not None)
            return AnyOf(found) if found else None


def _is_pure(criteria: Criteria) -> bool:
    """Say whether nothing but place tests stands here, so that one look-up answers all of it."""
    match criteria:
        case Is():
            return is_of_place(criteria)
        case Not():
            return False
        case AllOf(parts) | AnyOf(parts):
            return all(map(_is_pure, parts))
