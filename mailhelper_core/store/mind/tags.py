"""Tags and where they are set; the queries behind TagManager and behind AddTag and RemoveTag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, insert, select, update

from mailhelper_core.errors import ConflictError, NotFoundError
from mailhelper_core.model.mind.tag import Tag, check_color, check_tag_name, fold_tag
from mailhelper_core.model.work.operation import DecidedBy
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows
from mailhelper_core.store.unit_of_work import UnitOfWork

# The kind of a change whose data say how a tag was renamed or painted.
UPDATE_KIND = "tag_update"

_ASSIGNMENT = ("message_id", "tag_id", "set_by", "actor", "rule_revision_id", "confidence", "created_at")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A tag on a message, and who set it: the owner, a rule by its revision, or a classifier with its confidence."""

    message_id: int  # the message
    set_by: DecidedBy = "owner"  # what decided it
    actor: str = ""  # the person behind it
    revision_id: int | None = None  # of the rule that set it
    confidence: float | None = None  # of the classifier that set it
    created_at: int = 0  # microseconds since 1970


def every(uow: UnitOfWork) -> list[Tag]:
    """Answer the owner's tags by name, with how many messages carry each; those that lie nowhere do not count."""
    tag, mt, m = t.tags.c, t.message_tags.c, t.messages.c
    visible = t.message_tags.join(t.messages, and_(m.id == mt.message_id, m.orphaned_at.is_(None)))
    statement = (
        select(t.tags, func.count(mt.message_id).label("messages"))
        .outerjoin(visible, mt.tag_id == tag.id)
        .where(tag.owner_id == uow.owner_id)
        .group_by(tag.id)
        .order_by(tag.folded)
    )
    return [_tag(row, row.messages) for row in uow.execute(statement)]


def names(uow: UnitOfWork) -> list[str]:
    """Answer the names of the owner's tags."""
    tag = t.tags.c
    return list(uow.connection.scalars(select(tag.name).where(tag.owner_id == uow.owner_id).order_by(tag.folded)))


def find(uow: UnitOfWork, name: str) -> Tag | None:
    """Answer the tag of this name in any spelling, None when there is none."""
    tag = t.tags.c
    row = uow.one(select(t.tags).where(tag.owner_id == uow.owner_id, tag.folded == fold_tag(name)))
    return _tag(row) if row is not None else None


def get(uow: UnitOfWork, name: str) -> Tag:
    """Answer the tag of this name in any spelling; raise NotFoundError when there is none."""
    found = find(uow, name)
    if found is None:
        raise missing()
    return found


def missing() -> NotFoundError:
    """Answer what is raised for a name that no tag has."""
    return NotFoundError("There is no tag of this name for this owner.", code="tag_not_found")


def create(uow: UnitOfWork, name: str, *, color: str = "", description: str = "") -> Tag:
    """Insert a tag; raise ConflictError when its name is taken, InvalidError for a bad name or color."""
    name = check_tag_name(name)
    if find(uow, name) is not None:
        raise ConflictError("A tag of this name exists.", code="tag_exists")
    values = {"name": name, "folded": fold_tag(name), "color": check_color(color), "description": description}
    statement = insert(t.tags).values(owner_id=uow.owner_id, created_at=uow.now, **values).returning(t.tags)
    return _tag(uow.execute(statement).one())


def make_again(uow: UnitOfWork, tag: Mapping[str, Any]) -> Tag:
    """Insert a tag that was deleted under its own id, which nothing else ever has; one of its name gets its looks."""
    looks = {"color": tag["color"], "description": tag["description"]}
    taken = find(uow, tag["name"])
    if taken is None:
        fields = {"name": tag["name"], "folded": fold_tag(tag["name"]), **looks}
        if tag.get("id"):  # older changes did not note it, and what came from elsewhere has none here
            fields["id"] = tag["id"]
        statement = insert(t.tags).values(owner_id=uow.owner_id, created_at=uow.now, **fields).returning(t.tags)
        return _tag(uow.execute(statement).one())
    values = {name: value for name, value in looks.items() if value and not getattr(taken, name)}
    if values:
        uow.execute(update(t.tags).where(t.tags.c.id == taken.id).values(values))
    return taken


