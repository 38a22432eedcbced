"""Changes that wait for the owner's word: their entries are in the outbox, and nobody delivers or shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select, update

from mailhelper_core.errors import ConflictError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.work.operation import Change, ChangeState
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, reserve_ids
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import rules
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes, outbox
from mailhelper_core.store.work.decisions import Decision
from mailhelper_core.store.work.outbox import OutboxRow

# The rule that proposed an entry is off or gone, or says something else now.
RULE_CHANGED = "rule_changed"


def new(uow: UnitOfWork, kind: str, note: str) -> int:
    """Insert a change in state proposed and answer its id."""
    change_id = changes.new_change(uow, kind, note)
    changes.set_state(uow, change_id, "proposed")
    return change_id


def put(uow: UnitOfWork, change_id: int, decisions: Sequence[tuple[int, Decision]]) -> int:
    """Write down what is proposed, each with its message's account and where that lies; answer how many entries."""
    ids = reserve_ids(uow.connection, t.outbox, len(decisions))
    asked = {one.operation.message_id for _, one in decisions}
    lying = {
        message.id: {place.mailbox_id: 0 for place in message.places}
        for message in messages.summaries(uow, sorted(asked))
    }
    rows = [
        OutboxRow(
            id_, account_id, change_id, one.operation,
            decided_by=one.decided_by, revision_id=one.revision_id, state="proposed",
            decided_on=lying[one.operation.message_id],
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
    uow.lock_owner()  # before the change, as who saves a rule does
    state = changes.lock(uow, change_id)
    if state != "proposed":
        raise ConflictError(f"This change is {state}; it waits for nobody's word.", code=state)


def some(uow: UnitOfWork, change_id: int, limit: int) -> list[OutboxRow]:
    """Lock and answer what is proposed for some messages, in order."""
    o = t.outbox.c
    mine = (o.change_id == change_id, o.state == "proposed")
    ids = select(o.message_id).where(*mine).distinct().order_by(o.message_id).limit(limit)
    message_ids = list(uow.connection.scalars(ids))
    rows = outbox.rows_of_change(uow, change_id, message_ids=message_ids, lock=True)
    return [row for row in rows if row.state == "proposed"]


def take(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    """Take proposed rows out; the caller decides them."""
    uow.execute(delete(t.outbox).where(t.outbox.c.id.in_([row.id for row in rows])))


def leave(uow: UnitOfWork, refused: Mapping[int, str]) -> None:
    """End proposed rows, given why by id; they stay, for whoever asks what became of them."""
    for code in sorted(set(refused.values())):
        outbox.set_state(uow, [id_ for id_, why in refused.items() if why == code], "cancelled", error_code=code)


def withdraw(uow: UnitOfWork) -> None:
    """End what rules proposed that are off or gone, or say something else now.

    A rule that still says the same may ask again: its hits go. Those of an earlier revision stay, as history.
    """
    newest = {one.revision_id: one.rule for one in rules.every(uow)}
    o, c = t.outbox.c, t.changes.c
    waiting = select(c.id).where(c.owner_id == uow.owner_id, c.state == "proposed").order_by(c.id)
    for change_id in list(uow.connection.scalars(waiting)):
        if changes.lock(uow, change_id) != "proposed":
            continue
        # Read under the lock: what an approval has taken meanwhile is no longer asked.
        asked = select(o.id, o.message_id, o.account_id, o.revision_id).where(o.change_id == change_id)
        rows = uow.execute(asked.where(o.state == "proposed").order_by(o.id)).all()
        void = [row for row in rows if not _may_ask(newest.get(row.revision_id), row.account_id)]
        if void:
            leave(uow, {row.id: RULE_CHANGED for row in void})
            _forget_hits(uow, change_id, {row.message_id for row in void if row.revision_id in newest})
            _end(uow, change_id, "withdrawn")


def _may_ask(rule: Rule | None, account_id: int) -> bool:
    return rule is not None and rule.enabled and rule.account_id in (None, account_id)


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


def account_ids(uow: UnitOfWork) -> list[int]:
    """Answer the owner's accounts."""
    return list(uow.connection.scalars(select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id)))


def _forget_hits(uow: UnitOfWork, change_id: int, message_ids: Collection[int]) -> None:
    h = t.rule_hits.c
    for chunk in chunks(sorted(message_ids)):
        uow.execute(delete(t.rule_hits).where(h.change_id == change_id, h.message_id.in_(chunk)))


def _end(uow: UnitOfWork, change_id: int, state: ChangeState) -> None:
    """Let a change wait no longer, unless some of it still does; what was approved in part can be undone."""
    states = set(uow.connection.scalars(select(t.outbox.c.state).where(t.outbox.c.change_id == change_id).distinct()))
    if "proposed" not in states:
        changes.set_state(uow, change_id, state if states <= {"cancelled"} else "applied")
