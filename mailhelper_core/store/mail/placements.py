"""Placements: where a message is on the server, what the server says about it there, and what we show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, or_, select, update

from mailhelper_core.model.mail.keyword import pack_keywords
from mailhelper_core.model.source.held import HeldMailbox, HeldMessage
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks, insert_rows, select_among
from mailhelper_core.store.mind import observations
from mailhelper_core.store.mind.observations import NOTHING, Noted, Packed
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox, shown

_COLUMNS = (
    "account_id", "mailbox_id", "uid_validity", "uid", "message_id", "mod_seq",
    "base_flags", "base_keywords", "flags", "keywords",
)  # fmt: skip
# The columns of the unique index. The bounds keep PostgreSQL, before its first ANALYZE, from reading the mailbox.
_AT = "WHERE account_id = ? AND mailbox_id = ? AND uid_validity = ? AND uid BETWEEN ? AND ? AND uid IN ({values})"
_PLACED = f"SELECT uid FROM {{schema}}mailhelper_placements {_AT}"  # noqa: S608 - names are ours
_SAID = f"""
SELECT uid, id, message_id, mod_seq, base_flags, base_keywords FROM {{schema}}mailhelper_placements {_AT}
"""  # noqa: S608 - names are ours
_p = t.placements.c


@dataclass(frozen=True, slots=True)
class Told:
    """What the server said about one message in one mailbox."""

    message_id: int
    flags: RemoteFlags
    row: int = 0


def stored(uow: UnitOfWork, mailbox: HeldMailbox) -> UidSet:
    """Answer the uids of a mailbox that have a placement."""
    return UidSet.of(uow.connection.scalars(select(_p.uid).where(_is_at(mailbox)).order_by(_p.uid)))


def placed(uow: UnitOfWork, mailbox: HeldMailbox, uids: Sequence[int]) -> set[int]:
    """Answer which of the uids have a placement already."""
    return {uid for (uid,) in select_among(uow.connection, _PLACED, fixed=_at(mailbox, uids), values=uids)}


def holding(uow: UnitOfWork, account_id: int, mailbox_ids: Sequence[int]) -> set[int]:
    """Answer which of the mailboxes hold a place of a message that the server has, or had."""
    b = t.mailboxes.c
    mine = exists().where(_p.account_id == account_id, _p.mailbox_id == b.id, _p.uid.is_not(None))
    return set(uow.connection.scalars(select(b.id).where(b.id.in_(mailbox_ids), mine)))


def newest_keys(uow: UnitOfWork, mailbox: HeldMailbox, limit: int) -> dict[int, bytes]:
    """Answer {uid: match key} of the newest messages of a mailbox."""
    m = t.messages.c
    statement = select(_p.uid, m.match_key).join(t.messages, m.id == _p.message_id).where(_is_at(mailbox))
    return {row.uid: row.match_key for row in uow.execute(statement.order_by(_p.uid.desc()).limit(limit))}


def held_at(uow: UnitOfWork, mailbox: HeldMailbox, uids: UidSet) -> dict[int, HeldMessage]:
    """Answer which message is stored for each of the uids that has one."""
    m = t.messages.c
    columns = (_p.uid, m.id, m.match_key, m.size, m.remote_id, m.message_id, m.digest)
    statement = select(*columns).join(t.messages, m.id == _p.message_id)
    return {
        row.uid: HeldMessage(
            row.id, row.match_key, row.size, row.remote_id, message_id=row.message_id, digest=row.digest
        )
        for chunk in chunks(list(uids))
        for row in uow.execute(statement.where(_is_at(mailbox), _p.uid.in_(chunk)))
    }


def candidates(
    uow: UnitOfWork, mailbox: HeldMailbox, *, match_keys: Iterable[bytes], remote_ids: Iterable[str]
) -> list[HeldMessage]:
    """Answer the account's stored messages that have one of these keys or server identities."""
    m, b = t.messages.c, t.mailboxes.c
    of_message = and_(_p.message_id == m.id, _p.uid.is_not(None))
    current = and_(b.id == _p.mailbox_id, b.uid_validity == _p.uid_validity)
    # Without the account, so that SQLite asks the few places of the message and not those of the whole mailbox.
    here = and_(_p.mailbox_id == mailbox.id, _p.uid_validity == mailbox.seen.uid_validity)
    statement = select(
        m.id, m.match_key, m.size, m.remote_id, m.message_id, exists().where(of_message, here).label("is_here"),
        exists().where(of_message, current).label("is_placed"),
    ).where(m.account_id == mailbox.account_id)  # fmt: skip
    wanted: list[ColumnElement[bool]] = [m.match_key.in_(chunk) for chunk in chunks(list(match_keys))]
    wanted += [and_(m.remote_id.in_(chunk), m.remote_id != "") for chunk in chunks(list(remote_ids))]
    rows = {row.id: row for condition in wanted for row in uow.execute(statement.where(condition))}
    return [
        HeldMessage(
            row.id, row.match_key, row.size, row.remote_id, bool(row.is_here), bool(row.is_placed), row.message_id
        )
        for row in rows.values()
    ]


