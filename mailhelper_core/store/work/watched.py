"""Accounts whose servers may be listened to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, case, not_, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.clock import is_over, micros
from mailhelper_core.store.unit_of_work import Store


def in_use(
    store: Store, *, limit: int, rest_seconds: float = 0.0, first: Collection[int] = (), after: int = 0
) -> dict[int, str]:
    """Answer accounts that are neither paused nor refused: id -> the owner's key.

    One whose server has asked to be left alone is none of them until a sync gets through again, or until
    `rest_seconds` after the wait. First come those of `first`, then the others by id, from behind `after` on and
    round to it.
    """
    a = t.accounts.c
    turn = case((a.id.in_(first), 0), (a.id > after, 1), else_=2)
    with store.read() as connection:
        rested = is_over(a.not_before + micros(rest_seconds), store.now())
        statement = (
            select(a.id, t.owners.c.key)
            .join(t.owners, t.owners.c.id == a.owner_id)
            .where(a.state.not_in(("paused", "needs_auth")), not_(and_(a.state == "throttled", not_(rested))))
            .order_by(turn, a.id)
            .limit(limit)
        )
        return {row.id: row.key for row in connection.execute(statement)}


def asked_to_wait(store: Store, accounts: Collection[int]) -> frozenset[int]:
    """Answer which of these accounts have a server that has asked to be left alone."""
    a = t.accounts.c
    with store.read() as connection:
        return frozenset(connection.scalars(select(a.id).where(a.id.in_(accounts), a.state == "throttled")))
