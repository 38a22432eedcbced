"""Whose opinions make what is effective in an account, and since when: so that one who is gone is noticed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import and_, or_, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import UnitOfWork

_a, _o = t.accounts.c, t.opinions.c

# name -> the moment (microseconds) from which on it counts
Since = Mapping[str, int]
# Before the name of one who was let go, with the moment of that; no name begins so.
_LET_GO = "!"


def known(uow: UnitOfWork, account_id: int) -> tuple[Since, Since]:
    """Answer who counts in an account, by name as opinions are stamped with it, and who was let go lately, and when."""
    mine = select(_a.sayers).where(_a.id == account_id, _a.owner_id == uow.owner_id)
    found: Since = json.loads(uow.connection.scalar(mine) or "{}")
    let_go = {name.removeprefix(_LET_GO): at for name, at in found.items() if name.startswith(_LET_GO)}
    return {name: since for name, since in found.items() if not name.startswith(_LET_GO)}, let_go


def note(uow: UnitOfWork, account_id: int, since: Since, let_go: Since) -> None:
    """Write down who counts from now on, and who was let go lately."""
    mine = update(t.accounts).where(_a.id == account_id, _a.owner_id == uow.owner_id)
    held = {**since, **{f"{_LET_GO}{name}": at for name, at in let_go.items()}}
    uow.execute(mine.values(sayers=json.dumps(held, sort_keys=True)))


def messages_of(uow: UnitOfWork, account_id: int, gone: Since, *, after: int, limit: int) -> list[int]:
    """Answer messages, with ids above `after`, of which one who is gone has said something while it counted."""
    theirs = or_(*(and_(_o.said_by == name, _o.created_at >= since) for name, since in sorted(gone.items())))
    said = select(_o.message_id).where(_o.account_id == account_id, _o.message_id > after, theirs).distinct()
    return list(uow.connection.scalars(said.order_by(_o.message_id).limit(limit)))
