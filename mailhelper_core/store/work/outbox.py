"""The outbox: operations as rows, written in the transaction that decided them, delivered later."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from mailhelper_core.model.work.operation import (
    OPERATION_TYPES,
    SERVER_KINDS,
    AddKeyword,
    ChangeEntry,
    DecidedBy,
    KeywordOperation,
    Operation,
    OperationState,
    RemoveKeyword,
    operation_kind,
)
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.written_out import is_any

# Delivered in the store alone, because its mailbox cannot be written: it stays applied over what the source says.
LOCAL_ONLY = "local_only"
UNFINISHED = ("waiting", "claimed")
# Written so that their index is found, which what was delivered does not fill.
IS_UNFINISHED = is_any(t.outbox.c.state, UNFINISHED)
# Why a row waits for what a sync will find; its `not_before` is then when it was tried last, and so is in the past.
FOR_A_SYNC = frozenset({"gone", "unplaced", "uid_validity", "no_mailbox"})

_COLUMNS = (
    "id", "owner_id", "account_id", "change_id", "message_id", "kind", "data", "inverse", "decided_by",
    "revision_id", "decided_on", "decided_keywords", "state", "error_code", "attempts", "created_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One operation on its way.

    inverse takes it back; assigned tells who had set a tag that it takes off; decided_on maps the mailboxes in which
    the message was known to the mod_seq seen, 0 for none, decided_keywords are those seen there; intent says where a
    copy will appear.
    """

    id: int
    account_id: int
    change_id: int
    operation: Operation
    inverse: tuple[Operation, ...] = ()
    assigned: Mapping[str, Any] = field(default_factory=dict)
    decided_by: DecidedBy = "owner"
    revision_id: int | None = None
    decided_on: Mapping[int, int] = field(default_factory=dict)
    decided_keywords: frozenset[frozenset[str]] = frozenset()
    state: OperationState = "waiting"
    error_code: str = ""
    attempts: int = 0
    not_before: int | None = None
    intent: Mapping[str, int] = field(default_factory=dict)
    created_at: int = 0
    updated_at: int = 0
    undone_by: int | None = None

    @property
    def message_id(self) -> int:
        """The message it is about."""
        return self.operation.message_id


def put(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    """Insert rows whose ids were reserved."""
    values = [
        (
            row.id, uow.owner_id, row.account_id, row.change_id, row.message_id, *encode(row.operation),
            _inverse_json(row), row.decided_by, row.revision_id,
            *decided_values(row.decided_on, row.decided_keywords).values(),
            row.state, row.error_code, row.attempts, uow.now, uow.now,
        )
        for row in rows
    ]  # fmt: skip
    insert_rows(uow.connection, t.outbox, _COLUMNS, values)


def rows_of_change(
    uow: UnitOfWork, change_id: int, *, message_ids: Sequence[int] | None = None, lock: bool = False
) -> list[OutboxRow]:
    """Answer the rows of a change in the order they were decided; of some messages where ids are given.

    With `lock` no delivery can claim them before this transaction ends.
    """
    o = t.outbox.c
    statement = select(t.outbox).where(o.change_id == change_id, o.owner_id == uow.owner_id).order_by(o.id)
    if lock:
        statement = statement.with_for_update()
    if message_ids is not None:
        statement = statement.where(o.message_id.in_(message_ids))
    return [read_row(row) for row in uow.execute(statement)]


def rows(uow: UnitOfWork, ids: Sequence[int]) -> list[OutboxRow]:
    """Answer rows as they are now."""
    o = t.outbox.c
    found: list[Row[Any]] = []
    for chunk in chunks(ids):
        found += uow.execute(select(t.outbox).where(o.id.in_(chunk)).order_by(o.id))
    return [read_row(row) for row in found]


def entries(uow: UnitOfWork, change_ids: Sequence[int]) -> dict[int, tuple[ChangeEntry, ...]]:
    """Answer the entries of changes."""
    o = t.outbox.c
    found: dict[int, list[ChangeEntry]] = defaultdict(list)
    for chunk in chunks(change_ids):
        for row in uow.execute(select(t.outbox).where(o.change_id.in_(chunk)).order_by(o.id)):
            found[row.change_id].append(_entry(row))
    return {change_id: tuple(rows) for change_id, rows in found.items()}


def pending(uow: UnitOfWork, *, account_id: int | None = None, limit: int = 200) -> tuple[ChangeEntry, ...]:
    """Answer the owner's entries that wait for delivery, oldest first."""
    o = t.outbox.c
    # By account: in the order of ids, all that was ever delivered would be read.
    mine = select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id)
    statement = select(t.outbox).where(o.account_id.in_(mine), IS_UNFINISHED).order_by(o.id).limit(limit)
    if account_id is not None:
        statement = statement.where(o.account_id == account_id)
    return tuple(_entry(row) for row in uow.execute(statement))


def waiting_keywords(uow: UnitOfWork, message_ids: Iterable[int]) -> dict[int, tuple[KeywordOperation, ...]]:
    """Answer, by message, the keyword operations that stand over what the server says, in order.

    Besides undelivered ones these are those that can never be delivered (a read-only source). An operation whose
    mailbox_id is not 0 speaks of that mailbox alone.
    """
    found: dict[int, tuple[KeywordOperation, ...]] = {}
    for row in standing(uow, message_ids):
        if isinstance(row.operation, AddKeyword | RemoveKeyword):
            found[row.message_id] = (*found.get(row.message_id, ()), row.operation)
    return found