def add(uow: UnitOfWork, mailbox: HeldMailbox, places: Iterable[Told]) -> None:
    """Insert places of messages, showing what the server said."""
    rows = []
    for told in places:
        at = (mailbox.account_id, mailbox.id, mailbox.seen.uid_validity, told.flags.uid, told.message_id)
        keywords = pack_keywords(told.flags.keywords)
        rows.append((*at, told.flags.mod_seq, *keywords, *keywords))
    insert_rows(uow.connection, t.placements, _COLUMNS, rows)


def adopt(uow: UnitOfWork, mailbox: HeldMailbox, places: Sequence[Told]) -> list[int]:
    """Place messages that are stored already; answer the ids of those that had lost all their places.

    A place of the same message that waits for its uid, or has one of an earlier uid_validity, becomes the place.
    """
    ids = sorted({told.message_id for told in places})
    spare = _spare(uow, mailbox, ids)
    reused = [Told(p.message_id, p.flags, spare[p.message_id].pop()) if spare[p.message_id] else p for p in places]
    _update(uow, mailbox, [told for told in reused if told.row])
    arrived = [told for told in reused if not told.row]
    add(uow, mailbox, arrived)
    outbox.forget_numbers(uow, mailbox.id, ids)
    observations.note(uow, [_seen(mailbox, told, "arrived") for told in arrived])
    _reshow(uow, ids)
    return _revive(uow, ids)


def differing(uow: UnitOfWork, mailbox: HeldMailbox, flags: Sequence[RemoteFlags]) -> list[RemoteFlags]:
    """Answer what the server says now and did not say last time."""
    return [told.flags for told, _ in _differing(uow, mailbox, flags)]


def differing_keywords(uow: UnitOfWork, mailbox: HeldMailbox, flags: Sequence[RemoteFlags]) -> int:
    """Answer of how many places the server says other keywords now than last time."""
    return sum(is_other for _, is_other in _differing(uow, mailbox, flags))


def update_keywords(uow: UnitOfWork, mailbox: HeldMailbox, flags: Sequence[RemoteFlags]) -> int:
    """Store what the server says about places; answer how many of them changed their keywords."""
    # On PostgreSQL an owner's command may be about to write the same rows: both lock them by their ids (`shown`).
    found = _differing(uow, mailbox, flags, lock=True)
    places = [told for told, _ in found]
    observations.note(uow, _taught(uow, mailbox, [told for told, has_other in found if has_other]))
    _update(uow, mailbox, places)
    _reshow(uow, sorted({told.message_id for told in places}))
    return sum(has_other_keywords for _, has_other_keywords in found)


def remove(uow: UnitOfWork, mailbox: HeldMailbox, uids: UidSet) -> list[int]:
    """Remove places that the server no longer has; answer the messages that have no place left."""
    orphans: list[int] = []
    for chunk in chunks(list(uids)):
        orphans += _remove(uow, and_(_is_at(mailbox), _p.uid.in_(chunk)))[1]
    return orphans


def remove_stale(uow: UnitOfWork, mailbox: HeldMailbox, limit: int) -> tuple[int, list[int]]:
    """Remove up to `limit` places of an earlier uid_validity; answer how many, and which messages have none left."""
    return _remove(uow, and_(_is_in(mailbox), _p.uid_validity != mailbox.seen.uid_validity), limit)


def remove_all(uow: UnitOfWork, mailbox: HeldMailbox, limit: int) -> tuple[int, list[int]]:
    """Remove up to `limit` places of a mailbox that is gone; answer as `remove_stale`."""
    return _remove(uow, _is_in(mailbox), limit)


def _at(mailbox: HeldMailbox, uids: Sequence[int]) -> tuple[int, ...]:
    bounds = (min(uids, default=0), max(uids, default=0))
    return (mailbox.account_id, mailbox.id, mailbox.seen.uid_validity, *bounds)


def _is_in(mailbox: HeldMailbox) -> ColumnElement[bool]:
    return and_(_p.account_id == mailbox.account_id, _p.mailbox_id == mailbox.id, _p.uid.is_not(None))


def _is_at(mailbox: HeldMailbox) -> ColumnElement[bool]:
    return and_(_is_in(mailbox), _p.uid_validity == mailbox.seen.uid_validity)


def _differing(
    uow: UnitOfWork, mailbox: HeldMailbox, flags: Sequence[RemoteFlags], *, lock: bool = False
) -> list[tuple[Told, bool]]:
    """Answer the places about which something new is said, and whether it is their keywords."""
    template = f"{_SAID} ORDER BY id FOR UPDATE" if lock and uow.dialect == "postgresql" else _SAID
    uids = [one.uid for one in flags]
    rows = select_among(uow.connection, template, fixed=_at(mailbox, uids), values=uids)
    said = {uid: (id_, message_id, mod_seq, (bits, others)) for uid, id_, message_id, mod_seq, bits, others in rows}
    found = []
    for one in flags:
        if one.uid in said:
            id_, message_id, mod_seq, keywords = said[one.uid]
            is_other = pack_keywords(one.keywords) != keywords
            if is_other or one.mod_seq > mod_seq:
                found.append((Told(message_id, one, id_), is_other))
    return found


