"""What undo writes besides new entries: priorities and tags as they were, and what changes did without entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from mailhelper_core.model.mind.tag import SuggestedTag, fold_tag
from mailhelper_core.model.work.operation import AddTag, RemoveTag, SetPriority
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import mirrors, opinions, suggested_names, suggestions, tag_texts, tags
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox, pending, shown
from mailhelper_core.store.work.outbox import OutboxRow

Restored = tuple[int, int]


def with_present_names(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Answer entries with the names that tags bear now where they were renamed since."""
    speaks_of_tags = [row for row in rows if isinstance(row.operation, AddTag | RemoveTag)]
    if not speaks_of_tags:
        return list(rows)
    c = t.changes.c
    since = min(row.change_id for row in speaks_of_tags)
    mine = and_(c.owner_id == uow.owner_id, c.id > since, c.kind == tags.UPDATE_KIND, c.state == "applied")
    renamings = [
        (row.id, json.loads(row.data)["changed_tag"])
        for row in uow.execute(select(c.id, c.data).where(mine).order_by(c.id))
    ]
    return [_renamed(row, [one for id_, one in renamings if id_ > row.change_id]) for row in rows]


def cancel(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> None:
    """End entries that the server never heard of, and show their messages without them."""
    outbox.set_state(uow, [row.id for row in rows if row.state == "waiting"], "cancelled")
    shown.refresh(uow, [row.message_id for row in rows])


def withdrawn(uow: UnitOfWork, undo_id: int, message_ids: Sequence[int]) -> list[OutboxRow]:
    """Answer the entries that an undo took back and wrote no entry for, in order."""
    statement = select(t.outbox).where(_is_withdrawn(uow, undo_id), t.outbox.c.message_id.in_(message_ids))
    return [outbox.read_row(row) for row in uow.execute(statement.order_by(t.outbox.c.id))]


def withdrawn_messages(uow: UnitOfWork, undo_id: int) -> list[int]:
    """Answer which messages they are about."""
    statement = select(t.outbox.c.message_id).where(_is_withdrawn(uow, undo_id)).distinct()
    return list(uow.connection.scalars(statement))


def _is_withdrawn(uow: UnitOfWork, undo_id: int) -> ColumnElement[bool]:
    o, c = t.outbox.c, t.changes.c
    # Found by the change that was undone: entries have no index by what took them back.
    undoes = json.loads(uow.connection.scalar(select(c.data).where(c.id == undo_id)) or "{}").get("undoes", 0)
    unsent = or_(o.state == "cancelled", o.error_code == outbox.LOCAL_ONLY, o.kind == "set_priority")
    return and_(o.change_id == undoes, o.owner_id == uow.owner_id, o.undone_by == undo_id, unsent)


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
    """Make again what entries need to be reversed: a tag that was deleted, and end a mirror before its keywords go."""
    for tag in data.get("deleted_tags", ()):
        made = tags.make_again(uow, tag)
        mirrors.set_if_free(uow, made.id, tag.get("keyword", ""))
        suggestions.restore_examples(uow, made.id, tag.get("examples", ()))
    moved = data.get("moved_examples")
    if moved:
        suggestions.forget_examples(uow, moved["to"], moved["ids"])
    mirror = data.get("mirrored_tag")
    if mirror and mirrors.keyword_of(uow, mirror["id"]) == mirror["became"]:
        mirrors.set_keyword(uow, mirror["id"], "")


def restore_after(uow: UnitOfWork, data: Mapping[str, Any]) -> Restored:
    """Take back what a change did besides its entries; answer (undone, left)."""
    undone = left = 0
    for name, restore in _RESTORERS.items():
        if name in data:
            some_undone, some_left = restore(uow, data[name])
            undone, left = undone + some_undone, left + some_left
    return undone, left


def _renamed(row: OutboxRow, renamings: Sequence[Mapping[str, Mapping[str, str]]]) -> OutboxRow:
    for one in renamings:
        was, became = fold_tag(one["was"]["name"]), one["became"]["name"]
        operation, *inverse = [
            replace(op, tag=became) if isinstance(op, AddTag | RemoveTag) and fold_tag(op.tag) == was else op
            for op in (row.operation, *row.inverse)
        ]
        row = replace(row, operation=operation, inverse=tuple(inverse))
    return row


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


def _restore_mirror(uow: UnitOfWork, mirror: Mapping[str, Any]) -> Restored:
    if mirrors.keyword_of(uow, mirror["id"]) != "":
        return 0, 1
    return (1, 0) if mirrors.set_if_free(uow, mirror["id"], mirror["was"]) else (0, 1)


def _restore_taught(uow: UnitOfWork, taught: Mapping[str, Any]) -> Restored:
    """What the owner said of a tag is no operation: it is not counted."""
    if mirrors.keyword_of(uow, taught["tag"]) is not None:
        suggestions.unteach(uow, taught["tag"], taught["was"], became=taught["became"])
    return 0, 0


def _restore_suggested(uow: UnitOfWork, suggested: Mapping[str, Any]) -> Restored:
    name = suggested["name"]
    suggestions.ask_again(uow, name, [SuggestedTag(id_, name, sure, by) for id_, sure, by in suggested["rows"]])
    return 0, 0


# key of a change's data -> what takes it back
_RESTORERS: Mapping[str, Callable[[UnitOfWork, Any], Restored]] = {
    "corrections": _restore_corrections,
    "created_tag": _restore_created_tag,
    "changed_tag": _restore_changed_tag,
    "mirrored_tag": _restore_mirror,
    "taught": _restore_taught,
    "suggested": _restore_suggested,
    "retold": tag_texts.restore,
    "meant": suggested_names.restore,
}
