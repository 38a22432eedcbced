"""The words that SQLite's index holds of a message, whatever its texts say now: FTS5 shows each with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from mailhelper_core.store.bulk import select_among
from mailhelper_core.store.search import segments
from mailhelper_core.store.unit_of_work import UnitOfWork

FIELDS = ("subject", "sender", "recipients", "body")
# FTS5 keeps no text of its own here; the view of its words is this connection's alone.
VIEW = f"temp.{segments.NAME}_words"
_HELD_OF = f'SELECT doc, col, "offset", term FROM {VIEW} WHERE doc IN ({{values}}) ORDER BY doc, col, "offset"'  # noqa: S608 - names are ours


def look(uow: UnitOfWork) -> None:
    """Make the view of the words."""
    uow.connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {VIEW} USING fts5vocab('main', '{segments.NAME}', 'instance')"
    )


def words_held(uow: UnitOfWork, ids: Collection[int]) -> list[tuple[int | str, ...]]:
    """Answer the id of each message and its words by field, as `forget_words` takes them; it reads the whole index."""
    look(uow)
    held: dict[int, dict[str, list[str]]] = {id_: defaultdict(list) for id_ in ids}
    for id_, field, _, word in select_among(uow.connection, _HELD_OF, fixed=(), values=sorted(ids)):
        held[id_][field].append(word)
    return [(id_, *(" ".join(words[field]) for field in FIELDS)) for id_, words in held.items()]
