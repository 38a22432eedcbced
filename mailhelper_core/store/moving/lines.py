"""Rows as JSON objects and back: octets in base64, secrets left out, columns by name for other revisions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, Table, select

from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value
from mailhelper_core.store.mail.messages import octets
from mailhelper_core.store.moving import catalog, rows
from mailhelper_core.store.unit_of_work import UnitOfWork

# Neither passwords nor what lies beside the lines as a file of its own.
_LEFT_OUT = {t.accounts: "sealed_secret", t.blobs: "data"}
HAS_PASSWORD = "has_secret"  # noqa: S105 - a name
# Of a raw message that has no file, for the store outside the database has lost it. Programs that do not know the word
# refuse the archive as one of a newer program.
IS_LOST = "is_lost"


def read(uow: UnitOfWork, table: Table, lost: Collection[bytes] = ()) -> Iterator[dict[str, Any]]:
    """Yield an owner's rows of a table as JSON objects; of passwords only whether there is one.

    lost: digests of raw messages that have no file.
    """
    names, left_out = rows.columns(table), _LEFT_OUT.get(table)
    for row in rows.read(uow.connection, table, where=catalog.owned(table, uow.owner_id)):
        line = {name: _told(value) for name, value in zip(names, row, strict=True) if name != left_out}
        if table is t.accounts:
            line[HAS_PASSWORD] = row[names.index("sealed_secret")] is not None
        if lost and table is t.blobs and row[names.index("digest")] in lost:
            line[IS_LOST] = True
        yield line


def contents(uow: UnitOfWork) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield digest and octets of the owner's raw messages, None of those that the store outside has lost."""
    b = t.blobs.c
    statement = select(b.digest, b.data).where(b.owner_id == uow.owner_id).order_by(b.id)
    streamed = uow.connection.execution_options(stream_results=True, max_row_buffer=rows.AHEAD_OF_OCTETS)
    for digest, data in streamed.execute(statement):
        try:
            raw = octets(uow, data)
        except NotFoundError:
            raw = None
        yield bytes(digest), raw


def row_of(table: Table, line: dict[str, Any]) -> dict[str, Value]:
    """Answer a line as a row: columns that it lacks are left to their defaults. Raises InvalidError."""
    values = {name: line[name] for name in rows.columns(table) if name in line}
    unknown = set(line) - set(values) - {HAS_PASSWORD, IS_LOST}
    if unknown:
        raise InvalidError("This archive was made by a newer mailhelper; upgrade this program.", code="archive_newer")
    return {name: _read(table, name, value) for name, value in values.items()}


def _told(value: Value) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _read(table: Table, name: str, value: object) -> Value:
    kind = table.c[name].type
    try:
        if value is None:
            return None
        if isinstance(kind, LargeBinary):
            return base64.b64decode(str(value), validate=True)
        if isinstance(kind, Boolean):
            return bool(value)
        if isinstance(kind, Integer | BigInteger):
            return int(str(value))
        return float(str(value)) if isinstance(kind, Float) else str(value)
    except (ValueError, binascii.Error) as exc:
        raise InvalidError("The archive is damaged; nothing of it can be trusted.", code="archive") from exc
