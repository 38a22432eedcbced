"""Find messages by their bounds, one run of a sort order after the other (keyset paging)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql import visitors

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.quick import quick_to_make
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.search.bounds import Bounds, Condition
from mailhelper_core.store.search.compare import lower
from mailhelper_core.store.unit_of_work import UnitOfWork

Sort = Literal["newest", "oldest", "size", "priority", "sender"]
SORTS: tuple[Sort, ...] = get_args(Sort)

Key = tuple[int | str, ...]
_KEY_TYPES: dict[Sort, tuple[type, ...]] = {
    "newest": (int, int),
    "oldest": (int, int),
    "size": (int, int),
    "priority": (int, int, int),
    "sender": (str, int),
}

_m = t.messages.c
_COUNTED = {_m.id, *next(one for one in t.messages.indexes if one.name == "ix_mailhelper_messages_counted").columns}
_DAY_MICROS = 86_400_000_000
_day_number = _m.received_at // _DAY_MICROS
_EPOCH = date(1970, 1, 1)
# RFC 5321 4.5.3.1: 64 before the @ and 255 behind it. A cursor holds it, and what is longer is no address.
_MAX_SENDER = 320


@quick_to_make
@dataclass(frozen=True, slots=True)
class Found:
    """A message within the bounds; sure: it needs no look by the predicate. key is its place in the order."""

    id: int
    sure: bool
    key: Key


def find(
    uow: UnitOfWork,
    bounds: Bounds,
    *,
    sort: Sort,
    limit: int,
    after: Key | None = None,
    up_to_id: int | None = None,
) -> list[Found]:
    """Answer visible messages of the owner that possibly match, behind `after` in the order."""
    if after is not None and tuple(map(type, after)) != _KEY_TYPES[sort]:
        raise InvalidError("This cursor is damaged; begin at the first page.", code="cursor")
    asks = (uow.dialect, sort, after is not None, up_to_id is not None)
    statement = bounds.built.get(asks)
    if statement is None:
        statement = bounds.built[asks] = Prepared(_page(bounds, *asks))
    values: dict[str, int | str] = {"owner": uow.owner_id, "limit": limit}
    values |= {f"after_{number}": value for number, value in enumerate(after or ())}
    if up_to_id is not None:
        values["up_to"] = up_to_id
    return [Found(id_, bool(certain), tuple(key)) for id_, certain, *key in statement.rows(uow.connection, values)]


def _page(bounds: Bounds, dialect: str, sort: Sort, has_after: bool, has_up_to: bool) -> Select[Any]:  # noqa: FBT001 - a key
    """Build the statement of `find`; what differs from page to page and between owners are its parameters."""
    columns, descending = _order(dialect, sort)
    sure = literal(1) if bounds.is_exact else bounds.certainly
    owner = bindparam("owner", type_=BigInt)
    statement = select(_m.id, sure, *columns).where(_visible_to(owner, few=bounds.few), bounds.possibly)
    if has_after:
        last = tuple_(*(bindparam(f"after_{number}", type_=one.type) for number, one in enumerate(columns)))
        statement = statement.where(tuple_(*columns) < last if descending else tuple_(*columns) > last)
    if has_up_to:
        statement = statement.where(_m.id <= bindparam("up_to", type_=BigInt))
    ordered = statement.order_by(*(column.desc() if descending else column.asc() for column in columns))
    return ordered.limit(bindparam("limit", type_=Integer))


def among(uow: UnitOfWork, bounds: Bounds, ids: Sequence[int]) -> list[Found]:
    """Answer those of these messages that are visible and possibly match, in no order."""
    sure = literal(1) if bounds.is_exact else bounds.certainly
    statement = select(_m.id, sure).where(visible(uow, few=True), bounds.possibly)
    return [
        Found(id_, bool(certain), ())
        for chunk in chunks(ids)
        for id_, certain in uow.execute(statement.where(_m.id.in_(chunk)))
    ]


def count(uow: UnitOfWork, bounds: Bounds, at_most: int) -> int:
    """Count what certainly matches, no further than `at_most`."""
    found = select(_m.id).where(_certain(uow, bounds)).limit(at_most).subquery()
    return int(uow.connection.scalar(select(func.count()).select_from(found)) or 0)


def grouped(uow: UnitOfWork, bounds: Bounds, by: Sequence[str]) -> dict[tuple[int | str | None, ...], int]:
    """Count what certainly matches by the values of columns of `messages`, or by the day (UTC) of its arrival."""
    columns = [_day_number if name == "day" else _m[name] for name in by]
    certain = _certain(uow, bounds)
    statement = select(*columns, func.count()).where(certain).group_by(*columns)
    if not bounds.few and _counted_alone(certain, *columns):
        # True of every message; the words by which SQLite knows that it may use this index.
        statement = statement.where(_m.account_id != literal_column("0"))
    found: dict[tuple[int | str | None, ...], int] = {}
    for *values, number in uow.execute(statement):
        found[tuple(_day(value) if name == "day" else value for name, value in zip(by, values, strict=True))] = number
    return found


def _counted_alone(*asked: ColumnElement[Any]) -> bool:
    """Say whether the index of what messages are counted by answers these without the messages."""
    return all(
        part in _COUNTED
        for one in asked
        for part in visitors.iterate(one)
        if isinstance(part, Column) and part.table is t.messages
    )


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def newest_id(uow: UnitOfWork) -> int:
    """Answer the highest id of the owner's messages."""
    return int(uow.connection.scalar(select(func.max(_m.id)).where(_m.owner_id == uow.owner_id)) or 0)


def visible(uow: UnitOfWork, *, few: bool = False) -> Condition:
    """Ask for messages of the owner that lie somewhere; few: another condition names them one by one."""
    return _visible_to(uow.owner_id, few=few)


def _visible_to(owner: int | BindParameter[int], *, few: bool) -> Condition:
    # As `owned` has it for messages that are given one by one.
    return and_(_m.owner_id + 0 == owner if few else _m.owner_id == owner, _m.orphaned_at.is_(None))


def _certain(uow: UnitOfWork, bounds: Bounds) -> Condition:
    # The upper bound, too: the index narrows it down before the dearer lower one is asked.
    return and_(
        visible(uow, few=bounds.few), bounds.certainly if bounds.is_exact else and_(bounds.possibly, bounds.certainly)
    )


def _order(dialect: str, sort: Sort) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    match sort:
        case "newest":
            return (_m.sort_at, _m.id), True
        case "oldest":
            return (_m.sort_at, _m.id), False
        case "size":
            return (_m.size, _m.id), True
        case "priority":
            return (func.coalesce(2 * _m.urgency + _m.importance, 0), _m.sort_at, _m.id), True
        case "sender":
            return (func.substr(lower(dialect, _m.from_addr), 1, _MAX_SENDER), _m.id), False
