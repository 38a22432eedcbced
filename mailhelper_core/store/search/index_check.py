"""Whether the full-text index holds the words that the texts have, and how to forget what it holds instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.search import held_words, search_index
from mailhelper_core.store.search.held_words import FIELDS
from mailhelper_core.store.search.search_index import NAME, IndexRow, TsVector, vectors
from mailhelper_core.store.search.tsvector import vector
from mailhelper_core.store.unit_of_work import UnitOfWork

_HELD = f"""
SELECT w.doc, w.col, w."offset", w.term FROM {held_words.VIEW} w
JOIN mailhelper_messages m ON m.id = w.doc WHERE m.owner_id = ?
"""  # noqa: S608 - names are ours
_SUM = 2**64


def rebuild(connection: Connection) -> None:
    """Empty the index of all owners and let every message wait for the index stage again."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"INSERT INTO {NAME}({NAME}) VALUES ('delete-all')")  # noqa: S608 - names are ours
    else:
        connection.execute(delete(vectors))
    _let_wait(connection)


def verify(uow: UnitOfWork) -> int:
    """Let the owner's messages that are neither indexed nor waiting wait for the index stage; answer how many."""
    return _let_wait(uow.connection, t.messages.c.owner_id == uow.owner_id, ~search_index.is_held(uow))


def missing(uow: UnitOfWork) -> int:
    """Answer how many of the owner's messages are neither indexed nor waiting for it."""
    lost = _not_waiting(t.messages.c.owner_id == uow.owner_id, ~search_index.is_held(uow))
    return int(uow.connection.scalar(select(func.count()).select_from(lost.subquery())) or 0)


def let_wait(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Let messages of the owner wait for the index stage."""
    m = t.messages.c
    for chunk in chunks(ids):
        _let_wait(uow.connection, m.owner_id == uow.owner_id, m.id.in_(chunk))


def indexed(uow: UnitOfWork) -> list[int]:
    """Answer the owner's messages that the index has and that do not wait to be indexed anew."""
    m, p = t.messages.c, t.pending.c
    waits = exists().where(p.stage == "index", p.account_id == m.account_id, p.message_id == m.id)
    held = select(m.id).where(m.owner_id == uow.owner_id, ~waits, search_index.is_held(uow)).order_by(m.id)
    return list(uow.connection.scalars(held))


def stale(uow: UnitOfWork, ids: Sequence[int]) -> Iterator[int]:
    """Yield which of these messages the index holds with other words than they have now.

    On SQLite it reads the whole index once: it is kept by words, not by messages.
    """
    held = _sums(uow) if uow.dialect == "sqlite" else {}
    for chunk in chunks(ids):
        for row in search_index.rows(uow, chunk):
            differs = held.get(row.message_id, 0) != _sum(row) if uow.dialect == "sqlite" else _differs(uow, row)
            if differs:
                yield row.message_id


def forget(uow: UnitOfWork, ids: Collection[int]) -> None:
    """Take messages out of the index by the words that it holds of them, whatever their texts say now."""
    if uow.dialect != "sqlite":
        search_index.remove(uow, sorted(ids))
        return
    search_index.forget_words(uow, held_words.words_held(uow, search_index.held_among(uow, sorted(ids))))


def _sums(uow: UnitOfWork) -> dict[int, int]:
    """Answer for each message a number that its words and their places make, in whatever order they are read."""
    held_words.look(uow)
    found: dict[int, int] = defaultdict(int)
    for id_, field, place, word in uow.connection.exec_driver_sql(_HELD, (uow.owner_id,)):
        found[id_] = (found[id_] + _number(field, place, word)) % _SUM
    return found


def _number(field: str, place: int, word: str) -> int:
    # Of a text: those of tuples are so regular that two words which change places leave the sum as it was.
    return hash(f"{field} {place} {word}")


def _sum(row: IndexRow) -> int:
    texts = zip(FIELDS, search_index.texts(row), strict=True)
    return sum(_number(field, place, word) for field, text in texts for place, word in enumerate(text.split())) % _SUM


def _differs(uow: UnitOfWork, row: IndexRow) -> bool:
    words, clipped = vector(row.text)
    v = vectors.c
    differs = or_(v.vector != cast(bindparam("words", words), TsVector()), v.clipped != clipped)
    return uow.connection.scalar(select(v.message_id).where(v.message_id == row.message_id, differs)) is not None


def _let_wait(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    lost = _not_waiting(*conditions)
    number = int(connection.scalar(select(func.count()).select_from(lost.subquery())) or 0)
    connection.execute(t.pending.insert().from_select(["stage", "account_id", "message_id"], lost))
    return number


def _not_waiting(*conditions: ColumnElement[bool]) -> Select[tuple[str, int, int]]:
    m, p = t.messages.c, t.pending.c
    waits = exists().where(p.stage == "index", p.account_id == m.account_id, p.message_id == m.id)
    return select(literal_column("'index'"), m.account_id, m.id).where(~waits, *conditions)
