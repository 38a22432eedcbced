"""Accounts whose servers may be listened to."""

from __future__ import annotations

from sqlalchemy import select

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store


def in_use(store: Store, *, limit: int) -> dict[int, str]:
    """Answer accounts that are neither paused nor refused, oldest first: id -> the owner's key."""
    a = t.accounts.c
    statement = (
        select(a.id, t.owners.c.key)
        .join(t.owners, t.owners.c.id == a.owner_id)
        .where(a.state.not_in(("paused", "needs_auth")))
        .order_by(a.id)
        .limit(limit)
    )
    with store.read() as connection:
        return {row.id: row.key for row in connection.execute(statement)}
