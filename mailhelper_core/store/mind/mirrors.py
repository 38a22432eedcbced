"""Tags that are keywords on the server too: which keyword stands for which tag, and what other programs changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, select, update

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.work.operation import AddKeyword, AddTag, Operation, RemoveKeyword, RemoveTag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail.messages import chunks
from mailhelper_core.store.mind import tags
from mailhelper_core.store.mind.tags import Assignment
from mailhelper_core.store.unit_of_work import UnitOfWork

_m, _p, _b, _mt, _tag = t.messages.c, t.placements.c, t.mailboxes.c, t.message_tags.c, t.tags.c


def keywords(uow: UnitOfWork) -> dict[str, str]:
    """Answer the keyword that stands for a tag, by the folded name of the tag."""
    mine = select(_tag.folded, _tag.keyword).where(_tag.owner_id == uow.owner_id, _tag.keyword.is_not(None))
    return {folded: keyword for folded, keyword in uow.execute(mine)}


def with_keywords(operations: Sequence[Operation], mirrors: Mapping[str, str]) -> list[Operation]:
    """Answer operations with those on keywords that tags need; pure."""
    found: list[Operation] = []
    for operation in operations:
        found.append(operation)
        keyword = mirrors.get(fold_tag(operation.tag)) if isinstance(operation, AddTag | RemoveTag) else None
        if keyword:
            kind = AddKeyword if isinstance(operation, AddTag) else RemoveKeyword
            found.append(kind(operation.message_id, keyword))
    return found


def set_keyword(uow: UnitOfWork, tag_id: int, keyword: str) -> None:
    """Let a keyword stand for a tag; an empty one ends it."""
    uow.execute(update(t.tags).where(_tag.id == tag_id).values(keyword=keyword or None))
    uow.execute(update(t.message_tags).where(_mt.tag_id == tag_id).values(mirrored=False))


def keyword_of(uow: UnitOfWork, tag_id: int) -> str | None:
    """Answer the keyword that stands for a tag, empty for none; None where there is no such tag."""
    mine = select(_tag.keyword).where(_tag.owner_id == uow.owner_id, _tag.id == tag_id)
    return next((keyword or "" for (keyword,) in uow.execute(mine)), None)


def set_if_free(uow: UnitOfWork, tag_id: int, keyword: str) -> bool:
    """Let a keyword stand for a tag that has none, unless another tag has it; answer whether it does now."""
    own = keyword_of(uow, tag_id)
    if keyword and not own and keyword not in keywords(uow).values():
        set_keyword(uow, tag_id, keyword)
        return True
    return own == keyword


def is_allowed(uow: UnitOfWork, keyword: str) -> bool:
    """Say whether a mailbox of the owner keeps the keyword (PERMANENTFLAGS); what was never opened says nothing."""
    mine = select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id)
    there = and_(_b.account_id.in_(mine), _b.gone_at.is_(None), _b.read_only.is_(False))
    found = list(uow.execute(select(_b.permanent_keywords, _b.uid_validity).where(there)))
    told = [kept for kept, uid_validity in found if uid_validity or kept is not None] or [None for _ in found]
    return any(kept is None or keyword in kept.split() for kept in told)


def take_over(uow: UnitOfWork, account_id: int) -> int:
    """Give tags to messages that another program gave their keyword, and take them where it took it; answer how many.

    A tag whose keyword the server never had is not taken off: it waits for its delivery.
    """
    every = select(_tag.id, _tag.keyword).where(_tag.owner_id == uow.owner_id, _tag.keyword.is_not(None))
    return sum(_take_over(uow, account_id, tag_id, keyword) for tag_id, keyword in list(uow.execute(every)))


def _take_over(uow: UnitOfWork, account_id: int, tag_id: int, keyword: str) -> int:
    bears = exists().where(_mt.message_id == _m.id, _mt.tag_id == tag_id)
    shown = exists().where(_p.message_id == _m.id, _p.hidden.is_(False), _has(_p.keywords, keyword))
    told = exists().where(_p.message_id == _m.id, _has(_p.base_keywords, keyword))  # what waits may be refused
    mine = (_m.account_id == account_id, _m.orphaned_at.is_(None))
    new = list(uow.connection.scalars(select(_m.id).where(*mine, shown, ~bears)))
    tags.assign(uow, tag_id, [Assignment(id_) for id_ in new])
    gone = select(_mt.message_id).join(t.messages, _m.id == _mt.message_id)
    gone_ids = list(uow.connection.scalars(gone.where(*mine, _mt.tag_id == tag_id, _mt.mirrored, ~shown)))
    tags.unassign(uow, tag_id, gone_ids)
    unseen = select(_m.id).join(t.message_tags, _mt.message_id == _m.id)
    seen = list(uow.connection.scalars(unseen.where(*mine, _mt.tag_id == tag_id, _mt.mirrored.is_(False), told)))
    for chunk in chunks(seen):
        uow.execute(update(t.message_tags).where(_mt.tag_id == tag_id, _mt.message_id.in_(chunk)).values(mirrored=True))
    return len(new) + len(gone_ids)


def _has(keywords: ColumnElement[str], keyword: str) -> ColumnElement[bool]:
    return func.lower(" " + keywords + " ").contains(f" {keyword.lower()} ", autoescape=True)
