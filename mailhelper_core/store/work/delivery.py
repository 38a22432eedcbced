"""Delivery in the store: rows that wait, where their messages are on the server, and what the server made of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, insert, select, update

from mailhelper_core.model.mail.keyword import pack_keywords, unpack_keywords
from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.news import OperationDelivered
from mailhelper_core.model.work.operation import SERVER_KINDS, OperationState, operation_kind
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.clock import no_longer
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import confirmed, outbox, shown
from mailhelper_core.store.work.outbox import UNFINISHED, OutboxRow


@dataclass(frozen=True, slots=True)
class Located(Place):
    """A place on the server as last seen; keywords are what the server said."""

    placement_id: int = 0
    message_id: int = 0
    uid_validity: int = 0
    mod_seq: int = 0  # of the last change that a sync or a delivery saw; 0 where none has looked since it arrived
    seen_mod_seq: int = 0  # up to which others' changes are known here


@dataclass(frozen=True, slots=True)
class Arrival:
    """A copy that appeared under a uid; keywords are what its source carried, None where no sync has one any more."""

    row: OutboxRow
    uid: int
    keywords: frozenset[str] | None


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
        joined = select(t.placements, b.name, b.role, b.highest_mod_seq).join(t.mailboxes, b.id == p.mailbox_id)
        for row in uow.execute(joined.where(p.message_id.in_(chunk), p.uid.is_not(None)).order_by(b.name, p.id)):
            keywords = unpack_keywords(row.base_flags, row.base_keywords)
            place = Located(
                row.mailbox_id,
                row.name,
                row.role,
                keywords,
                row.uid,
                row.id,
                row.message_id,
                row.uid_validity,
                row.mod_seq,
                outbox.seen_mod_seq(row),
            )
            found[row.message_id].append(place)
    return found


def claim(
    uow: UnitOfWork, ids: Sequence[int], intent: Mapping[str, int] | None = None, *, not_before: int | None = None
) -> set[int]:
    """Note an attempt before it is made, so that one that kills the process counts too.

    not_before: when a server that is still carrying it out will have done so, for who finds the attempt unfinished.
    Answers the ids that could be claimed: an owner may have taken back some since they were read.
    """
    o = t.outbox
    values: dict[str, object] = {"state": "claimed", "attempts": o.c.attempts + 1, "updated_at": uow.now}
    if intent is not None:
        values |= {"intent": json.dumps(dict(intent)), "not_before": not_before}
    claimed: set[int] = set()
    for chunk in chunks(ids):
        waiting = and_(o.c.id.in_(chunk), o.c.state.in_(UNFINISHED))
        claimed |= set(uow.connection.scalars(update(o).where(waiting).values(values).returning(o.c.id)))
    return claimed


def last_synced(uow: UnitOfWork, account_id: int) -> int:
    """Answer when the last sync of an account ended, 0 for never."""
    ended = select(t.accounts.c.last_success_at).where(t.accounts.c.id == account_id)
    return int(uow.connection.scalar(ended) or 0)


def tried(uow: UnitOfWork, row: OutboxRow) -> None:
    """Note that a row which waits for a sync was tried, and waits on; since when it does stays as it is."""
    values = {"state": "waiting", "not_before": uow.now}
    uow.execute(update(t.outbox).where(t.outbox.c.id == row.id).values(values))


def wait(uow: UnitOfWork, row: OutboxRow, *, error_code: str, not_before: int, keeps_intent: bool) -> None:
    """Let a row wait for its next attempt."""
    values: dict[str, object] = {"state": "waiting", "error_code": error_code, "updated_at": uow.now}
    values["not_before"] = no_longer(not_before, uow.now)
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
    if state == "delivered":
        confirmed.mirror(uow, ended)
        uow.news.extend(
            OperationDelivered(uow.owner, one.account_id, one.message_id, one.change_id, operation_kind(one.operation))
            for one in ended
        )


def revive(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Let rows that have ended wait once more, from now on."""
    for chunk in chunks(ids):
        values = {"state": "waiting", "error_code": "", "not_before": None, "updated_at": uow.now}
        uow.execute(update(t.outbox).where(t.outbox.c.id.in_(chunk)).values(values))