def standing(uow: UnitOfWork, message_ids: Iterable[int]) -> list[OutboxRow]:
    """Answer the rows whose effect is shown though the server does not know it yet, in order."""
    o = t.outbox.c
    local = and_(o.state == "delivered", o.error_code == LOCAL_ONLY, o.undone_by.is_(None))
    found = []
    for chunk in chunks(list(message_ids)):
        mine = and_(o.message_id.in_(chunk), o.kind.in_(SERVER_KINDS))
        found += uow.execute(select(t.outbox).where(mine, or_(o.state.in_(UNFINISHED), local)).order_by(o.id))
    return [read_row(row) for row in found]


def later_operations(uow: UnitOfWork, message_ids: Sequence[int], after: int) -> list[OutboxRow]:
    """Answer what was decided about messages after an entry and still holds, in order; what undo did is left out."""
    o, c = t.outbox.c, t.changes.c
    holds = and_(o.id > after, o.undone_by.is_(None), o.state.in_((*UNFINISHED, "delivered")), c.kind != "undo")
    found: list[Row[Any]] = []
    for chunk in chunks(message_ids):
        joined = select(t.outbox).join(t.changes, c.id == o.change_id)
        found += uow.execute(joined.where(o.message_id.in_(chunk), holds).order_by(o.id))
    return [read_row(row) for row in found]


def set_state(uow: UnitOfWork, ids: Sequence[int], state: OperationState, *, error_code: str = "") -> None:
    """Note how rows stand."""
    for chunk in chunks(ids):
        values = {"state": state, "error_code": error_code, "updated_at": uow.now}
        uow.execute(update(t.outbox).where(t.outbox.c.id.in_(chunk)).values(values))


def set_undone(uow: UnitOfWork, ids: Sequence[int], change_id: int) -> None:
    """Note which change took rows back."""
    for chunk in chunks(ids):
        uow.execute(update(t.outbox).where(t.outbox.c.id.in_(chunk)).values(undone_by=change_id, updated_at=uow.now))


def seen_mod_seq(place: Row[Any]) -> int:
    """Answer up to which mod_seq others' changes at a place are known: its own, or its mailbox's at the last sync."""
    return max(place.mod_seq, place.highest_mod_seq) if place.mod_seq else 0


def decided_values(decided_on: Mapping[int, int], keywords: Iterable[frozenset[str]]) -> dict[str, str]:
    """Answer the columns that hold what was decided on."""
    return {
        "decided_on": json.dumps(dict(decided_on)),
        "decided_keywords": json.dumps(sorted(" ".join(sorted(one)) for one in keywords)),
    }


def operation_values(row: OutboxRow) -> dict[str, str]:
    """Answer the columns that hold a row's operation and what takes it back."""
    return {"data": encode(row.operation)[1], "inverse": _inverse_json(row)}


def forget_numbers(uow: UnitOfWork, mailbox_id: int, message_ids: Iterable[int]) -> None:
    """Let waiting rows about messages that arrived in a mailbox count on no mod_seq that was seen there before."""
    _know(uow, mailbox_id, [row for row in standing(uow, message_ids) if mailbox_id in row.decided_on])


def follow(uow: UnitOfWork, mailbox_id: int, sources: Mapping[int, int]) -> None:
    """Let waiting rows know where we moved or copied messages, given {message: source}, if they knew the source."""
    known = [row for row in standing(uow, sources) if {mailbox_id, sources[row.message_id]} & row.decided_on.keys()]
    _know(uow, mailbox_id, known)


def _know(uow: UnitOfWork, mailbox_id: int, rows: Sequence[OutboxRow]) -> None:
    for row in rows:
        values = decided_values({**row.decided_on, mailbox_id: 0}, row.decided_keywords)
        uow.execute(update(t.outbox).where(t.outbox.c.id == row.id).values(values))


def encode(operation: Operation) -> tuple[str, str]:
    """Answer an operation's kind and its other fields as JSON."""
    fields = asdict(operation)
    del fields["message_id"]
    if isinstance(operation, AddKeyword | RemoveKeyword) and not operation.mailbox:
        del fields["mailbox"]  # workers of an earlier version know no such field (two-step rule)
    return operation_kind(operation), json.dumps(fields, ensure_ascii=False)


def decode(kind: str, message_id: int, data: str) -> Operation:
    """Answer the operation that `encode` wrote."""
    operation: Operation = OPERATION_TYPES[kind](message_id, **json.loads(data))
    return operation


def read_row(row: Row[Any]) -> OutboxRow:
    """Answer the value of a row."""
    inverse = json.loads(row.inverse)
    return OutboxRow(
        id=row.id,
        account_id=row.account_id,
        change_id=row.change_id,
        operation=decode(row.kind, row.message_id, row.data),
        inverse=tuple(decode(kind, row.message_id, data) for kind, data in inverse.get("operations", ())),
        assigned=inverse.get("assigned", {}),
        decided_by=row.decided_by,
        revision_id=row.revision_id,
        decided_on={int(key): value for key, value in json.loads(row.decided_on).items()},
        decided_keywords=frozenset(frozenset(keywords.split()) for keywords in json.loads(row.decided_keywords)),
        state=row.state,
        error_code=row.error_code,
        attempts=row.attempts,
        not_before=row.not_before,
        intent=json.loads(row.intent or "{}"),
        created_at=row.created_at,
        updated_at=row.updated_at,
        undone_by=row.undone_by,
    )


def _inverse_json(row: OutboxRow) -> str:
    found: dict[str, Any] = {"operations": [encode(operation) for operation in row.inverse]}
    return json.dumps(found | ({"assigned": row.assigned} if row.assigned else {}), ensure_ascii=False)


def _entry(row: Row[Any]) -> ChangeEntry:
    operation = decode(row.kind, row.message_id, row.data)
    was_undone = row.undone_by is not None
    return ChangeEntry(
        row.id, operation, row.state, row.attempts, row.error_code, was_undone, decided_by=row.decided_by
    )