def change(uow: UnitOfWork, tag_id: int, *, name: str, color: str, description: str) -> None:
    """Write a tag's name, color and description; raise ConflictError when another tag has the name."""
    name = check_tag_name(name)
    taken = find(uow, name)
    if taken is not None and taken.id != tag_id:
        raise ConflictError("Another tag has this name; merge the two instead.", code="tag_exists")
    values = {"name": name, "folded": fold_tag(name), "color": check_color(color), "description": description}
    uow.execute(update(t.tags).where(t.tags.c.id == tag_id).values(values))


def remove(uow: UnitOfWork, tag_id: int) -> None:
    """Delete a tag that no message carries any more, with what was said of it."""
    uow.execute(delete(t.tag_examples).where(t.tag_examples.c.tag_id == tag_id))
    uow.execute(delete(t.tags).where(t.tags.c.id == tag_id))


def assignments(uow: UnitOfWork, tag_id: int, *, message_ids: Sequence[int] | None = None) -> dict[int, Assignment]:
    """Answer who carries a tag, by message; of some messages where ids are given."""
    mt = t.message_tags.c
    statement = select(t.message_tags).where(mt.tag_id == tag_id).order_by(mt.message_id)
    if message_ids is None:
        return {row.message_id: _assignment(row) for row in uow.execute(statement)}
    found: dict[int, Assignment] = {}
    for chunk in chunks(message_ids):
        found |= {row.message_id: _assignment(row) for row in uow.execute(statement.where(mt.message_id.in_(chunk)))}
    return found


def assign(uow: UnitOfWork, tag_id: int, assigned: Sequence[Assignment]) -> None:
    """Put a tag on messages; those that carry it already keep what they have."""
    rows = [
        (a.message_id, tag_id, a.set_by, a.actor or uow.actor, a.revision_id, a.confidence, a.created_at or uow.now)
        for a in assigned
    ]
    insert_rows(uow.connection, t.message_tags, _ASSIGNMENT, rows, or_ignore=True)


def unassign(uow: UnitOfWork, tag_id: int, message_ids: Sequence[int]) -> None:
    """Take a tag off messages."""
    mt = t.message_tags.c
    for chunk in chunks(message_ids):
        uow.execute(delete(t.message_tags).where(mt.tag_id == tag_id, mt.message_id.in_(chunk)))


def restore(uow: UnitOfWork, tag_id: int, assigned: Mapping[int, Assignment]) -> None:
    """Give assignments back who set them and when, after undo has set the tag again."""
    unassign(uow, tag_id, list(assigned))
    assign(uow, tag_id, list(assigned.values()))


def _tag(row: Row[Any], messages: int = 0) -> Tag:
    return Tag(row.id, row.name, row.color, row.description, row.keyword or "", messages)


def _assignment(row: Row[Any]) -> Assignment:
    return Assignment(row.message_id, row.set_by, row.actor, row.rule_revision_id, row.confidence, row.created_at)


def without_any(uow: UnitOfWork, limit: int) -> list[int]:
    """Answer the newest messages that bear no tag."""
    m, mt = t.messages.c, t.message_tags.c
    mine = (m.owner_id == uow.owner_id, m.orphaned_at.is_(None), ~exists().where(mt.message_id == m.id))
    return list(uow.connection.scalars(select(m.id).where(*mine).order_by(m.sort_at.desc(), m.id.desc()).limit(limit)))


def set_by_owner(uow: UnitOfWork, tag_id: int, limit: int) -> list[int]:
    """Answer the newest messages that the owner gave a tag: what rules and classifiers set teaches nothing."""
    mt = t.message_tags.c
    mine = (mt.tag_id == tag_id, mt.set_by == "owner")
    return list(uow.connection.scalars(select(mt.message_id).where(*mine).order_by(mt.message_id.desc()).limit(limit)))
