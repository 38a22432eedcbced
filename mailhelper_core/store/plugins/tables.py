"""Tables that plugins bring along: made and upgraded beside ours, each with a version table of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, column, inspect, select, table

from mailhelper_core.dispatch import when_returned
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.store.faults import translated
from mailhelper_core.store.unit_of_work import Store


@contextmanager
def plugin_transaction(store: Store) -> Iterator[Connection]:
    """Open a transaction for a plugin; what it has left open when its provider returns is rolled back."""
    with translated(), store.writer() as connection:
        transaction = connection.begin()

        def end() -> bool:
            was_open = transaction.is_active and not connection.closed
            if was_open:
                transaction.rollback()
                connection.close()
            return was_open

        when_returned(end)
        with transaction:
            yield connection


def revision(connection: Connection, one: PluginTables, schema: str | None) -> str | None:
    """Answer at which revision a plugin's tables are, None when they were never made."""
    if not inspect(connection).has_table(one.version_table, schema=schema):
        return None
    versions = table(one.version_table, column("version_num"), schema=schema)
    found: str | None = connection.scalar(select(versions.c.version_num))
    return found
