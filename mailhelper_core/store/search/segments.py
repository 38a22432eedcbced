"""The segments of FTS5: what a transaction indexes lies in one of its own until some are merged, in small steps.

FTS5 would merge by itself in the transaction that happens to fill a segment too many, and hold SQLite's write lock
meanwhile. PostgreSQL has none.
"""

from __future__ import annotations

from sqlalchemy import Connection

from mailhelper_core.store.schema.types import PREFIX
from mailhelper_core.store.unit_of_work import Store

NAME = f"{PREFIX}search"
# Pages of 4 kB that one transaction merges: 6 ms of SQLite's write lock, as much as a batch of the index holds it.
STEP_PAGES = 96
# Steps after one batch, so that a sync of one mail does not end a merge of millions. A batch writes about 20 pages, and
# each is merged once for every power of eight batches in the index: less than one step where there are 100,000 mails.
MOST_STEPS = 8
_SETTINGS = {
    "automerge": 0,
    # 8 of a kind instead of 4: a tenth less work, no slower to search.
    "usermerge": 8,
    # Who does not merge (a program of an earlier release) has FTS5 do it at so many, all at once.
    "crisismerge": 32,
}


def configure(connection: Connection) -> None:
    """Let FTS5 merge when it is told to; the index keeps these settings in its own table."""
    if connection.dialect.name == "sqlite":
        for name, value in _SETTINGS.items():
            connection.exec_driver_sql(f"INSERT INTO {NAME}({NAME}, rank) VALUES (?, ?)", (name, value))  # noqa: S608 - names are ours


def merge(connection: Connection, pages: int) -> bool:
    """Merge about so many pages, where there are segments enough, and say whether there were.

    A negative number begins to merge all segments into one.
    """
    if connection.dialect.name != "sqlite":
        return False
    before = _changes(connection)
    connection.exec_driver_sql(f"INSERT INTO {NAME}({NAME}, rank) VALUES ('merge', ?)", (pages,))  # noqa: S608 - names are ours
    return _changes(connection) - before >= 2  # sqlite.org/fts5.html 6.10: fewer changes mean that nothing was done


def merge_some(store: Store) -> None:
    """Merge what there is to merge, up to what one batch asks for, each step in a transaction of its own."""
    for _ in range(MOST_STEPS):
        with store.begin() as connection:
            if not merge(connection, STEP_PAGES):
                return


def _changes(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar() or 0)
