"""Tags that are keywords on the server too: which keyword stands for which tag, and what other programs changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, update

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.work.operation import AddKeyword, AddTag, Operation, RemoveKeyword, RemoveTag
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mind import tags
from mailhelper_core.store.mind.tags import Assignment
from mailhelper_core.store.unit_of_work import UnitOfWork

_m, _p, _b, _mt, _tag = t.messages.c, t.placements.c, t.mailboxes.c, t.message_tags.c, t.tags.c


def keywords(uow: UnitOfWork) -> dict[str, str]:
    """Answer the keywords that stand for tags, by the name of the tag."""
    mine = select(_tag.name, _tag.keyword).where(_tag.owner_id == uow.owner_id, _tag.keyword.is_not(None))
    return {name: keyword for name, keyword in uow.execute(mine)}


def in_step(operations: Sequence[Operation], mirrors: Mapping[str, str]) -> list[Operation]:
    """Answer operations with those that keep tags and their keywords the same, whichever is set or taken off; pure."""
    found: list[Operation] = []
    for operation in operations:
        found.append(operation)
        found += _other_side(operation, mirrors) if mirrors else ()
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


def unmarked(uow: UnitOfWork, tag_id: int, keyword: str) -> list[int]:
    """Answer the owner's messages that show the keyword and do not bear the tag."""
    bears, shown = _bears_and_shows(tag_id, keyword)
    mine = (_m.owner_id == uow.owner_id, _m.orphaned_at.is_(None))
    return list(uow.connection.scalars(select(_m.id).where(*mine, shown, ~bears).order_by(_m.id)))


def note_seen(uow: UnitOfWork, tag_id: int, keyword: str) -> None:
    """Note which messages that bear the tag have its keyword on the server: where it goes there, the tag goes too."""
    mine = select(_m.id).where(_m.owner_id == uow.owner_id)
    _note_seen(uow, tag_id, list(uow.connection.scalars(_unseen(mine, tag_id, keyword))))


def _note_seen(uow: UnitOfWork, tag_id: int, ids: Sequence[int]) -> None:
    for chunk in chunks(ids):
        uow.execute(update(t.message_tags).where(_mt.tag_id == tag_id, _mt.message_id.in_(chunk)).values(mirrored=True))


def _unseen(mine: Select[Any], tag_id: int, keyword: str) -> Select[Any]:
    told = exists().where(_p.message_id == _m.id, _has(_p.base_keywords, keyword))  # what waits may be refused
    bearers = mine.join(t.message_tags, _mt.message_id == _m.id)
    return bearers.where(_mt.tag_id == tag_id, _mt.mirrored.is_(False), told)


def is_allowed(uow: UnitOfWork, keyword: str) -> bool:
    """Say whether a mailbox of the owner keeps the keyword (PERMANENTFLAGS); what was never opened says nothing."""
    mine = select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id)
    there = and_(_b.account_id.in_(mine), _b.gone_at.is_(None), _b.read_only.is_(False))
    found = list(uow.execute(select(_b.permanent_keywords, _b.uid_validity).where(there)))
    told = [kept for kept, uid_validity in found if uid_validity or kept is not None] or [None for _ in found]
    return any(kept is None or keyword in kept.split() for kept in told)


def differing(uow: UnitOfWork, account_id: int) -> dict[int, list[int]]:
    """Answer by tag the messages of an account whose keyword another program set or took off, oldest first.

    All mail is looked through, so it is done before the transaction that writes.
    """
    every = select(_tag.id, _tag.keyword).where(_tag.owner_id == uow.owner_id, _tag.keyword.is_not(None))
    found: dict[int, list[int]] = {}
    for tag_id, keyword in list(uow.execute(every)):
        new, gone, unseen = _differences(account_id, tag_id, keyword)
        ids = {id_ for one in (new, gone, unseen) for id_ in uow.connection.scalars(one)}
        if ids:
            found[tag_id] = sorted(ids)
    return found


def take_over(uow: UnitOfWork, account_id: int, found: Mapping[int, Sequence[int]]) -> int:
    """Give tags to messages that another program gave their keyword, and take them where it took it; answer how many.

    A tag whose keyword the server never had is not taken off: it waits for its delivery.
    """
    return sum(
        _take_over(uow, account_id, tag_id, chunk) for tag_id, ids in found.items() for chunk in chunks(list(ids))
    )


def _take_over(uow: UnitOfWork, account_id: int, tag_id: int, ids: Sequence[int]) -> int:
    keyword = keyword_of(uow, tag_id)
    if not keyword:  # it stands for the tag no more
        return 0
    new, gone, unseen = (one.where(_m.id.in_(ids)) for one in _differences(account_id, tag_id, keyword))
    new_ids, gone_ids = list(uow.connection.scalars(new)), list(uow.connection.scalars(gone))
    tags.assign(uow, tag_id, [Assignment(id_) for id_ in new_ids])
    tags.unassign(uow, tag_id, gone_ids)
    _note_seen(uow, tag_id, list(uow.connection.scalars(unseen)))  # among them those that bear it now
    return len(new_ids) + len(gone_ids)


def _differences(account_id: int, tag_id: int, keyword: str) -> tuple[Select[Any], ...]:
    """Answer the statements for messages that show the keyword alone, bear the tag alone, or bear it unnoticed."""
    bears, shown = _bears_and_shows(tag_id, keyword)
    mine = select(_m.id).where(_m.account_id == account_id)
    there = mine.where(_m.orphaned_at.is_(None))
    bearers = there.join(t.message_tags, _mt.message_id == _m.id).where(_mt.tag_id == tag_id)
    return there.where(shown, ~bears), bearers.where(_mt.mirrored, ~shown), _unseen(mine, tag_id, keyword)


def _bears_and_shows(tag_id: int, keyword: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    bears = exists().where(_mt.message_id == _m.id, _mt.tag_id == tag_id)
    return bears, exists().where(_p.message_id == _m.id, _p.hidden.is_(False), _has(_p.keywords, keyword))


def _other_side(operation: Operation, mirrors: Mapping[str, str]) -> list[Operation]:
    match operation:
        case AddTag(message_id, tag) | RemoveTag(message_id, tag):
            keyword = next((one for name, one in mirrors.items() if fold_tag(name) == fold_tag(tag)), "")
            kind = AddKeyword if isinstance(operation, AddTag) else RemoveKeyword
            return [kind(message_id, keyword)] if keyword else []
        case AddKeyword(message_id, keyword):
            return [AddTag(message_id, name) for name, one in mirrors.items() if one == keyword]
        case RemoveKeyword(message_id, keyword, 0, ""):  # of one mailbox alone it may stay in others
            return [RemoveTag(message_id, name) for name, one in mirrors.items() if one == keyword]
    return []


def _has(keywords: ColumnElement[str], keyword: str) -> ColumnElement[bool]:
    return func.lower(" " + keywords + " ").contains(f" {keyword.lower()} ", autoescape=True)
