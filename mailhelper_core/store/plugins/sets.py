"""Which sets of plugins ran on this database: processes that differ behave differently, and `check` says so."""

from __future__ import annotations

from sqlalchemy import select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.clock import micros
from mailhelper_core.store.unit_of_work import Store

# A process that has not worked for a day counts no more.
RECENT_SECONDS = 86_400.0
_s = t.plugin_sets.c


def record(store: Store, fingerprint: str, plugins: str) -> None:
    """Note that a process with this set works here now."""
    with store.begin() as connection:
        columns = ("fingerprint", "plugins", "seen_at")
        insert_rows(connection, t.plugin_sets, columns, [(fingerprint, plugins, 0)], or_ignore=True)
        connection.execute(update(t.plugin_sets).where(_s.fingerprint == fingerprint).values(seen_at=store.now()))


def others(store: Store, fingerprint: str) -> list[str]:
    """Answer what other sets consist of that worked here lately."""
    since = store.now() - micros(RECENT_SECONDS)
    with store.read() as connection:
        different = (_s.fingerprint != fingerprint, _s.seen_at >= since)
        return list(connection.scalars(select(_s.plugins).where(*different).order_by(_s.seen_at.desc())))
