"""Whose word a keyword is: what a rule or a classifier set says nothing of what the owner thinks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import and_, select

from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.work.operation import AddKeyword, RemoveKeyword
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.mind.observations import TEACHING_KEYWORDS
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import UNFINISHED

M = TypeVar("M", bound=Message)
_KINDS = ("add_keyword", "remove_keyword")


def as_owners_left_them(uow: UnitOfWork, found: Sequence[M]) -> list[M]:
    """Answer messages without those of the owner's words, such as a flag, that rules and classifiers have said."""
    speaking = [message.id for message in found if not TEACHING_KEYWORDS.isdisjoint(message.keywords)]
    others = _set_by_others(uow, speaking) if speaking else {}
    return [_without(message, others[message.id]) if message.id in others else message for message in found]


def _set_by_others(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, set[str]]:
    """Answer, by message, the keywords of which the last entry that holds is not the owner's."""
    o = t.outbox.c
    found: dict[int, set[str]] = defaultdict(set)
    for chunk in chunks(ids):
        holds = and_(o.undone_by.is_(None), o.state.in_((*UNFINISHED, "delivered")), o.kind.in_(_KINDS))
        for row in uow.execute(select(t.outbox).where(o.message_id.in_(chunk), holds).order_by(o.id)):
            operation = outbox.decode(row.kind, row.message_id, row.data)
            if isinstance(operation, AddKeyword) and row.decided_by != "owner":
                found[row.message_id].add(operation.keyword)
            elif isinstance(operation, AddKeyword | RemoveKeyword):
                found[row.message_id].discard(operation.keyword)
    return found


def _without(message: M, keywords: set[str]) -> M:
    said = TEACHING_KEYWORDS & keywords
    return replace(message, places=tuple(replace(one, keywords=one.keywords - said) for one in message.places))
