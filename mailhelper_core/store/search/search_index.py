"""The full-text index: ready-made words of each message, in FTS5 on SQLite and in a tsvector table on PostgreSQL.

Both hold the same words with positions, so that both find the same; no trigger fills them. A row must be removed
(`remove`) before the text it was made from changes or goes: FTS5 keeps no text of its own to forget it by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    column,
    delete,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.types import UserDefinedType

from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.mail.words import SEARCHABLE_CHARACTERS, SearchText, search_text
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows, select_among
from mailhelper_core.store.mail.readable import sound
from mailhelper_core.store.mail.values import read_addresses
from mailhelper_core.store.schema.on_postgresql import ON_POSTGRESQL, complete
from mailhelper_core.store.search import segments
from mailhelper_core.store.search.bounds import Bounds, exact, there_is
from mailhelper_core.store.search.held_words import FIELDS, words_held
from mailhelper_core.store.search.text_query import TextQuery, widened
from mailhelper_core.store.search.tsvector import vector
from mailhelper_core.store.unit_of_work import UnitOfWork

NAME = segments.NAME
# Up to here SQLite sorts what was found faster than it walks all messages in their order.
FEW = 2_000
# A word that no text has (it is no letter and no digit) stands between two recipients, so that no phrase spans them.
_BREAK = " _ "
_ROWS = """\
SELECT id, digest, subject, from_name, from_addr, addresses, COALESCE(SUBSTR(text, 1, ?), '')
FROM {schema}mailhelper_messages LEFT JOIN {schema}mailhelper_message_texts x ON x.message_id = id
WHERE owner_id + 0 = ? AND id IN ({values}) ORDER BY id
"""
_DIGESTS = "SELECT id, digest FROM {schema}mailhelper_messages WHERE id IN ({values})"
_GONE = b"gone"
_POSSIBLY_SQLITE = f"id IN (SELECT rowid FROM {NAME} WHERE {NAME} MATCH ?)"  # noqa: S608 - names are ours
_POSSIBLY = f"""
id IN (
    SELECT message_id FROM {{schema}}{NAME} v
    WHERE v.vector @@ CAST(? AS tsquery) OR (v.clipped AND v.vector @@ CAST(? AS tsquery))
)
"""  # noqa: S608 - names are ours
_INDEXED = "SELECT id FROM mailhelper_search_docsize WHERE id IN ({values})"


class TsVector(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSVECTOR"


class _TsQuery(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"


# Of its own metadata: SQLite has a virtual table of the same name.
vectors = Table(
    NAME,
    MetaData(naming_convention=t.metadata.naming_convention),
    Column("message_id", BigInteger, nullable=False, autoincrement=False),
    Column("vector", TsVector(), nullable=False),
    Column("clipped", Boolean, nullable=False),
    PrimaryKeyConstraint("message_id"),
    Index(f"ix_{NAME}_vector", "vector", info={ON_POSTGRESQL: {"using": "gin"}}),
)
_fts = table(NAME, column("rowid"))
# FTS5 keeps one row a document here; the only list of what a contentless index holds.
_fts_rows = table(f"{NAME}_docsize", column("id"))


@dataclass(frozen=True, slots=True)
class IndexRow:
    """The words of one message."""

    message_id: int
    text: SearchText
    digest: bytes | None  # of the content that the words come from


def create(connection: Connection) -> None:
    """Make the index of this database."""
    if connection.dialect.name != "sqlite":
        complete(vectors.metadata)
        vectors.create(connection)
        name = connection.dialect.identifier_preparer.format_table(vectors, name=NAME)
        schema = connection.schema_for_object(vectors)
        qualified = f"{connection.dialect.identifier_preparer.quote_schema(schema)}.{name}" if schema else name
        # Uncompressed: a quarter more disk, a quarter of the time to look into a row.
        connection.exec_driver_sql(f"ALTER TABLE {qualified} ALTER COLUMN vector SET STORAGE EXTERNAL")
        return
    columns = ", ".join(FIELDS)
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {NAME} USING fts5({columns}, content='', tokenize=\"ascii tokenchars '_'\")"
    )


def rows(uow: UnitOfWork, ids: Sequence[int], *, characters: int | None = None) -> list[IndexRow]:
    """Read what of these messages can be found, by id; stop after so many characters. Unknown ids are absent."""
    found: list[IndexRow] = []
    for row in select_among(uow.connection, _ROWS, fixed=(SEARCHABLE_CHARACTERS, uow.owner_id), values=sorted(ids)):
        if characters is not None and characters <= 0:
            return found
        found.append(_index_row(*row))
        characters = None if characters is None else characters - len(row[-1])
    return found


def unchanged(uow: UnitOfWork, batch: Sequence[IndexRow]) -> list[IndexRow]:
    """Answer the rows whose messages are still there with the same content."""
    found = select_among(uow.connection, _DIGESTS, fixed=(), values=[row.message_id for row in batch])
    digests: dict[int, bytes | None] = {id_: digest for id_, digest in found}
    return [row for row in batch if digests.get(row.message_id, _GONE) == row.digest]


def add_batch(uow: UnitOfWork, batch: Sequence[IndexRow]) -> None:
    """Index messages; what the index held of them is replaced when their text has not changed since."""
    if uow.dialect == "sqlite":
        known = held_among(uow, [row.message_id for row in batch])
        _forget(uow, [row for row in batch if row.message_id in known])
        # Words are letters and digits.
        insert_rows(uow.connection, _FTS_TABLE, ("rowid", *FIELDS), [_fts_values(row) for row in batch], is_clean=True)
        return
    uow.execute(delete(vectors).where(vectors.c.message_id.in_([row.message_id for row in batch])))
    made = [(row.message_id, *vector(row.text)) for row in batch]
    insert_rows(uow.connection, vectors, ("message_id", "vector", "clipped"), made, is_clean=True)


def remove(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Take messages out of the index. Call it before their subject, addresses or text change or go.

    Of a row that is damaged, so that nobody can read what it was, go the words that the index holds.
    """
    for chunk in chunks(ids):
        if uow.dialect == "sqlite":
            found, damaged = sound(uow, sorted(held_among(uow, chunk)), rows)
            _forget(uow, found)
            forget_words(uow, words_held(uow, damaged) if damaged else ())
        else:
            uow.execute(delete(vectors).where(vectors.c.message_id.in_(chunk)))


