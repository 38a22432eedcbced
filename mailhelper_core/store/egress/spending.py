"""What an owner's calls have taken this month: the sum of those that are settled, and each one since.

The sum reaches up to a row of the ledger; programs that know of no sum, too, write their rows behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, case, func, or_, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros, to_micros

_l, _o = t.egress_log.c, t.egress_owners.c

OPEN = "open"
# Rows behind the sum before they go into it: they are read in half a millisecond.
MOST_READ = 256
# A call takes a minute. Whose end was not written after a day has none; until then the sum waits for it.
_ENDLESS_MICROS = 24 * 3_600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What this month has taken, calls that run at their most, and how many rows were read for it."""

    tokens: int
    cost: int
    read: int


@dataclass(frozen=True, slots=True)
class _Sum:
    """What the rows of this month up to one of them have taken."""

    through: int = 0
    tokens: int = 0
    cost: int = 0


def spent(uow: UnitOfWork) -> Spent:
    """Answer what the owner's calls have taken this month."""
    known = _known(uow) or _Sum()
    return _since(uow, known, None)


def settle(uow: UnitOfWork) -> None:
    """Take into the sum what will not change any more, up to the first call that runs; the caller holds the owner."""
    known = _known(uow)
    if known is None:
        return
    behind = (_l.owner_id == uow.owner_id, _l.id > known.through)
    # A row of a clock that is ahead may belong to the next month.
    runs = or_(and_(_l.outcome == OPEN, _l.created_at >= uow.now - _ENDLESS_MICROS), _l.created_at > uow.now)
    first = uow.connection.scalar(select(_l.id).where(*behind, runs).order_by(_l.id).limit(1))
    settled = behind if first is None else (*behind, _l.id < first)
    through = uow.connection.scalar(select(func.max(_l.id)).where(*settled))
    if through is None:
        return
    now = _since(uow, known, through)
    values = {"summed_through": through, "summed_tokens": now.tokens, "summed_cost": now.cost}
    mine = _o.owner_id == uow.owner_id
    uow.execute(update(t.egress_owners).where(mine).values(summed_month=_month(uow.now), **values))


def _known(uow: UnitOfWork) -> _Sum | None:
    """Answer the sum as far as it counts this month; None where it is of a later one, as a clock was ahead."""
    columns = (_o.summed_month, _o.summed_through, _o.summed_tokens, _o.summed_cost)
    row = uow.one(select(*columns).where(_o.owner_id == uow.owner_id))
    month = _month(uow.now)
    if row is None:
        return _Sum()
    if row.summed_month > month:
        return None
    return _Sum(*row[1:]) if row.summed_month == month else _Sum(row.summed_through)


def _since(uow: UnitOfWork, known: _Sum, through: int | None) -> Spent:
    # No condition on the time: it would lead the database to the index of times, and with it to the whole month.
    this_month = _l.created_at >= _month(uow.now)
    tokens = func.sum(case((this_month, _l.tokens_in + _l.tokens_out), else_=0))
    cost = func.sum(case((this_month, _l.cost), else_=0))
    statement = select(tokens, cost, func.count()).where(_l.owner_id == uow.owner_id, _l.id > known.through)
    if through is not None:
        statement = statement.where(_l.id <= through)
    row = uow.connection.execute(statement).one()
    return Spent(known.tokens + int(row[0] or 0), known.cost + int(row[1] or 0), row[2])


def _month(now: int) -> int:
    return to_micros(from_micros(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0))
