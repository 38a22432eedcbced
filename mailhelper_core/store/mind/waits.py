"""Messages that are too young for a rule with a delay, and from when on it may look at them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.mail.messages import chunks
from mailhelper_core.store.unit_of_work import UnitOfWork

_w = t.rule_waits.c


def put(uow: UnitOfWork, rows: Sequence[tuple[int, int, int]]) -> None:
    """Let messages wait: (account, message, not before in microseconds); what waited before is replaced."""
    for account_id in {row[0] for row in rows}:
        done(uow, account_id, [row[1] for row in rows if row[0] == account_id])
    if rows:
        insert_rows(uow.connection, t.rule_waits, ("account_id", "message_id", "not_before"), rows)


def take(uow: UnitOfWork, account_id: int, until: int, limit: int, *, after: int = 0) -> list[int]:
    """Answer messages that are old enough now, with ids above `after`; not those that lie nowhere."""
    m = t.messages.c
    due = (_w.account_id == account_id, _w.not_before <= until, _w.message_id > after, m.orphaned_at.is_(None))
    joined = select(_w.message_id).join(t.messages, m.id == _w.message_id)
    return list(uow.connection.scalars(joined.where(*due).order_by(_w.message_id).limit(limit)))


def done(uow: UnitOfWork, account_id: int, message_ids: Sequence[int]) -> None:
    """Let messages wait no longer."""
    for chunk in chunks(message_ids):
        uow.execute(delete(t.rule_waits).where(_w.account_id == account_id, _w.message_id.in_(chunk)))


def count(uow: UnitOfWork, account_id: int, until: int) -> int:
    """Answer how many messages are old enough now."""
    due = select(func.count()).where(_w.account_id == account_id, _w.not_before <= until)
    return int(uow.connection.scalar(due) or 0)
