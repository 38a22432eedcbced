"""Replay: let effects of plugins be carried out once more, for a service that has lost or refused them."""

from __future__ import annotations

from mailhelper_core.model.work.operation import Change, ChangeEntry, Effect
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import changes, delivery, outbox
from mailhelper_core.store.work.outbox import OutboxRow

# What nobody tries any more; what waits is tried anyway, what was taken back must not be.
_FAILED = ("conflicted", "dead")
_ENDED = (*_FAILED, "delivered")


def replay(owner: OwnerStore, change: Change | ChangeEntry | int, *, failed: bool = False) -> tuple[ChangeEntry, ...]:
    """Let the ended effects of a change, or that of one entry, wait for delivery again, and answer them."""
    states = _FAILED if failed else _ENDED
    with owner.begin() as uow:
        uow.lock_owner(against_rows=True)  # first, as undo does: of both at once one waits
        change_id = changes.of_entry(uow, change.id) if isinstance(change, ChangeEntry) else _id(change)
        changes.lock(uow, change_id)
        wanted = {change.id} if isinstance(change, ChangeEntry) else None
        rows = [row for row in outbox.rows_of_change(uow, change_id, lock=True) if wanted is None or row.id in wanted]
        ids = [row.id for row in rows if row.state in states and _may_go_again(row)]
        delivery.revive(uow, ids)
        found = {entry.id: entry for entry in outbox.entries(uow, [change_id]).get(change_id, ())}
    return tuple(found[id_] for id_ in ids)


def _may_go_again(row: OutboxRow) -> bool:
    return isinstance(row.operation, Effect) and row.undone_by is None


def _id(change: Change | int) -> int:
    return change.id if isinstance(change, Change) else change
