"""Which rows a piece of work writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from mailhelper_core.store.unit_of_work import Store


@contextmanager
def written_rows(store: Store) -> Iterator[Counter[str]]:
    """Count the rows that statements change, by table."""
    rows: Counter[str] = Counter()

    def count(connection, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        words = statement.replace('"', "").split()
        if words[0] in ("INSERT", "UPDATE", "DELETE") and cursor.rowcount > 0:
            rows[words[1 if words[0] == "UPDATE" else 2].removeprefix("mailhelper_")] += cursor.rowcount

    event.listen(store.engine, "after_cursor_execute", count)
    try:
        yield rows
    finally:
        event.remove(store.engine, "after_cursor_execute", count)
