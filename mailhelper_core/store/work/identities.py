"""By what messages are found again on the server, and which of them have twins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mail.values import BODY_SHORT, has_problem
from mailhelper_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a message is found again on the server; is_gone: a sync that saw everything found no place for it.

    synced_at is when the last such sync of the account began, 0 for never: of what happened since it tells nothing.
    digest is that of its octets, None where they were not fetched, or not all: the beginning is that of other mail too.
    remote_id is the server's own name of it.
    """

    match_key: bytes
    message_id: str
    size: int
    is_gone: bool
    synced_at: int = 0
    digest: bytes | None = None
    remote_id: str = ""


def of(uow: UnitOfWork, message_ids: Sequence[int]) -> dict[int, Identity]:
    """Answer by what messages are found again.

    Its problem tells of a body that broke off: the size of a blob lies behind its octets, and SQLite walks them all.
    """
    m, a = t.messages.c, t.accounts.c
    columns = (m.id, m.match_key, m.message_id, m.size, m.orphaned_at, a.complete_at, m.digest, m.remote_id, m.facts)
    joined = t.messages.join(t.accounts, a.id == m.account_id)
    found = {}
    for chunk in chunks(message_ids):
        statement = select(*columns).select_from(joined).where(m.id.in_(chunk))
        for row in uow.execute(statement):
            synced_at = row.complete_at or 0
            gone = row.orphaned_at is not None and synced_at >= row.orphaned_at
            is_whole = row.digest is not None and not has_problem(row.facts, BODY_SHORT)
            digest = bytes(row.digest) if is_whole else None
            found[row.id] = Identity(row.match_key, row.message_id, row.size, gone, synced_at, digest, row.remote_id)
    return found


def twins(uow: UnitOfWork, message_ids: Sequence[int]) -> set[int]:
    """Answer which messages have the header and the size of another one of their account."""
    m, other = t.messages.c, t.messages.alias("other")
    twin = and_(
        other.c.account_id == m.account_id, other.c.match_key == m.match_key, other.c.size == m.size, other.c.id != m.id
    )
    found: set[int] = set()
    for chunk in chunks(message_ids):
        found |= set(uow.connection.scalars(select(m.id).where(m.id.in_(chunk), exists().where(twin))))
    return found
