"""Delivery in the store: rows that wait, where their messages are on the server, and what the server made of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, func, insert, select, update

from mailhelper_core.model.keyword import pack_keywords, unpack_keywords
from mailhelper_core.model.message import Place
from mailhelper_core.model.operation import SERVER_KINDS, OperationState
from mailhelper_core.model.remote import RemoteFlags
from mailhelper_core.model.uidset import UidSet
from mailhelper_core.store import outbox, shown
from mailhelper_core.store import tables as t
from mailhelper_core.store.messages import chunks
from mailhelper_core.store.outbox import UNFINISHED, OutboxRow
from mailhelper_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Located(Place):
    """A place on the server as last seen; keywords are what the server said."""

    placement_id: int = 0
    message_id: int = 0
    uid_validity: int = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a message is found again on the server; is_gone: a complete sync found no place for it."""

    match_key: bytes
    message_id: str
    size: int
    is_gone: bool


def window(
    uow: UnitOfWork, account_id: int, *, kinds: Sequence[str] = SERVER_KINDS, after: int = 0, limit: int = 500
) -> list[OutboxRow]:
    """Answer unfinished rows of an account in the order they were decided, with ids above `after`."""
    o = t.outbox.c
    mine = and_(o.account_id == account_id, o.owner_id == uow.owner_id, o.state.in_(UNFINISHED))
    statement = select(t.outbox).where(mine, o.kind.in_(kinds), o.id > after).order_by(o.id).limit(limit)
    return [outbox.read_row(row) for row in uow.execute(statement)]


def count_waiting(uow: UnitOfWork, account_id: int) -> int:
    """Answer how many rows of an account are unfinished."""
    o = t.outbox.c
    mine = and_(o.account_id == account_id, o.owner_id == uow.owner_id, o.state.in_(UNFINISHED))
    return int(uow.connection.scalar(select(func.count()).where(mine)) or 0)


def places(uow: UnitOfWork, message_ids: Sequence[int]) -> dict[int, list[Located]]:
    """Answer where messages are on the server, hidden places included."""
    p, b = t.placements.c, t.mailboxes.c
    found: dict[int, list[Located]] = defaultdict(list)
    for chunk in chunks(message_ids):
        joined = select(t.placements, b.name, b.role).join(t.mailboxes, b.id == p.mailbox_id)
        for row in uow.execute(joined.where(p.message_id.in_(chunk), p.uid.is_not(None)).order_by(b.name, p.id)):
            keywords = unpack_keywords(row.base_flags, row.base_keywords)
            found[row.message_id].append(
                Located(row.mailbox_id, row.name, row.role, keywords, row.uid, row.id, row.message_id, row.uid_validity)
            )
    return found


def identities(uow: UnitOfWork, message_ids: Sequence[int]) -> dict[int, Identity]:
    """Answer by what messages are found again."""
    m, a = t.messages.c, t.accounts.c
    columns = (m.id, m.match_key, m.message_id, m.size, m.orphaned_at, a.last_success_at)
    found = {}
    for chunk in chunks(message_ids):
        statement = select(*columns).join(t.accounts, a.id == m.account_id).where(m.id.in_(chunk))
        for row in uow.execute(statement):
            gone = row.orphaned_at is not None and (row.last_success_at or 0) >= row.orphaned_at
            found[row.id] = Identity(row.match_key, row.message_id, row.size, gone)
    return found


def claim(uow: UnitOfWork, ids: Sequence[int], intent: Mapping[str, int] | None = None) -> set[int]:
    """Note an attempt before it is made, so that one that kills the process counts too.

    Answers the ids that could be claimed: an owner may have taken back some since they were read.
    """
    o = t.outbox
    values: dict[str, object] = {"state": "claimed", "attempts": o.c.attempts + 1, "updated_at": uow.now}
    if intent is not None:
        values["intent"] = json.dumps(dict(intent))
    claimed: set[int] = set()
    for chunk in chunks(ids):
        waiting = and_(o.c.id.in_(chunk), o.c.state.in_(UNFINISHED))
        claimed |= set(uow.connection.scalars(update(o).where(waiting).values(values).returning(o.c.id)))
    return claimed


def wait(uow: UnitOfWork, row: OutboxRow, *, error_code: str, not_before: int, keeps_intent: bool) -> None:
    """Let a row wait for its next attempt."""
    values = {"state": "waiting", "error_code": error_code, "not_before": not_before, "updated_at": uow.now}
    if not keeps_intent:
        values["intent"] = None
    uow.execute(update(t.outbox).where(t.outbox.c.id == row.id).values(values))