def arrived(uow: UnitOfWork, target: Place, uid_validity: int, arrivals: Sequence[Arrival]) -> None:
    """Give the places that waited for copies in a mailbox their uids; a sync that was faster keeps its own rows."""
    if not arrivals:
        return
    p = t.placements.c
    at = and_(p.mailbox_id == target.mailbox_id, p.uid_validity == uid_validity)
    there = set(_scalars(uow, p.uid, at, p.uid, [one.uid for one in arrivals]))
    wait = and_(p.mailbox_id == target.mailbox_id, p.uid.is_(None))
    waiting = set(_scalars(uow, p.operation_id, wait, p.message_id, [one.row.message_id for one in arrivals]))
    known = [one for one in arrivals if one.uid in there]
    for chunk in chunks([one.row.message_id for one in known]):
        ids = [one.row.id for one in known]
        uow.execute(delete(t.placements).where(wait, p.message_id.in_(chunk), p.operation_id.in_(ids)))
    unknown = [one for one in arrivals if one.uid not in there]
    _give_uids(uow, wait, uid_validity, [one for one in unknown if one.row.id in waiting])
    _add_places(uow, target, uid_validity, [one for one in unknown if one.row.id not in waiting])
    uids = UidSet.of(one.uid for one in arrivals)
    _change_known(uow, target.mailbox_id, uid_validity, lambda held: held | uids)
    # The server has it now, whatever the last listing said.
    is_there = and_(t.mailboxes.c.id == target.mailbox_id, t.mailboxes.c.gone_at.is_not(None))
    uow.execute(update(t.mailboxes).where(is_there).values(gone_at=None))


def left(uow: UnitOfWork, places: Sequence[Located]) -> None:
    """Remove places of one mailbox that their messages have left."""
    if not places:
        return
    for chunk in chunks([place.placement_id for place in places]):
        uow.execute(delete(t.placements).where(t.placements.c.id.in_(chunk)))
    gone = UidSet.of(place.uid or 0 for place in places)
    _change_known(uow, places[0].mailbox_id, places[0].uid_validity, lambda held: held - gone)


def missed(uow: UnitOfWork, place: Located) -> None:
    """Remove a place at which the server does not have its message, though no sync has found that."""
    left(uow, [place])
    shown.refresh(uow, [place.message_id])
    _orphan(uow, [place.message_id])


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


def _scalars(
    uow: UnitOfWork,
    wanted: ColumnElement[Any],
    condition: ColumnElement[bool],
    key: ColumnElement[Any],
    keys: list[int],
) -> Iterator[Any]:
    for chunk in chunks(keys):
        yield from uow.connection.scalars(select(wanted).where(condition, key.in_(chunk)))


def _give_uids(uow: UnitOfWork, wait: ColumnElement[bool], uid_validity: int, arrivals: Sequence[Arrival]) -> None:
    p = t.placements.c
    mine = and_(wait, p.message_id == bindparam("of_message"), p.operation_id == bindparam("of_row"))
    uids = [{"of_message": one.row.message_id, "of_row": one.row.id, "uid_": one.uid} for one in arrivals]
    told = [
        row | {"flags_": flags, "keywords_": keywords}
        for row, one in zip(uids, arrivals, strict=True)
        if one.keywords is not None
        for flags, keywords in [pack_keywords(one.keywords)]
    ]
    if told:
        base: dict[str, Any] = {"base_flags": bindparam("flags_"), "base_keywords": bindparam("keywords_")}
        uow.execute(update(t.placements).where(mine).values(base), told)
    if uids:
        values = {"uid": bindparam("uid_"), "uid_validity": uid_validity}
        uow.execute(update(t.placements).where(mine).values(values), uids)


def _add_places(uow: UnitOfWork, target: Place, uid_validity: int, arrivals: Sequence[Arrival]) -> None:
    rows = []
    for one in arrivals:
        flags, keywords = pack_keywords(one.keywords or ())
        shown_ = {"flags": flags, "keywords": keywords, "base_flags": flags, "base_keywords": keywords}
        at = {"mailbox_id": target.mailbox_id, "uid_validity": uid_validity, "uid": one.uid}
        rows.append({"account_id": one.row.account_id, "message_id": one.row.message_id, **at, **shown_})
    if rows:
        uow.execute(insert(t.placements), rows)


def _change_known(uow: UnitOfWork, mailbox_id: int, uid_validity: int, change: Callable[[UidSet], UidSet]) -> None:
    # A mailbox that no sync has seen yet keeps no set: its first sync finds the place and leaves it.
    b = t.mailboxes.c
    where = and_(b.id == mailbox_id, b.uid_validity == uid_validity)
    row = uow.one(select(b.known).where(where).with_for_update())
    if row is not None:
        known = str(change(UidSet.parse(row.known)))
        uow.execute(update(t.mailboxes).where(where).values(known=known))
