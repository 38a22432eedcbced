"""How tests of numbers, sizes, dates or ages relate, and which never hold, whenever they are asked; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import product

from mailhelper_core.model.mind.opinion import priority_score
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not, leaves
from mailhelper_core.model.rules.ranges import Attribute, Bound, Range, attribute_of, is_range, read_range

# Ages are compared with ages alone, so the moment does not matter.
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_AGES = frozenset(("older_than", "newer_than"))
_WORDED_DAYS = frozenset(("today", "yesterday"))
# All that a message with both levels may have; without one of them it has no score, and meets no test of it.
_LEVELS: tuple[Mapping[Attribute, int], ...] = tuple(
    {"urgency": urgency, "importance": importance, "score": priority_score(urgency, importance)}
    for urgency, importance in product(range(1, 4), repeat=2)
)
# Those of a message of which one level is known, or none.
_PARTIAL: tuple[Mapping[Attribute, int], ...] = (
    {}, {"urgency": 1}, {"urgency": 2}, {"urgency": 3}, {"importance": 1}, {"importance": 2}, {"importance": 3},
)  # fmt: skip


def lies_within(one: Is, other: Is) -> bool:
    """Say whether what lies in the one range always lies in the other."""
    found = _comparable(one, other)
    if found is None:
        return False
    inner, outer = found
    return _not_below(inner.low, outer.low) and _not_above(inner.high, outer.high)


def are_apart(one: Is, other: Is) -> bool:
    """Say whether nothing ever lies in both."""
    if _is_of_level(one) and _is_of_level(other):
        return has_no_levels((one, other))
    found = _comparable(one, other)
    return found is not None and any(
        low is not None and high is not None and high <= low  # type: ignore[operator]  # of one attribute
        for low, high in ((found[0].low, found[1].high), (found[1].low, found[0].high))
    )


def is_beyond(test: Is) -> bool:
    """Say whether a test asks for a level that no message has, such as urgency>3."""
    return has_no_levels((test,))


def has_no_levels(parts: Sequence[Criteria]) -> bool:
    """Say whether no levels that a message may have, or lack, meet all those of the parts that ask for nothing else."""
    asked = [part for part in parts if all(map(_is_of_level, leaves(part)))]
    every = (*_LEVELS, *_PARTIAL)
    return bool(asked) and not any(all(_meets(levels, part) for part in asked) for levels in every)


def _meets(levels: Mapping[Attribute, int], criteria: Criteria) -> bool:
    match criteria:
        case Is():
            asked = read_range(criteria, now=_MOMENT)
            return asked.attribute in levels and _lies_in(levels[asked.attribute], asked)
        case Not(part):
            return not _meets(levels, part)
        case AllOf(parts):
            return all(_meets(levels, part) for part in parts)
        case AnyOf(parts):
            return any(_meets(levels, part) for part in parts)


def _is_of_level(test: Is) -> bool:
    return is_range(test) and attribute_of(test) in _LEVELS[0]


def _lies_in(level: int, asked: Range) -> bool:
    is_below = asked.low is not None and level < asked.low  # type: ignore[operator]  # a level too
    return not is_below and (asked.high is None or level < asked.high)  # type: ignore[operator]


def _comparable(one: Is, other: Is) -> tuple[Range, Range] | None:
    if not (is_range(one) and is_range(other)) or _is_moving(one) != _is_moving(other):
        return None
    if {one.value.lower(), other.value.lower()} & _WORDED_DAYS:
        return None
    first, second = (read_range(test, now=_MOMENT) for test in (one, other))
    return (first, second) if (first.attribute, first.name) == (second.attribute, second.name) else None


def _is_moving(test: Is) -> bool:
    return test.field in _AGES


def _not_below(inner: Bound, outer: Bound) -> bool:
    return outer is None or (inner is not None and inner >= outer)  # type: ignore[operator]  # of one attribute


def _not_above(inner: Bound, outer: Bound) -> bool:
    return outer is None or (inner is not None and inner <= outer)  # type: ignore[operator]  # of one attribute
