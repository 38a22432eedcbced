"""How two tests of numbers, sizes, dates or ages relate, whenever they are asked; pure."""

from __future__ import annotations

from datetime import UTC, datetime

from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.rules.ranges import Bound, Range, is_range, read_range

# Ages are compared with ages alone, so the moment does not matter.
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_AGES = frozenset(("older_than", "newer_than"))
_WORDED_DAYS = frozenset(("today", "yesterday"))


def lies_within(one: Is, other: Is) -> bool:
    """Say whether what lies in the one range always lies in the other."""
    found = _comparable(one, other)
    if found is None:
        return False
    inner, outer = found
    return _not_below(inner.low, outer.low) and _not_above(inner.high, outer.high)


def are_apart(one: Is, other: Is) -> bool:
    """Say whether nothing ever lies in both."""
    found = _comparable(one, other)
    return found is not None and any(
        low is not None and high is not None and high <= low  # type: ignore[operator]  # of one attribute
        for low, high in ((found[0].low, found[1].high), (found[1].low, found[0].high))
    )


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
