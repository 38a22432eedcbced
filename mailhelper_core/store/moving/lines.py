"""Rows as JSON objects and back: octets in base64, secrets left out, columns by name for other revisions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Integer, LargeBinary, Table, select

from mailhelper_core.errors import InvalidError
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value
from mailhelper_core.store.mail.messages import octets
from mailhelper_core.store.moving import catalog, rows
from mailhelper_core.store.unit_of_work import UnitOfWork

# Neither passwords nor what lies beside the lines as a file of its own.
_LEFT_OUT = {t.accounts: "sealed_secret", t.blobs: "data"}
HAS_PASSWORD = "has_secret"  # noqa: S105 - a name


def read(uow: UnitOfWork, table: Table) -> Iterator[dict[str, Any]]:
    """Yield an owner's rows of a table as JSON objects; of passwords only whether there is one."""
    names, left_out = rows.columns(table), _LEFT_OUT.get(table)
    for row in rows.read(uow.connection, table, where=catalog.owned(table, uow.owner_id)):
        line = {name: _told(value) for name, value in zip(names, row, strict=True) if name != left_out}
        if table is t.accounts:
            line[HAS_PASSWORD] = row[names.index("sealed_secret")] is not None
        yield line


def contents(uow: UnitOfWork) -> Iterator[bytes]:
    """Yield the owner's raw messages."""
    b = t.blobs.c
    statement = select(b.data).where(b.owner_id == uow.owner_id).order_by(b.id)
    streamed = uow.connection.execution_options(stream_results=True, max_row_buffer=rows.AHEAD_OF_OCTETS)
    for (data,) in streamed.execute(statement):
        yield octets(uow, data)


def row_of(table: Table, line: dict[str, Any]) -> dict[str, Value]:
    """Answer a line as a row: columns that it lacks are left to their defaults. Raises InvalidError."""
    values = {name: line[name] for name in rows.columns(table) if name in line}
    unknown = set(line) - set(values) - {HAS_PASSWORD}
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
