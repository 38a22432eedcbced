"""Erase for good: messages that lie nowhere any more, contents that nothing refers to, events of long ago."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import and_, delete, exists, select, update

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.mail import blobs, threads_by_hand
from mailhelper_core.store.mail.messages import details
from mailhelper_core.store.mail.readable import sound
from mailhelper_core.store.mind import models
from mailhelper_core.store.schema.kin import children
from mailhelper_core.store.search import search_index
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work.outbox import UNFINISHED

_NO_TRACE = "[]"
_KEPT = ("owner_id", "account_id", "kind", "value", "weight", "features", "created_at")
# Rows that belong to one message alone.
_OF_MESSAGE = tuple(table for _, table in children(t.messages))


def lost(uow: UnitOfWork, account_id: int, before: int, limit: int) -> list[int]:
    """Answer messages that have lain nowhere since `before`; one with an operation that waits is spared.

    So is one that no complete sync has looked for since: it may lie where the last one did not come.
    """
    m, o, a = t.messages.c, t.outbox.c, t.accounts.c
    looked_at = select(a.complete_at).where(a.id == account_id).scalar_subquery()
    waits = exists().where(o.message_id == m.id, o.state.in_(UNFINISHED))
    mine = and_(m.account_id == account_id, m.owner_id == uow.owner_id)
    is_lost = and_(m.orphaned_at < before, m.orphaned_at <= looked_at)
    return list(uow.connection.scalars(select(m.id).where(mine, is_lost, ~waits).order_by(m.id).limit(limit)))


def erase(uow: UnitOfWork, ids: Sequence[int], fingerprint: Callable[[MessageDetail], bytes]) -> list[int]:
    """Erase messages with all that belongs to them; of corrections that stand, the value and a fingerprint stay.

    Answers the messages of which nothing could be kept, for their rows are damaged.
    """
    unkept = _keep_corrections(uow, ids, fingerprint)
    remove(uow, ids)
    return unkept


def remove(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Erase messages and keep nothing of them."""
    m = t.messages.c
    # First, as whoever says something of them holds them first: in another order two would wait for each other.
    uow.execute(select(m.id).where(m.id.in_(ids)).order_by(m.id).with_for_update())
    search_index.remove(uow, ids)
    models.drop_tags_of(uow, ids)
    threads_by_hand.hand_on(uow, ids)
    for table in _OF_MESSAGE:
        uow.execute(delete(table).where(table.c.message_id.in_(ids)))
    # A thread is named after its oldest message.
    pseudonyms = t.egress_pseudonyms.c
    of_threads = and_(pseudonyms.owner_id == uow.owner_id, pseudonyms.thread_id.in_(ids))
    uow.execute(delete(t.egress_pseudonyms).where(of_threads))
    uow.execute(delete(t.messages).where(t.messages.c.id.in_(ids)))


def collect_blobs(uow: UnitOfWork, before: int, limit: int) -> int:
    """Erase contents that nothing refers to and nobody used since `before`; answer how many."""
    b, m = t.blobs.c, t.messages.c
    used = exists().where(m.owner_id == b.owner_id, m.digest == b.digest)
    waiting = _awaited(uow)
    mine = and_(b.owner_id == uow.owner_id, b.used_at < before, ~used, b.digest.not_in(waiting))
    ids = list(uow.connection.scalars(select(b.id).where(mine).limit(limit)))
    return blobs.erase(uow, b.id.in_(ids))


def erase_events(uow: UnitOfWork, before: int, limit: int) -> int:
    """Erase events older than `before`, oldest first; a reader whose cursor lies there is told so."""
    e = t.events.c
    old = select(e.id).where(e.owner_id == uow.owner_id, e.created_at < before).order_by(e.seq).limit(limit)
    ids = list(uow.connection.scalars(old))
    uow.execute(delete(t.events).where(e.id.in_(ids)))
    return len(ids)


def erase_traces(uow: UnitOfWork, before: int, limit: int) -> int:
    """Forget what rules saw long ago; that they acted stays known, so that they never act twice. Answer how many."""
    h = t.rule_hits.c
    mine = select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id)
    old = select(h.id).where(h.account_id.in_(mine), h.created_at < before, h.trace != _NO_TRACE).limit(limit)
    ids = list(uow.connection.scalars(old))
    uow.execute(update(t.rule_hits).where(h.id.in_(ids)).values(trace=_NO_TRACE))
    return len(ids)


def erase_ledger(uow: UnitOfWork, before: int, limit: int) -> int:
    """Erase calls of model providers of long ago, and answer how many."""
    e = t.egress_log.c
    old = select(e.id).where(e.owner_id == uow.owner_id, e.created_at < before).order_by(e.created_at).limit(limit)
    ids = list(uow.connection.scalars(old))
    uow.execute(delete(t.egress_log).where(e.id.in_(ids)))
    return len(ids)


def _awaited(uow: UnitOfWork) -> list[bytes]:
    """Answer the contents that operations still need; one that nobody can read delivers nothing, and needs none."""
    o = t.outbox.c
    mine = and_(o.owner_id == uow.owner_id, o.kind == "append", o.state.in_(UNFINISHED))
    found = []
    for data in uow.connection.scalars(select(o.data).where(mine)):
        with suppress(LookupError, TypeError, ValueError, RecursionError):
            found.append(bytes.fromhex(json.loads(data)["digest"]))
    return found


def _keep_corrections(uow: UnitOfWork, ids: Sequence[int], fingerprint: Callable[[MessageDetail], bytes]) -> list[int]:
    """Keep what was taught by messages, and answer those that cannot be read: they are erased all the same."""
    c = t.corrections
    rows = uow.execute(select(c).where(c.c.message_id.in_(ids), c.c.undone_at.is_(None)).order_by(c.c.id)).all()
    taught = sorted({row.message_id for row in rows})
    found, damaged = sound(uow, taught, lambda uow, some: [(one.id, fingerprint(one)) for one in details(uow, some)])
    features: Mapping[int, bytes] = dict(found)
    kept = [
        (row.owner_id, row.account_id, row.kind, row.value, row.weight, features[row.message_id], row.created_at)
        for row in rows
        if row.message_id in features
    ]
    insert_rows(uow.connection, t.kept_corrections, _KEPT, kept)
    return damaged
