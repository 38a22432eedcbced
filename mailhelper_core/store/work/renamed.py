"""Entries speak of mailboxes by name: when another client renames one, they follow, whether they wait or are done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import and_, or_, select, update

from mailhelper_core.model.work.operation import (
    SERVER_KINDS,
    AddKeyword,
    AppendDraft,
    CopyMessage,
    DropCopy,
    DropDraft,
    MoveMessage,
    Operation,
    RemoveKeyword,
)
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox

_NAMING = (AddKeyword, RemoveKeyword, CopyMessage, DropCopy, AppendDraft, DropDraft)


def follow(uow: UnitOfWork, account_id: int, was: str, became: str, *, after: int = 0, limit: int = 500) -> int:
    """Let entries of an account name a mailbox as it is called now; answer the last id seen, 0 when none is left.

    What waits is then delivered there, and undo finds there what was delivered. `after` is the answer before.
    """
    o = t.outbox.c
    mine = and_(o.account_id == account_id, o.id > after, o.kind.in_(SERVER_KINDS))
    # The name as `outbox.encode` writes it; the inverse holds that once more as JSON. What is found by accident
    # (another field, a part of a longer name) is left as it is below.
    written = _in_json(was)
    names = or_(o.data.contains(written, autoescape=True), o.inverse.contains(_in_json(written), autoescape=True))
    found = uow.execute(select(t.outbox).where(mine, names).order_by(o.id).limit(limit)).all()
    for row in map(outbox.read_row, found):
        operations = (row.operation, *row.inverse)
        operation, *inverse = renamed(operations, was, became)
        if (operation, *inverse) != operations:
            values = outbox.operation_values(replace(row, operation=operation, inverse=tuple(inverse)))
            uow.execute(update(t.outbox).where(o.id == row.id).values(values))
    return int(found[-1].id) if len(found) == limit else 0


def renamed(operations: Sequence[Operation], was: str, became: str) -> list[Operation]:
    """Answer operations that name a mailbox by its new name where they named it by the old one."""
    return [_renamed(operation, was, became) for operation in operations]


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _renamed(operation: Operation, was: str, became: str) -> Operation:
    if isinstance(operation, MoveMessage):
        target, source = (became if name == was else name for name in (operation.mailbox, operation.source))
        return replace(operation, mailbox=target, source=source)
    if isinstance(operation, _NAMING) and operation.mailbox == was:
        return replace(operation, mailbox=became)
    return operation
