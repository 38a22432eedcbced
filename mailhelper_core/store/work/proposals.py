"""Changes that wait for the owner's word: their entries are in the outbox, and nobody delivers or shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from mailhelper_core.errors import ConflictError
from mailhelper_core.model.work.operation import Change
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import reserve_ids
from mailhelper_core.store.mind import rules
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes, outbox
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.store.work.outbox import OutboxRow


def new(uow: UnitOfWork, kind: str, note: str) -> int:
    """Insert a change in state proposed and answer its id."""
    change_id = changes.new_change(uow, kind, note)
    changes.set_state(uow, change_id, "proposed")
    return change_id


def put(uow: UnitOfWork, change_id: int, decisions: Sequence[tuple[int, Decision]]) -> int:
    """Write down what is proposed, each with its message's account; answer how many entries."""
    ids = reserve_ids(uow.connection, t.outbox, len(decisions))
    rows = [
        OutboxRow(
            id_, account_id, change_id, one.operation,
            decided_by=one.decided_by, revision_id=one.revision_id, state="proposed",
        )
        for id_, (account_id, one) in zip(ids, decisions, strict=True)
    ]  # fmt: skip
    outbox.put(uow, rows)
    return len(rows)


def every(uow: UnitOfWork) -> list[Change]:
    """Answer the changes that wait for the owner's word, oldest first."""
    c = t.changes.c
    mine = select(c.id).where(c.owner_id == uow.owner_id, c.state == "proposed").order_by(c.id)
    return [changes.get(uow, id_) for id_ in uow.connection.scalars(mine)]


def require(uow: UnitOfWork, change_id: int) -> None:
    """Lock a proposed change; raise NotFoundError for an unknown one and ConflictError for one that is decided."""
    state = changes.lock(uow, change_id)
    if state != "proposed":
        raise ConflictError(f"This change is {state}; it waits for nobody's word.", code=state)


def approve_some(uow: UnitOfWork, change_id: int, limit: int) -> int:
    """Decide what is proposed for some messages, as they are now; answer how many messages, 0 when none are left."""
    o = t.outbox.c
    mine = (o.change_id == change_id, o.state == "proposed")
    some = select(o.message_id).where(*mine).distinct().order_by(o.message_id).limit(limit)
    message_ids = list(uow.connection.scalars(some))
    rows = [
        row for row in outbox.rows_of_change(uow, change_id, message_ids=message_ids, lock=True)
        if row.state == "proposed"
    ]  # fmt: skip
    uow.execute(delete(t.outbox).where(o.id.in_([row.id for row in rows])))
    decide(uow, change_id, [Decision(row.operation, row.decided_by, row.revision_id) for row in rows])
    return len(message_ids)


def reject(uow: UnitOfWork, change_id: int) -> None:
    """End what is proposed; the rule that asked never acts on these messages again."""
    o = t.outbox.c
    rows = outbox.rows_of_change(uow, change_id)
    uow.execute(
        update(t.outbox)
        .where(o.change_id == change_id, o.state == "proposed")
        .values(state="cancelled", updated_at=uow.now)
    )
    rules.reverse_hits(uow, change_id, {(row.message_id, row.revision_id) for row in rows})
    changes.set_state(uow, change_id, "rejected")
