"""What undo writes besides new entries: priorities and tags as they were, and what changes did without entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import update

from mailhelper_core.model.operation import AddTag, SetPriority
from mailhelper_core.store import opinions, outbox, pending, shown, tags
from mailhelper_core.store import tables as t
from mailhelper_core.store.outbox import OutboxRow
from mailhelper_core.store.unit_of_work import UnitOfWork

Restored = tuple[int, int]


def cancel(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    """End entries that the server never heard of, and show their messages without them."""
    outbox.set_state(uow, [row.id for row in rows if row.state == "waiting"], "cancelled")
    shown.refresh(uow, [row.message_id for row in rows])


def restore_priorities(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    """Show the priorities of before; processing the messages again makes them exact."""
    m = t.messages.c
    for row in rows:
        for operation in row.inverse:
            if isinstance(operation, SetPriority):
                levels = {"urgency": operation.urgency, "importance": operation.importance}
                values = {name: level or None for name, level in levels.items() if level is not None}
                uow.execute(update(t.messages).where(m.id == row.message_id).values(values))
        pending.add(uow, "process", row.account_id, [row.message_id])


def restore_assignments(uow: UnitOfWork, restored: Sequence[tuple[OutboxRow, AddTag]]) -> None:
    """Give tags that were set again back who had set them first."""
    for row, operation in restored:
        tag = tags.find(uow, operation.tag)
        if tag is not None and row.assigned:
            tags.restore(uow, tag.id, {row.message_id: tags.Assignment(**row.assigned)})


def restore_before(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """Make again what entries need to be reversed: a tag that was deleted."""
    for tag in data.get("deleted_tags", ()):
        tags.ensure(uow, tag["name"], color=tag["color"], description=tag["description"])


def restore_after(uow: UnitOfWork, data: Mapping[str, Any]) -> Restored:
    """Take back what a change did besides its entries; answer (undone, left)."""
    undone = left = 0
    for name, restore in _RESTORERS.items():
        if name in data:
            some_undone, some_left = restore(uow, data[name])
            undone, left = undone + some_undone, left + some_left
    return undone, left


def _restore_corrections(uow: UnitOfWork, ids: Sequence[int]) -> Restored:
    return opinions.take_back(uow, ids)


def _restore_created_tag(uow: UnitOfWork, name: str) -> Restored:
    tag = tags.find(uow, name)
    if tag is None or tags.assignments(uow, tag.id):
        return 0, 1
    tags.remove(uow, tag.id)
    return 1, 0


def _restore_changed_tag(uow: UnitOfWork, change: Mapping[str, Mapping[str, str]]) -> Restored:
    was, became = change["was"], change["became"]
    tag = tags.find(uow, became["name"])
    if tag is None or {"name": tag.name, "color": tag.color, "description": tag.description} != dict(became):
        return 0, 1
    taken = tags.find(uow, was["name"])
    if taken is not None and taken.id != tag.id:
        return 0, 1
    tags.change(uow, tag.id, name=was["name"], color=was["color"], description=was["description"])
    return 1, 0


# key of a change's data -> what takes it back
_RESTORERS: Mapping[str, Callable[[UnitOfWork, Any], Restored]] = {
    "corrections": _restore_corrections,
    "created_tag": _restore_created_tag,
    "changed_tag": _restore_changed_tag,
}
