"""Where the mail of a list, a sender or a domain lies, and what tags it bears: what habits are mined from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.store import tables as t
from mailhelper_core.store.search.compare import lower
from mailhelper_core.store.unit_of_work import UnitOfWork

Trait = Literal["list", "from", "domain"]

# Where mail comes in by itself, or was put by sending it.
_NOT_PUT = ("inbox", "sent", "drafts", "all", "junk")

_m, _p, _b = t.messages.c, t.placements.c, t.mailboxes.c


class Count(NamedTuple):
    """How many messages of a trait's value were put somewhere (mailbox and its role) or given a tag."""

    trait: Trait
    value: str
    mailbox: str
    role: str
    tag: str
    support: int
    total: int


class Done(NamedTuple):
    """What may have been done to a message: put into a mailbox, by its name or its role, or given a tag."""

    mailbox: str = ""
    role: str = ""
    tag: str = ""


class Evidence(NamedTuple):
    """A message of a trait's value, and whether something was done to it, not by a rule."""

    message_id: int
    account_id: int
    is_done: bool


def counts(uow: UnitOfWork, since: int, at_least: int) -> Iterator[Count]:
    """Yield what was done to at least so many messages that came since a moment, and not by a rule."""
    for trait, column in _traits(uow.dialect).items():
        of_trait = (*_since(uow, since), column != "")
        rows = list(uow.execute(select(column, func.count()).where(*of_trait).group_by(column)))
        totals = {value: number for value, number in rows}
        by_hand = and_(*of_trait, ~_ruled())
        for value, mailbox, role, support in uow.execute(_placed(column, by_hand, at_least)):
            yield Count(trait, value, mailbox, role, "", support, totals[value])
        for value, tag, support in uow.execute(_tagged(column, and_(*of_trait), at_least)):
            yield Count(trait, value, "", "", tag, support, totals[value])


def newest(uow: UnitOfWork, since: int, trait: Trait, value: str, done: Done, limit: int) -> list[Evidence]:
    """Answer the newest messages of a trait's value that came since a moment, and what was done to each."""
    column = _traits(uow.dialect)[trait]
    is_done = _bears(done.tag) if done.tag else and_(_lies(done), ~_ruled())
    statement = select(_m.id, _m.account_id, is_done).where(*_since(uow, since), column == value)
    return [
        Evidence(id_, account_id, bool(is_so))
        for id_, account_id, is_so in uow.execute(statement.order_by(_m.sort_at.desc(), _m.id.desc()).limit(limit))
    ]


def _since(uow: UnitOfWork, since: int) -> tuple[ColumnElement[bool], ...]:
    return (_m.owner_id == uow.owner_id, _m.orphaned_at.is_(None), _m.sort_at >= since)


def _lies(done: Done) -> ColumnElement[bool]:
    there = (_p.message_id == _m.id, _p.hidden.is_(False), _b.id == _p.mailbox_id, _b.role.not_in(_NOT_PUT))
    return exists().where(*there, _b.role == done.role if done.role else _b.name == done.mailbox)


def _bears(tag: str) -> ColumnElement[bool]:
    mt, named = t.message_tags.c, t.tags.c
    of_owner = (mt.message_id == _m.id, mt.set_by == "owner", named.id == mt.tag_id, named.owner_id == _m.owner_id)
    return exists().where(*of_owner, named.folded == fold_tag(tag))


def _traits(dialect: str) -> dict[Trait, ColumnElement[str]]:
    return {"list": _m.list_id, "from": lower(dialect, _m.from_addr), "domain": _m.from_domain}


def _ruled() -> ColumnElement[bool]:
    h = t.rule_hits.c
    return exists().where(h.account_id == _m.account_id, h.message_id == _m.id, h.reversed_at.is_(None))


def _placed(column: ColumnElement[str], condition: ColumnElement[bool], at_least: int) -> Select[Any]:
    number = func.count(_m.id.distinct())
    joined = select(column, _b.name, _b.role, number).select_from(
        t.messages.join(t.placements, and_(_p.message_id == _m.id, _p.hidden.is_(False))).join(
            t.mailboxes, _b.id == _p.mailbox_id
        )
    )
    grouped = joined.where(condition, _b.role.not_in(_NOT_PUT)).group_by(column, _b.name, _b.role)
    return grouped.having(number >= at_least).order_by(number.desc(), column, _b.name)


def _tagged(column: ColumnElement[str], condition: ColumnElement[bool], at_least: int) -> Select[Any]:
    mt, tag = t.message_tags.c, t.tags.c
    joined = select(column, tag.name, func.count()).select_from(
        t.messages.join(t.message_tags, mt.message_id == _m.id).join(t.tags, tag.id == mt.tag_id)
    )
    grouped = joined.where(condition, mt.set_by == "owner").group_by(column, tag.name)
    return grouped.having(func.count() >= at_least).order_by(func.count().desc(), column, tag.name)