def finish(uow: UnitOfWork, rows: Iterable[OutboxRow], state: OperationState, *, error_code: str = "") -> None:
    """End rows, and show their messages as they are now."""
    ended = list(rows)
    ids = sorted({row.message_id for row in ended})
    outbox.set_state(uow, [row.id for row in ended], state, error_code=error_code)
    shown.refresh(uow, ids)
    if state in ("conflicted", "dead"):
        _orphan(uow, ids)


def confirm_keywords(uow: UnitOfWork, place: Located, told: RemoteFlags) -> None:
    """Store what the server said when it carried out a STORE."""
    flags, keywords = pack_keywords(told.keywords)
    values: dict[str, object] = {"base_flags": flags, "base_keywords": keywords}
    if told.mod_seq:
        values["mod_seq"] = told.mod_seq
    uow.execute(update(t.placements).where(t.placements.c.id == place.placement_id).values(values))


def decided_anew(uow: UnitOfWork, rows: Sequence[OutboxRow], mailbox_id: int, mod_seq: int) -> None:
    """Let waiting rows count our own change as seen: only others' changes stand against a rule."""
    for row in rows:
        if mailbox_id in row.decided_on:
            told = json.dumps({**row.decided_on, mailbox_id: mod_seq})
            uow.execute(update(t.outbox).where(t.outbox.c.id == row.id).values(decided_on=told))


def arrived(
    uow: UnitOfWork, row: OutboxRow, target: Place, *, uid_validity: int, uid: int, keywords: frozenset[str] | None
) -> None:
    """Give the place that waited for a copy its uid; a sync that was faster keeps its own row.

    keywords are what the source carried; None where no sync has a source any more.
    """
    p = t.placements
    at = and_(p.c.mailbox_id == target.mailbox_id, p.c.uid_validity == uid_validity, p.c.uid == uid)
    values: dict[str, object] = {"uid_validity": uid_validity, "uid": uid}
    flags, others = pack_keywords(keywords or ())
    if keywords is not None:
        values |= {"base_flags": flags, "base_keywords": others}
    waits = and_(p.c.operation_id == row.id, p.c.uid.is_(None))
    if uow.one(select(p.c.id).where(at)) is not None:
        uow.execute(delete(p).where(waits))
    elif not uow.execute(update(p).where(waits).values(values)).rowcount:
        bare = {"base_flags": flags, "base_keywords": others, "flags": flags, "keywords": others}
        uow.execute(insert(p).values(_new_place(row, target) | bare | values))
    _change_stored(uow, target.mailbox_id, uid_validity, lambda stored: stored | UidSet.of([uid]))
    # The server has it now, whatever the last listing said.
    is_there = and_(t.mailboxes.c.id == target.mailbox_id, t.mailboxes.c.gone_at.is_not(None))
    uow.execute(update(t.mailboxes).where(is_there).values(gone_at=None))


def left(uow: UnitOfWork, place: Located) -> None:
    """Remove a place that the message has left."""
    uow.execute(delete(t.placements).where(t.placements.c.id == place.placement_id))
    gone = UidSet.of([place.uid or 0])
    _change_stored(uow, place.mailbox_id, place.uid_validity, lambda stored: stored - gone)


def taken(uow: UnitOfWork, mailbox_id: int, uid_validity: int, uids: UidSet, message_ids: Sequence[int]) -> set[int]:
    """Answer which uids are known to be places of other messages."""
    p = t.placements.c
    found: set[int] = set()
    for chunk in chunks(list(uids)):
        at = and_(p.mailbox_id == mailbox_id, p.uid_validity == uid_validity, p.uid.in_(chunk))
        rows = uow.execute(select(p.uid, p.message_id).where(at))
        found |= {uid for uid, message_id in rows if message_id not in message_ids}
    return found


def _orphan(uow: UnitOfWork, message_ids: Sequence[int]) -> None:
    """Note which messages have no place left, now that one that was only hoped for is gone."""
    m, p = t.messages.c, t.placements.c
    has_place = exists().where(p.message_id == m.id)
    for chunk in chunks(message_ids):
        mine = and_(m.id.in_(chunk), m.orphaned_at.is_(None), ~has_place)
        uow.execute(update(t.messages).where(mine).values(orphaned_at=uow.now))


def _new_place(row: OutboxRow, target: Place) -> dict[str, object]:
    return {"account_id": row.account_id, "message_id": row.message_id, "mailbox_id": target.mailbox_id}


def _change_stored(uow: UnitOfWork, mailbox_id: int, uid_validity: int, change: Callable[[UidSet], UidSet]) -> None:
    # A mailbox that no sync has seen yet keeps no set: its first sync finds the place and leaves it.
    b = t.mailboxes.c
    where = and_(b.id == mailbox_id, b.uid_validity == uid_validity)
    row = uow.one(select(b.known).where(where).with_for_update())
    if row is not None:
        known = str(change(UidSet.parse(row.known)))
        uow.execute(update(t.mailboxes).where(where).values(known=known))
