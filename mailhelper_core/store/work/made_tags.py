"""Tags that a change made: a change notes them, so that undo can take those away which nothing uses any more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, select

from mailhelper_core.model.mind.tag import Tag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import tags
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes

_KEY = "made_tags"


def ensure(uow: UnitOfWork, change_id: int, name: str, *, color: str = "") -> Tag:
    """Answer the tag of this name; one that the change makes is noted with it."""
    found = tags.find(uow, name)
    if found is not None:
        return found
    made = tags.create(uow, name, color=color)
    note(uow, change_id, made)
    return made


def note(uow: UnitOfWork, change_id: int, made: Tag) -> None:
    """Note that a change made a tag, and how it looked."""
    looks = {"id": made.id, "name": made.name, "color": made.color}
    changes.add_data(uow, change_id, {_KEY: [*_noted(uow, change_id), looks]})


def idle(uow: UnitOfWork, change_id: int) -> list[Tag]:
    """Answer the tags that a change made which are as it made them, and which neither mail nor a suggestion uses."""
    looks = {one["id"]: (one["name"], one["color"]) for one in _noted(uow, change_id)}
    tag, mt, example, suggested = t.tags.c, t.message_tags.c, t.tag_examples.c, t.tag_suggestions.c
    unused = (
        tag.owner_id == uow.owner_id,
        tag.id.in_(list(looks)),
        tag.description == "",
        tag.keyword.is_(None),
        ~exists().where(mt.tag_id == tag.id),
        ~exists().where(example.tag_id == tag.id),
        ~exists().where(suggested.merged_into == tag.id, suggested.owner_id == uow.owner_id),
    )
    rows = uow.execute(select(tag.id, tag.name, tag.color).where(*unused).order_by(tag.id))
    return [Tag(*row) for row in rows if (row.name, row.color) == looks[row.id]]


def remove(uow: UnitOfWork, change_id: int, gone: Collection[Tag]) -> None:
    """Delete tags that a change made, and note them with it no more."""
    ids = {one.id for one in gone}
    for id_ in sorted(ids):
        tags.remove(uow, id_)
    changes.add_data(uow, change_id, {_KEY: [one for one in _noted(uow, change_id) if one["id"] not in ids]})


def _noted(uow: UnitOfWork, change_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = changes.data(uow, change_id).get(_KEY, [])
    return found
