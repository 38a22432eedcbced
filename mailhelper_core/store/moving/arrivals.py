"""An owner out of an archive: rows under a name that nobody asks for, until all are there."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from sqlalchemy import Connection, Table, delete, select, update

from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value, insert_rows
from mailhelper_core.store.clock import micros
from mailhelper_core.store.moving import catalog, erasing
from mailhelper_core.store.moving.ids import NewIds, renumber, reserve
from mailhelper_core.store.owner_key import HIDDEN
from mailhelper_core.store.search import index_check
from mailhelper_core.store.unit_of_work import Store, UnitOfWork

_DAY_SECONDS = 86_400.0
_NAME = re.compile(HIDDEN + "[0-9a-f]{32}:")
_OWN = ("id", "key", "created_at")


@dataclass(frozen=True, slots=True)
class Arrived:
    """An account that came: nobody works on it before the end, and then it is in this state."""

    id: int
    state: str
    code: str


def hidden_key(archive_id: str, owner: str) -> str:
    """Answer the name under which an archive's rows arrive for an owner."""
    return f"{HIDDEN}{_digest(archive_id)}:{owner}"


def _digest(archive_id: str) -> str:
    # An archive says of itself what it likes; it may not name the rows of others.
    return sha256(archive_id.encode()).hexdigest()[:32]


def resource_of(hidden: str) -> str:
    """Answer the lease that whoever takes an archive in holds, by the name under which it arrives."""
    return f"archive:{hidden.removeprefix(HIDDEN).split(':')[0]}"


def begun(store: Store, archive_id: str) -> list[str]:
    """Answer under which names an archive has begun to arrive."""
    return [key for key in _arriving(store) if key.startswith(hidden_key(archive_id, ""))]


def begun_for(store: Store, owner: str) -> list[str]:
    """Answer under which names archives have begun to arrive for an owner."""
    return [key for key in _arriving(store) if key.removeprefix(HIDDEN).partition(":")[2] == owner]


def left_behind(store: Store) -> list[str]:
    """Answer the names under which something began to arrive more than a day ago."""
    return _arriving(store, before=store.now() - micros(_DAY_SECONDS))


def _arriving(store: Store, before: int | None = None) -> list[str]:
    o = t.owners.c
    statement = select(o.key).where(o.key.startswith(HIDDEN, autoescape=True)).order_by(o.id)
    if before is not None:
        statement = statement.where(o.created_at < before)
    with store.read() as connection:
        return [key for key in connection.scalars(statement) if _NAME.match(key)]


def require_room(connection: Connection, key: str) -> int:
    """Answer the id of an owner who has nothing but a name, 0 where there is none; raise ConflictError."""
    found = int(connection.scalar(select(t.owners.c.id).where(t.owners.c.key == key)) or 0)
    if found and not erasing.is_bare(connection, found):
        raise ConflictError("This owner has mail here already; import for another, or erase first.", code="owner_used")
    return found


def new_ids(uow: UnitOfWork, table: Table, old: array[int], ids: NewIds) -> None:
    """Draw ids for the rows of a table; the owner has one already."""
    if any(one >= following for one, following in pairwise(old)):
        raise InvalidError("The archive is damaged (ids); nothing of it can be trusted.", code="archive")
    new = array("q", [uow.owner_id]) if table is t.owners else reserve(uow.connection, table, len(old))
    ids.add(catalog.short(table), old, new)


def insert(uow: UnitOfWork, table: Table, batch: Sequence[dict[str, Value]], ids: NewIds) -> list[Arrived]:
    """Insert rows of one table with new ids; of accounts answer what they become at the end."""
    if table is t.owners:
        values = {name: value for row in batch for name, value in row.items() if name not in _OWN}
        uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(values or {"event_seq": 0}))
        return []
    changed = [renumber(uow.connection, table, row, ids) for row in batch]
    arrived: list[Arrived] = []
    try:
        if table is t.accounts:
            arrived = [Arrived(_int(row["id"]), str(row["state"]), str(row["state_code"])) for row in changed]
            changed = [row | {"state": "paused", "next_poll_at": None} for row in changed]
        names = tuple(changed[0])
        insert_rows(uow.connection, table, names, [tuple(row[name] for name in names) for row in changed])
    except KeyError as exc:
        raise InvalidError("The archive is damaged (columns); nothing of it can be trusted.", code="archive") from exc
    return arrived


def hand_over(uow: UnitOfWork, key: str, accounts: Iterable[Arrived]) -> None:
    """Give the rows that came to their owner: from now on they are seen, and their accounts work."""
    bare = require_room(uow.connection, key)
    if bare:
        uow.execute(delete(t.owners).where(t.owners.c.id == bare))
    for one in accounts:
        came = update(t.accounts).where(t.accounts.c.id == one.id)
        uow.execute(came.values(state=one.state, state_code=one.code))
    index_check.verify(uow)
    uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(key=key))


def _int(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0
