"""Make two messages that turned out to be one content one message."""

from __future__ import annotations

from sqlalchemy import Table, and_, delete, exists, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import erase
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import shown
from mailhelper_core.store.work.outbox import UNFINISHED

# What belongs to a message and goes with it, with what may stand there once for a message; the rest is made anew.
_KEPT: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (t.placements, ()),
    (t.written_to, ("address",)),
    (t.outbox, ()),
    (t.corrections, ()),
    (t.observations, ()),
    (t.drafts, ()),
    (t.message_tags, ("tag_id",)),
    (t.tag_examples, ("tag_id",)),
    (t.rule_hits, ("revision_id",)),
    (t.learn_examples, ("owner_id", "kind")),
    (t.learn_features, ("owner_id",)),
)


def merge(uow: UnitOfWork, one: int, other: int) -> bool:
    """Let all that one message has belong to the other, and erase it; answer False while a deed of it is on its way."""
    o = t.outbox.c
    if uow.one(select(o.id).where(o.message_id == one, o.state.in_(UNFINISHED)).limit(1)) is not None:
        return False
    _keep_sent(uow, one, other)
    for table, once in _KEPT:
        there = table.alias()
        taken = exists().where(there.c.message_id == other, and_(True, *(there.c[key] == table.c[key] for key in once)))
        moved = update(table).where(table.c.message_id == one).values(message_id=other)
        uow.execute(moved.where(~taken) if once else moved)
    for learned in (t.learn_examples, t.learn_features):  # they outlive their message, and it must not teach twice
        uow.execute(delete(learned).where(learned.c.message_id == one))
    uow.execute(update(t.messages).where(t.messages.c.id == other).values(orphaned_at=None))
    erase.remove(uow, [one])
    shown.refresh(uow, [other])
    return True


def _keep_sent(uow: UnitOfWork, one: int, other: int) -> None:
    """Let what was sent as one message be known as sent of the other: where both are noted, the other's row stays."""
    w, there = t.written_to.c, t.written_to.alias().c
    sent = select(there.address).where(there.message_id == one, there.sent.is_(True))
    uow.execute(update(t.written_to).where(w.message_id == other, w.address.in_(sent)).values(sent=True))
