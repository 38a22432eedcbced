"""Deltas of the shared prior, one row for each owner who consents and question; the one place that reads others' rows.

What it answers are weights of hashed features, without owners; `ai.shared` adds them up.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork

DAY = 86_400_000_000  # microseconds

_d, _o = t.shared_deltas.c, t.owners.c


def consents(uow: UnitOfWork) -> bool:
    """Say whether the owner shares what is learned."""
    return bool(uow.connection.scalar(select(_o.shares_learning).where(_o.id == uow.owner_id)))


def put(uow: UnitOfWork, task: str, data: bytes) -> None:
    """Keep what the owner adds to a question; an earlier delta is replaced. Without consent nothing is kept."""
    uow.lock_owner()  # two at once would both find none to replace
    uow.execute(delete(t.shared_deltas).where(_d.owner_id == uow.owner_id, _d.task == task))
    if consents(uow):
        row = {"owner_id": uow.owner_id, "task": task, "data": data, "created_at": uow.now}
        uow.execute(insert(t.shared_deltas).values(**row))


def drop(uow: UnitOfWork, task: str) -> None:
    """Take back what the owner added to one question."""
    uow.execute(delete(t.shared_deltas).where(_d.owner_id == uow.owner_id, _d.task == task))


def of_others(uow: UnitOfWork, task: str) -> list[bytes]:
    """Answer what other owners who consent add to a question; nothing for an owner who does not."""
    if not consents(uow):
        return []
    joined = select(_d.data).join(t.owners, _o.id == _d.owner_id)
    others = joined.where(_d.task == task, _d.owner_id != uow.owner_id, _o.shares_learning.is_(True))
    return list(uow.connection.scalars(others.order_by(_d.owner_id)))


def stamp(uow: UnitOfWork) -> tuple[int, int]:
    """Answer what changes when deltas come or go, and daily when they change: how many, and the newest one's day."""
    row = uow.execute(
        select(func.count(), func.coalesce(func.max(_d.created_at), 0)).select_from(t.shared_deltas)
    ).one()
    return int(row[0]), int(row[1]) // DAY


def withdraw(uow: UnitOfWork) -> None:
    """Take back all that the owner added: sums are without it from now on."""
    uow.execute(delete(t.shared_deltas).where(_d.owner_id == uow.owner_id))
