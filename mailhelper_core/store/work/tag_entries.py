"""Entries speak of tags by name: they are read by the names of now, and what is proposed follows a new one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, select, update

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.work.operation import AddTag, Operation, RemoveTag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import tags
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import OutboxRow

# The kind of a change whose data say into which tag another one was merged.
MERGE_KIND = "tag_merge"

_c, _o = t.changes.c, t.outbox.c


def follow(uow: UnitOfWork, was: str, became: str) -> None:
    """Let what rules proposed name a tag as it is called now: approved, it would make the tag anew."""
    kinds = _o.kind.in_(("add_tag", "remove_tag"))
    waiting = select(t.outbox).where(_o.owner_id == uow.owner_id, _o.state == "proposed", kinds).with_for_update()
    for row in map(outbox.read_row, uow.execute(waiting).all()):
        operation = _named(row.operation, was, became)
        if operation != row.operation:
            values = outbox.operation_values(replace(row, operation=operation))
            uow.execute(update(t.outbox).where(_o.id == row.id).values(values))


def as_called_now(uow: UnitOfWork, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Answer entries with the names that tags bear now; those that a merge needed are left out, they decide nothing."""
    speaking = [row for row in rows if isinstance(row.operation, AddTag | RemoveTag)]
    if not speaking:
        return list(rows)
    since, kinds = min(row.change_id for row in speaking), _c.kind.in_((tags.UPDATE_KIND, MERGE_KIND))
    mine = and_(_c.owner_id == uow.owner_id, _c.id >= since, kinds, _c.state == "applied")
    changed = uow.execute(select(_c.id, _c.kind, _c.data).where(mine).order_by(_c.id)).all()
    merges = {row.id for row in changed if row.kind == MERGE_KIND}
    kept = [row for row in rows if row.change_id not in merges]
    for id_, _, data in changed:
        was, became = _names(json.loads(data))
        kept = [
            replace(row, operation=_named(row.operation, was, became)) if row.change_id < id_ and became else row
            for row in kept
        ]
    return kept


def _names(data: dict[str, Any]) -> tuple[str, str]:
    if "changed_tag" in data:
        return data["changed_tag"]["was"]["name"], data["changed_tag"]["became"]["name"]
    return (data["meant"]["name"], data["meant"]["into"]) if "meant" in data else ("", "")


def _named(operation: Operation, was: str, became: str) -> Operation:
    if isinstance(operation, AddTag | RemoveTag) and fold_tag(operation.tag) == fold_tag(was):
        return replace(operation, tag=became)
    return operation
