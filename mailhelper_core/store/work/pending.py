"""What still has to be processed, indexed or ruled on: one row a (stage, account, message)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Exists, bindparam, delete, exists, func, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows, select_among
from mailhelper_core.store.unit_of_work import UnitOfWork

Stage = Literal["index", "process", "rules", "consult", "embed"]
# The stages that every new message waits for.
STAGES: tuple[Stage, ...] = ("index", "process", "rules")
# Every sync asks it: built once.
_COUNT = select(func.count()).where(
    t.pending.c.stage == bindparam("of_stage"), t.pending.c.account_id == bindparam("of_account")
)
_CLAIM = """
DELETE FROM {schema}mailhelper_pending WHERE stage = ? AND account_id = ? AND message_id IN ({values})
RETURNING message_id
"""


def add(uow: UnitOfWork, stage: Stage, account_id: int, message_ids: Sequence[int]) -> None:
    """Let messages wait for a stage; those that wait already are no error."""
    _add(uow, [stage], account_id, message_ids)


def add_new(uow: UnitOfWork, account_id: int, message_ids: Sequence[int]) -> None:
    """Let messages wait for every stage."""
    _add(uow, STAGES, account_id, message_ids)


def _add(uow: UnitOfWork, stages: Sequence[Stage], account_id: int, message_ids: Sequence[int]) -> None:
    rows = [(stage, account_id, message_id) for stage in stages for message_id in message_ids]
    columns = ("stage", "account_id", "message_id")
    insert_rows(uow.connection, t.pending, columns, rows, or_ignore=True, is_clean=True)


def take(
    uow: UnitOfWork, stage: Stage, account_id: int, limit: int, *, after: int = 0, unless: Stage | None = None
) -> list[int]:
    """Answer the oldest messages that wait, with ids above `after`; they keep waiting until `done`.

    With `unless`, messages that wait for that earlier stage too are left out, and those that lie nowhere now.
    """
    p, m = t.pending.c, t.messages.c
    statement = (
        select(p.message_id)
        .where(p.stage == stage, p.account_id == account_id, p.message_id > after)
        .order_by(p.message_id)
        .limit(limit)
    )
    if unless is not None:
        statement = statement.join(t.messages, m.id == p.message_id).where(m.orphaned_at.is_(None))
        statement = statement.where(~_waits_too(unless, account_id))
    return list(uow.connection.scalars(statement))


def done(
    uow: UnitOfWork, stage: Stage, account_id: int, message_ids: Sequence[int], *, unless: Stage | None = None
) -> None:
    """Strike messages off a stage's list; with `unless` not those that wait for that earlier stage too."""
    p = t.pending.c
    statement = delete(t.pending).where(p.stage == stage, p.account_id == account_id)
    if unless is not None:
        statement = statement.where(~_waits_too(unless, account_id))
    for chunk in chunks(message_ids):
        uow.execute(statement.where(p.message_id.in_(chunk)))


def claim(uow: UnitOfWork, stage: Stage, account_id: int, message_ids: Sequence[int]) -> set[int]:
    """Strike messages off a stage's list and answer those that still waited: another worker may have been faster."""
    rows = select_among(uow.connection, _CLAIM, fixed=(stage, account_id), values=message_ids)
    return {message_id for (message_id,) in rows}


def among(uow: UnitOfWork, stage: Stage, account_id: int, message_ids: Sequence[int]) -> list[int]:
    """Answer those of these messages that wait, in the order in which they will be taken."""
    p = t.pending.c
    found: list[int] = []
    for chunk in chunks(message_ids):
        mine = (p.stage == stage, p.account_id == account_id, p.message_id.in_(chunk))
        found += uow.connection.scalars(select(p.message_id).where(*mine))
    return sorted(found)


def count(uow: UnitOfWork, stage: Stage, account_id: int) -> int:
    """Answer how many messages wait."""
    return int(uow.connection.scalar(_COUNT, {"of_stage": stage, "of_account": account_id}) or 0)


def _waits_too(stage: Stage, account_id: int) -> Exists:
    # NOT IN would hold all that waits in memory, or ask for each row where PostgreSQL has too little of it.
    other = t.pending.alias()
    same = other.c.message_id == t.pending.c.message_id
    return exists().where(other.c.stage == stage, other.c.account_id == account_id, same)