def is_held(uow: UnitOfWork) -> ColumnElement[bool]:
    """Ask whether the index holds a row of `messages`, with whatever words."""
    held = _fts_rows.c.id if uow.dialect == "sqlite" else vectors.c.message_id
    return exists().where(held == t.messages.c.id)


def is_found(uow: UnitOfWork, query: TextQuery) -> Bounds:
    """Ask whether the index finds a row of `messages`."""
    m, v = t.messages.c, vectors.c
    if uow.dialect == "sqlite":
        # FTS5 lists all it finds once; asked row by row it would begin anew each time.
        return exact(m.id.in_(_listed(query)), few=_finds_few(uow, query))
    wide = widened(query.exact)
    # Says nothing new, but PostgreSQL counts a word in one field, or in a phrase, as often as the word anywhere.
    rarer = [_has(wide)] if wide else []
    if query.exact == query.strict == query.loose:
        return exact(there_is(vectors, v.message_id == m.id, _has(query.exact), *rarer))
    either = or_(_has(query.exact), and_(v.clipped, _has(query.loose)))
    possibly = there_is(vectors, v.message_id == m.id, either, *rarer)
    # A scalar, so that PostgreSQL asks it of the few rows within the other bound and not of the whole index.
    surely = _has(query.strict)
    if query.exact != query.strict:
        surely = or_(surely, and_(_has(query.exact), v.clipped.is_(False)))
    certainly = select(surely).where(v.message_id == m.id).correlate_except(vectors).scalar_subquery()
    return Bounds(func.coalesce(certainly, false()), possibly)