def _seen(mailbox: HeldMailbox, told: Told, kind: observations.Kind, before: Packed = NOTHING) -> Noted:
    keywords = pack_keywords(told.flags.keywords)
    return Noted(mailbox.account_id, told.message_id, mailbox.id, kind, before, keywords)


def _taught(uow: UnitOfWork, mailbox: HeldMailbox, places: Sequence[Told]) -> list[Noted]:
    """Answer the changes of keywords that say what the owner thinks; that a message was read says nothing."""
    found: list[Noted] = []
    for chunk in chunks([told.row for told in places]):
        rows = uow.execute(select(_p.id, _p.base_flags, _p.base_keywords).where(_p.id.in_(chunk)))
        before = {row.id: (row.base_flags, row.base_keywords) for row in rows}
        found += [_seen(mailbox, told, "keywords", before[told.row]) for told in places if told.row in before]
    return [one for one in found if observations.teaches(one)]


def _spare(uow: UnitOfWork, mailbox: HeldMailbox, ids: Sequence[int]) -> dict[int, list[int]]:
    """Find places in the mailbox that have no uid yet or an outdated one; the best one last."""
    found: dict[int, list[int]] = defaultdict(list)
    free = or_(_p.uid.is_(None), _p.uid_validity != mailbox.seen.uid_validity)
    for chunk in chunks(ids):
        statement = (
            select(_p.id, _p.message_id)
            .where(_p.mailbox_id == mailbox.id, _p.message_id.in_(chunk), free)
            .order_by(_p.uid.is_(None), _p.id.desc())
        )
        for id_, message_id in uow.execute(statement):
            found[message_id].append(id_)
    return found


def _update(uow: UnitOfWork, mailbox: HeldMailbox, places: Sequence[Told]) -> None:
    if not places:
        return
    for chunk in chunks([told.row for told in places]):
        # The server has carried out the move that a place without uid waited for.
        uow.execute(update(t.placements).where(_p.id.in_(chunk), _p.uid.is_(None)).values(operation_id=None))
    values: list[dict[str, int | str]] = []
    for told in places:
        flags, keywords = pack_keywords(told.flags.keywords)
        values.append({
            "row": told.row, "uid": told.flags.uid, "uid_validity": mailbox.seen.uid_validity,
            "mod_seq": told.flags.mod_seq, "base_flags": flags, "base_keywords": keywords,
            "flags": flags, "keywords": keywords,
        })  # fmt: skip
    told_of = update(t.placements).where(_p.id == bindparam("row"))
    uow.execute(told_of.values({name: bindparam(name) for name in values[0] if name != "row"}), values)


def _reshow(uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Apply the operations that the server does not know yet over what it said."""
    shown.refresh(uow, {row.message_id for row in outbox.standing(uow, ids)})


def _revive(uow: UnitOfWork, ids: Sequence[int]) -> list[int]:
    m = t.messages.c
    revived: list[int] = []
    for chunk in chunks(ids):
        hidden = update(t.messages).where(m.id.in_(chunk), m.orphaned_at.is_not(None)).values(orphaned_at=None)
        revived += uow.connection.scalars(hidden.returning(m.id))
    return revived


def _remove(uow: UnitOfWork, condition: ColumnElement[bool], limit: int | None = None) -> tuple[int, list[int]]:
    columns = (_p.id, _p.account_id, _p.message_id, _p.mailbox_id, _p.base_flags, _p.base_keywords)
    rows = uow.execute(select(*columns).where(condition).limit(limit)).all()
    left = [
        Noted(row.account_id, row.message_id, row.mailbox_id, "left", (row.base_flags, row.base_keywords))
        for row in rows
    ]
    observations.note(uow, left)
    for chunk in chunks([row.id for row in rows]):
        uow.execute(delete(t.placements).where(_p.id.in_(chunk)))
    # The last complete sync may have found a message that is lost now: it no longer says that one is nowhere.
    a = t.accounts.c
    of_them = and_(a.id.in_({row.account_id for row in rows}), a.complete_at > 0)
    if rows:
        uow.execute(update(t.accounts).where(of_them).values(complete_at=0))
    ids = sorted({row.message_id for row in rows})
    _reshow(uow, ids)
    return len(rows), _orphan(uow, ids)


def _orphan(uow: UnitOfWork, ids: Sequence[int]) -> list[int]:
    """Hide messages that have no place left; they keep everything, and a place found again shows them."""
    m = t.messages.c
    orphans: list[int] = []
    for chunk in chunks(ids):
        lost = update(t.messages).where(
            m.id.in_(chunk), m.orphaned_at.is_(None), ~exists().where(_p.message_id == m.id)
        )
        orphans += uow.connection.scalars(lost.values(orphaned_at=uow.now).returning(m.id))
    return orphans
