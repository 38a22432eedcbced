"""Entries speak of tags by name: they are read by the names of now, and what is proposed follows a new one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, or_, select, update

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.work.operation import AddTag, Operation, RemoveTag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import tags
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import OutboxRow

# The kind of a change whose data say into which tag another one was merged.
MERGE_KIND = "tag_merge"

# The key under which an undo says that a tag has its name of before again.
RENAMED_BACK = "renamed_back"

_c, _o = t.changes.c, t.outbox.c


@dataclass(frozen=True, slots=True)
class _Renaming:
    """A change that gave a tag another name; of entries that are no older than `after` alone."""

    change_id: int
    was: str
    became: str
    after: int = 0
    is_merge: bool = False


def follow(uow: UnitOfWork, was: str, became: str) -> None:
    """Let what rules proposed name a tag as it is called now: approved, it would make the tag anew."""
    # Found by their changes: entries have no index by owner. Locked in the order in which others lock them.
    of_owner = select(t.outbox).join(t.changes, _c.id == _o.change_id).where(_c.owner_id == uow.owner_id)
    proposed = and_(_c.state == "proposed", _o.state == "proposed", _o.kind.in_(("add_tag", "remove_tag")))
    waiting = of_owner.where(proposed).order_by(_o.id).with_for_update(of=t.outbox)
    for row in map(outbox.read_row, uow.execute(waiting).all()):
        operation = _named(row.operation, was, became)
        if operation != row.operation:
            values = outbox.operation_values(replace(row, operation=operation))
            uow.execute(update(t.outbox).where(_o.id == row.id).values(values))


def as_called_now(uow: UnitOfWork, rows: Sequence[OutboxRow], *, through_merges: bool = False) -> list[OutboxRow]:
    """Answer entries, and what takes them back, with the names that tags bear now.

    With `through_merges` a merged tag is the one it was merged into, and the entries that a merge needed are left out:
    they decide nothing. Without it a merge is a decision like others, as undo sees it.
    """
    speaking = [row.change_id for row in rows if isinstance(row.operation, AddTag | RemoveTag)]
    if not speaking:
        return list(rows)
    found = _renamings(uow, min(speaking), (tags.UPDATE_KIND, MERGE_KIND) if through_merges else (tags.UPDATE_KIND,))
    merges = {one.change_id for one in found if one.is_merge}
    kept = [row for row in rows if row.change_id not in merges]
    for one in found:
        kept = [_renamed(row, one) if one.after < row.change_id < one.change_id else row for row in kept]
    return kept


def _renamings(uow: UnitOfWork, since: int, kinds: Sequence[str]) -> list[_Renaming]:
    """Answer what gave tags other names, in order, an undo included: until then entries said the name it took back."""
    stands = and_(_c.kind.in_(kinds), _c.state == "applied")
    took_back = and_(_c.kind == "undo", _c.data.contains(f'"{RENAMED_BACK}"', autoescape=True))
    mine = and_(_c.owner_id == uow.owner_id, _c.id >= since, or_(stands, took_back))
    changed = uow.execute(select(_c.id, _c.kind, _c.data).where(mine).order_by(_c.id))
    return [_renaming(row.id, row.kind, json.loads(row.data)) for row in changed]


def _renaming(change_id: int, kind: str, data: dict[str, Any]) -> _Renaming:
    after = data["undoes"] if RENAMED_BACK in data else 0
    renamed = data.get(RENAMED_BACK) or data.get("changed_tag")
    if renamed:
        return _Renaming(change_id, renamed["was"]["name"], renamed["became"]["name"], after)
    meant = data.get("meant", {}) if kind == MERGE_KIND else {}
    return _Renaming(change_id, meant.get("name", ""), meant.get("into", ""), is_merge=kind == MERGE_KIND)


def _renamed(row: OutboxRow, one: _Renaming) -> OutboxRow:
    if not one.became:  # undo took it back
        return row
    operation, *inverse = [_named(each, one.was, one.became) for each in (row.operation, *row.inverse)]
    return replace(row, operation=operation, inverse=tuple(inverse))


def _named(operation: Operation, was: str, became: str) -> Operation:
    if isinstance(operation, AddTag | RemoveTag) and fold_tag(operation.tag) == fold_tag(was):
        return replace(operation, tag=became)
    return operation
