"""A pair of SQL conditions: what certainly matches, and what possibly does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, literal, not_, or_, select, true

from mailhelper_core.store.prepared import Prepared

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Bounds:
    """certainly implies what is asked, what is asked implies possibly; neither is ever NULL."""

    certainly: Condition
    possibly: Condition
    few: bool = False  # possibly names few messages by an index of their own: ask it before any order
    # Statements that were built of these bounds, by what else they ask; bounds that are kept keep them.
    built: dict[Any, Prepared] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_exact(self) -> bool:
        """Say whether SQL alone decides."""
        return self.certainly is self.possibly

    def between(self) -> Bounds:
        """Answer the bounds of what possibly, but not certainly matches; all of it is for the predicate."""
        return Bounds(false(), and_(self.possibly, not_(self.certainly)), self.few)

    def opposite(self) -> Bounds:
        """Answer the bounds of NOT."""
        return exact(not_(self.certainly)) if self.is_exact else Bounds(not_(self.possibly), not_(self.certainly))


def exact(condition: Condition, *, few: bool = False) -> Bounds:
    """Answer bounds that leave nothing open."""
    return Bounds(condition, condition, few)


def at_most(possibly: Condition) -> Bounds:
    """Answer bounds of which only the upper one is known."""
    return Bounds(false(), possibly)


UNKNOWN = Bounds(false(), true())


def there_is(table: FromClause, *conditions: Condition) -> Condition:
    """Ask for a row of a table; all other tables in the conditions are those of the query around."""
    return exists(select(literal(1)).select_from(table).where(*conditions).correlate_except(table))


def all_of(parts: Sequence[Bounds]) -> Bounds:
    """Answer the bounds of AND."""
    possibly = and_(true(), *(part.possibly for part in parts))
    few = any(part.few for part in parts)
    if all(part.is_exact for part in parts):
        return exact(possibly, few=few)
    return Bounds(and_(true(), *(part.certainly for part in parts)), possibly, few)


def any_of(parts: Sequence[Bounds]) -> Bounds:
    """Answer the bounds of OR."""
    possibly = or_(false(), *(part.possibly for part in parts))
    few = bool(parts) and all(part.few for part in parts)
    if all(part.is_exact for part in parts):
        return exact(possibly, few=few)
    return Bounds(or_(false(), *(part.certainly for part in parts)), possibly, few)