def possibly(uow: UnitOfWork, query: TextQuery) -> tuple[str, tuple[str, ...]]:
    """Answer SQL, with its values, that holds for every row of `messages` that the index finds, and for clipped ones.

    For `select_among`; unlike `is_found` it does not ask first how many they are.
    """
    if uow.dialect == "sqlite":
        return _POSSIBLY_SQLITE, (query.exact,)
    return _POSSIBLY, (query.exact, query.loose)


def among(uow: UnitOfWork, queries: Sequence[TextQuery], ids: Sequence[int]) -> list[set[int]]:
    """Answer for each query which of these messages the index surely finds."""
    if not ids or not queries:
        return [set() for _ in queries]
    if uow.dialect == "sqlite":
        # FTS5 reads its whole list once faster than it looks up one row after the other.
        wanted = set(ids)
        return [wanted & set(uow.connection.scalars(_listed(query))) for query in queries]
    few: BindParameter[int] = bindparam(None, list(ids), expanding=True, literal_execute=True)
    answers = [_has(query.strict).label(f"has_{number}") for number, query in enumerate(queries)]
    statement = select(vectors.c.message_id, *answers).where(vectors.c.message_id.in_(few))
    hits: list[set[int]] = [set() for _ in queries]
    for id_, *has in uow.execute(statement):
        for number in (number for number, answer in enumerate(has) if answer):
            hits[number].add(id_)
    return hits


def _finds_few(uow: UnitOfWork, query: TextQuery) -> bool:
    # SQLite has no statistics of FTS5 and would walk all messages for three hits, or sort all for a common word.
    some = _listed(query).limit(FEW + 1).subquery()
    return int(uow.connection.scalar(select(func.count()).select_from(some)) or 0) <= FEW


def _listed(query: TextQuery) -> Select[Any]:
    return select(_fts.c.rowid).where(literal_column(NAME).op("MATCH")(bindparam(None, query.exact)))


def _has(query: str) -> ColumnElement[bool]:
    # Written into the statement: a driver prepares what it sends often, and for a parameter PostgreSQL then plans once,
    # as if every word were as rare. A query holds words of letters and digits, and operators of ours.
    text: BindParameter[str] = bindparam(None, query, literal_execute=True)
    return vectors.c.vector.op("@@")(cast(text, _TsQuery()))


def _index_row(
    id_: int, digest: bytes | None, subject: str, name: str, addr_spec: str, addresses: str, body: str
) -> IndexRow:
    groups = read_addresses(addresses)
    recipients = [address for group in ("to", "cc", "bcc") for address in groups.get(group, ())]
    return IndexRow(id_, search_text(subject, Address(name, addr_spec), recipients, body), digest)


_FTS_TABLE = Table(NAME, MetaData(), Column("rowid", BigInteger), *(Column(name) for name in FIELDS))


def _fts_values(row: IndexRow) -> tuple[int, str, str, str, str]:
    return row.message_id, *texts(row)


def texts(row: IndexRow) -> tuple[str, str, str, str]:
    """Answer the words as they stand in the fields of FTS5."""
    return row.text.subject, row.text.sender, _BREAK.join(row.text.recipients), row.text.body


def held_among(uow: UnitOfWork, ids: Sequence[int]) -> set[int]:
    """Answer which of these messages FTS5 holds, with whatever words."""
    return {id_ for (id_,) in select_among(uow.connection, _INDEXED, fixed=(), values=ids)}


def _forget(uow: UnitOfWork, gone: Sequence[IndexRow]) -> None:
    forget_words(uow, [_fts_values(row) for row in gone])


def forget_words(uow: UnitOfWork, held: Sequence[tuple[int | str, ...]]) -> None:
    """Take messages out of FTS5 by id and the words of each field, which are those that it holds of them.

    What is taken out is a segment too, and who takes out much may index nothing: so it merges a step by the way.
    """
    if held:
        columns = ", ".join(FIELDS)
        statement = f"INSERT INTO {NAME}({NAME}, rowid, {columns}) VALUES ('delete', ?, ?, ?, ?, ?)"  # noqa: S608 - names are ours
        uow.connection.exec_driver_sql(statement, list(held))
        segments.merge(uow.connection, segments.STEP_PAGES)
