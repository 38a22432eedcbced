"""Suggestions of a tag that was renamed or merged: they wait under its new name, and the old one means it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from mailhelper_core.model.mind.tag import SuggestedTag, Tag, fold_tag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import suggestions, tags
from mailhelper_core.store.unit_of_work import UnitOfWork

_s, _one = t.tag_suggestions.c, t.suggested_tags.c


def follow(uow: UnitOfWork, was: str, tag: Tag, *, merged: int | None = None) -> dict[str, Any]:
    """Let a tag be meant by the name, and by all names that meant the tag merged into it; answer what `restore` needs.

    A name that the owner does not want to see again stays so.
    """
    row = uow.one(select(t.tag_suggestions).where(_is(uow, was)))
    state = row.state if row is not None else None
    waiting, before = _waiting(uow, was), {one.message_id for one in _waiting(uow, tag.name)}
    meant = list(uow.connection.scalars(select(_s.name).where(_means(uow, merged)))) if merged is not None else []
    if merged is not None:
        uow.execute(update(t.tag_suggestions).where(_means(uow, merged)).values(merged_into=tag.id))
    if row is None:
        values = {"name": was, "folded": fold_tag(was), "state": "merged", "merged_into": tag.id}
        uow.execute(
            insert(t.tag_suggestions).values(owner_id=uow.owner_id, created_at=uow.now, updated_at=uow.now, **values)
        )
    elif state != "rejected":
        suggestions.settle(uow, was, "merged", merged_into=tag.id)
    moved = [one for one in waiting if one.message_id not in before]
    suggestions.put(uow, [SuggestedTag(one.message_id, tag.name, one.confidence, one.said_by) for one in moved])
    rows = [(one.message_id, one.confidence, one.said_by) for one in waiting]
    ids = [one.message_id for one in moved]
    names = {"name": was, "into": tag.name, "is_merge": merged is not None}
    return {"meant": {**names, "state": state, "rows": rows, "moved": ids, "meant": meant}}


def restore(uow: UnitOfWork, told: Mapping[str, Any]) -> tuple[int, int]:
    """Let suggestions wait under the name again, once its tag is back; what was answered since stays answered.

    It is no operation: it is not counted.
    """
    tag, into = tags.find(uow, told["name"]), tags.find(uow, told["into"])
    if tag is None or (into is not None and not told["is_merge"]):
        return 0, 0
    still = {one.message_id for one in _waiting(uow, told["into"])}
    suggestions.forget(uow, told["into"], told["moved"])
    for name in told["meant"]:
        uow.execute(update(t.tag_suggestions).where(_is(uow, name), _s.state == "merged").values(merged_into=tag.id))
    rows = [row for row in told["rows"] if row[0] in still or row[0] not in told["moved"]]
    mine = and_(_is(uow, told["name"]), _s.state == "merged")
    if told["state"] is None:
        uow.execute(delete(t.tag_suggestions).where(mine))
    elif told["state"] == "waiting":
        again = [SuggestedTag(id_, told["name"], sure, by) for id_, sure, by in rows]
        suggestions.ask_again(uow, told["name"], again)
    elif told["state"] == "accepted":
        uow.execute(update(t.tag_suggestions).where(mine).values(state="accepted", merged_into=None))
    return 0, 0


def _waiting(uow: UnitOfWork, name: str) -> Sequence[SuggestedTag]:
    joined = select(_one.message_id, _s.name, _one.confidence, _one.said_by).join(
        t.tag_suggestions, _s.id == _one.suggestion_id
    )
    found = uow.execute(joined.where(_is(uow, name), _s.state == "waiting").order_by(_one.message_id))
    return [SuggestedTag(*row) for row in found]


def _is(uow: UnitOfWork, name: str) -> ColumnElement[bool]:
    return and_(_s.owner_id == uow.owner_id, _s.folded == fold_tag(name))


def _means(uow: UnitOfWork, tag_id: int) -> ColumnElement[bool]:
    return and_(_s.owner_id == uow.owner_id, _s.state == "merged", _s.merged_into == tag_id)
