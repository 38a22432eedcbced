"""Which plugins each process on this database has: processes that differ behave differently, and `check` says so."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.clock import micros
from mailhelper_core.store.unit_of_work import Store

# A process that ended without saying so counts this long; one that works says so more often.
RECENT_SECONDS = 900.0
_w = t.plugin_workers.c


def record(store: Store, worker: str, fingerprint: str, plugins: str) -> None:
    """Note that a process with these plugins works here now; those that have long ended are forgotten."""
    with store.begin() as connection:
        connection.execute(delete(t.plugin_workers).where(_w.seen_at < _since(store)))
        columns = ("worker", "fingerprint", "plugins", "seen_at")
        insert_rows(connection, t.plugin_workers, columns, [(worker, fingerprint, plugins, 0)], or_ignore=True)
        connection.execute(update(t.plugin_workers).where(_w.worker == worker).values(seen_at=store.now()))


def forget(store: Store, worker: str) -> None:
    """Forget a process that ends."""
    with store.begin() as connection:
        connection.execute(delete(t.plugin_workers).where(_w.worker == worker))


def others(store: Store, fingerprint: str) -> list[str]:
    """Answer what the other sets consist of with which processes worked here lately, each set once."""
    with store.read() as connection:
        different = (_w.fingerprint != fingerprint, _w.seen_at >= _since(store))
        sets = select(_w.plugins).where(*different).group_by(_w.fingerprint, _w.plugins)
        return list(connection.scalars(sets.order_by(_w.plugins)))


def _since(store: Store) -> int:
    return store.now() - micros(RECENT_SECONDS)
