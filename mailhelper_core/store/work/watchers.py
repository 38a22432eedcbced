"""Signs of life of those who listen to mail servers: one row a host, gone where all have ended in order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.clock import MICROS_A_SECOND, lease_now, micros
from mailhelper_core.store.unit_of_work import Store

# Four signs: a database that is away for a moment, or a loop that is slow, costs one or two.
ALIVE_SECONDS = 120.0
# Who has gone on without a watcher for so long wants none.
FORGOTTEN_SECONDS = 7 * 86_400.0
_w = t.watchers.c


@dataclass(frozen=True, slots=True)
class LastSign:
    """The newest sign there is."""

    host: str
    silent_seconds: float


def sign(store: Store, host: str) -> None:
    """Note that a watcher is alive on a host."""
    with store.begin() as connection:
        insert_rows(connection, t.watchers, ("host", "seen_at"), [(host, 0)], or_ignore=True)
        now = lease_now(connection, store.now())
        connection.execute(update(t.watchers).where(_w.host == host).values(seen_at=now))


def leave(store: Store, host: str) -> None:
    """Forget a watcher that ends, and with it those that it has stood in for: they are missed no more."""
    with store.begin() as connection:
        silent = _w.seen_at < lease_now(connection, store.now()) - micros(ALIVE_SECONDS)
        connection.execute(delete(t.watchers).where(or_(_w.host == host, silent)))


def last_sign(store: Store) -> LastSign | None:
    """Answer the newest sign, None where nobody listens and nobody is missed; one ahead of the clock was given now."""
    with store.read() as connection:
        silent = lease_now(connection, store.now()) - _w.seen_at
        row = connection.execute(select(_w.host, silent.label("silent")).order_by(_w.seen_at.desc()).limit(1)).first()
    if row is None or row.silent > micros(FORGOTTEN_SECONDS):
        return None
    return LastSign(row.host, max(0, row.silent) / MICROS_A_SECOND)
