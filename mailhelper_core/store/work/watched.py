"""Accounts whose servers may be listened to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store


def in_use(store: Store, *, limit: int, first: Collection[int] = (), after: int = 0) -> dict[int, str]:
    """Answer accounts that are neither paused nor refused: id -> the owner's key.

    First come those of `first`, then the others by id, from behind `after` on and round to it.
    """
    a = t.accounts.c
    turn = case((a.id.in_(first), 0), (a.id > after, 1), else_=2)
    statement = (
        select(a.id, t.owners.c.key)
        .join(t.owners, t.owners.c.id == a.owner_id)
        .where(a.state.not_in(("paused", "needs_auth")))
        .order_by(turn, a.id)
        .limit(limit)
    )
    with store.read() as connection:
        return {row.id: row.key for row in connection.execute(statement)}
