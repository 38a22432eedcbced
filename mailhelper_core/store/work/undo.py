"""What undo writes besides new entries: priorities and tags as they were, and what changes did without entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.work.operation import AddTag, SetPriority
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import threads_by_hand
from mailhelper_core.store.mind import mirrors, suggested_names, suggestions, tag_texts, tags, taken_back
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes, outbox, pending, shown, tag_entries
from mailhelper_core.store.work.outbox import OutboxRow

Restored = tuple[int, int]


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
    never_tried = and_(o.state == "cancelled", o.attempts == 0)  # what was tried has an entry that reverses it
    unsent = or_(never_tried, o.error_code == outbox.LOCAL_ONLY, o.kind == "set_priority")
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


def restore_before(uow: UnitOfWork, change_id: int) -> None:
    """Make again what entries need to be reversed: a tag that was deleted, and end a mirror before its keywords go.

    A tag is made again once: what undo leaves can be undone later, and the tag may be called otherwise by then.
    """
    data = changes.data(uow, change_id)
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
    changes.strike_data(uow, change_id, data.keys() & {"deleted_tags", "moved_examples"})


def restore_after(uow: UnitOfWork, change_id: int, undo_id: int) -> Restored:
    """Take back what a change did besides its entries; answer (undone, left).

    What is back is struck from the change: it is not to be taken back again with what is left, nor is a tag still read
    by a name that it has no more.
    """
    data = changes.data(uow, change_id)
    undone, left = _restore_corrections(uow, data, undo_id)
    back: set[str] = set()
    for name, restore in _RESTORERS.items():
        if name in data:
            some_undone, some_left = restore(uow, data[name])
            undone, left = undone + some_undone, left + some_left
            back |= set() if some_left else {name}
    if "changed_tag" in back:
        was, became = data["changed_tag"]["became"], data["changed_tag"]["was"]
        changes.add_data(uow, undo_id, {tag_entries.RENAMED_BACK: {"was": was, "became": became}})
    elif "changed_tag" in data:  # then nothing waits under the old name either
        back.discard("meant")
    if "threads" in back:
        changes.add_data(uow, undo_id, {"threads": threads_by_hand.turned(data["threads"])})
    changes.strike_data(uow, change_id, back)
    return undone, left


def _restore_corrections(uow: UnitOfWork, data: Mapping[str, Any], undo_id: int) -> Restored:
    """Take back what the owner said with a change; of an undo, let stand again what it took back."""
    taken, newer = taken_back.take_back(uow, data.get("corrections", ()))
    given, newer_too = taken_back.give_back(uow, data.get("taken_back", ()))
    done = {"taken_back": taken, "corrections": given}
    if taken or given:
        changes.add_data(uow, undo_id, {name: ids for name, ids in done.items() if ids})
    return len(taken) + len(given), newer + newer_too


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
    "created_tag": _restore_created_tag,
    "changed_tag": _restore_changed_tag,
    "mirrored_tag": _restore_mirror,
    "taught": _restore_taught,
    "suggested": _restore_suggested,
    "retold": tag_texts.restore,
    "meant": suggested_names.restore,
    "threads": threads_by_hand.restore,
}
