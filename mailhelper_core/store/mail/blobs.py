"""Blobs: raw messages, compressed, one row for each content of an owner; the octets may lie outside the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows, select_among
from mailhelper_core.store.contents.outside import MARK, key_in
from mailhelper_core.store.unit_of_work import UnitOfWork

_MESSAGES = """
SELECT digest, id FROM {schema}mailhelper_messages WHERE owner_id = ? AND account_id = ? AND digest IN ({values})
"""
# Servers announce sizes that are not exact, and some count line ends of two octets that they send as one.
_OCTETS_OF_SLACK = 64
_PART_OF_SLACK = 8
_COLUMNS = ("owner_id", "digest", "data", "size", "used_at")


def is_short(announced: int, octets: int) -> bool:
    """Say whether a body has clearly fewer octets than the server announced. `short` says the same in SQL."""
    least = announced - max(announced // _PART_OF_SLACK, _OCTETS_OF_SLACK)
    return octets < least or octets == 0 < announced


def short() -> ColumnElement[bool]:
    """Answer the condition that the content of a message is clearly shorter than the server announced."""
    octets, announced = t.blobs.c.size, t.messages.c.size
    clearly = and_(octets < announced - announced // _PART_OF_SLACK, octets < announced - _OCTETS_OF_SLACK)
    return or_(clearly, and_(octets == 0, announced > 0))


def put(uow: UnitOfWork, blobs: Iterable[tuple[bytes, bytes, int]]) -> bool:
    """Store (digest, compressed data, size before) and say whether all are new.

    A content that is there already is only marked as used.
    """
    rows = [(uow.owner_id, digest, data, size, uow.now) for digest, data, size in blobs]
    inserted = insert_rows(uow.connection, t.blobs, _COLUMNS, rows, or_ignore=True, is_clean=True)
    if inserted < len(rows):
        _touch(uow, [row[1] for row in rows])
        if uow.contents is not None:
            _forget_unused(uow, {row[1]: row[2] for row in rows})
    return inserted == len(rows)


def erase(uow: UnitOfWork, where: ColumnElement[bool]) -> int:
    """Erase contents and answer how many; what lies outside is forgotten after the commit."""
    b = t.blobs.c
    if uow.contents is not None:
        data = uow.connection.scalars(select(b.data).where(where, func.substr(b.data, 1, 1) == MARK))
        uow.gone.extend(filter(None, map(key_in, data)))
    return int(uow.execute(delete(t.blobs).where(where)).rowcount)


def _forget_unused(uow: UnitOfWork, written: Mapping[bytes, bytes]) -> None:
    """Forget what was written outside for contents that were there already."""
    b = t.blobs.c
    for chunk in chunks(list(written)):
        rows = uow.execute(select(b.digest, b.data).where(b.owner_id == uow.owner_id, b.digest.in_(chunk)))
        unused = [written[bytes(row.digest)] for row in rows if bytes(row.data) != written[bytes(row.digest)]]
        uow.gone.extend(filter(None, map(key_in, unused)))


def messages_of(uow: UnitOfWork, account_id: int, digests: Sequence[bytes]) -> dict[bytes, int]:
    """Answer {digest: message of the account that has this content}."""
    rows = select_among(uow.connection, _MESSAGES, fixed=(uow.owner_id, account_id), values=digests)
    return {bytes(digest): id_ for digest, id_ in rows}


def _touch(uow: UnitOfWork, digests: Iterable[bytes]) -> None:
    """Mark contents as used now, so that they are not collected."""
    b = t.blobs.c
    for chunk in chunks(list(digests)):
        stale = update(t.blobs).where(b.owner_id == uow.owner_id, b.digest.in_(chunk), b.used_at < uow.now)
        uow.execute(stale.values(used_at=uow.now))
