"""Mailboxes: what was listed, what is held of each, and the counts that a reader sees."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, update

from mailhelper_core.model.mail.keyword import SEEN, system_bit
from mailhelper_core.model.mail.message import Mailbox
from mailhelper_core.model.source.held import HeldMailbox, HeldUids, Suspect
from mailhelper_core.model.source.remote import RemoteMailbox, RemoteStatus
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.unit_of_work import UnitOfWork, moment, to_micros


def listing(uow: UnitOfWork, account_id: int | None) -> list[Mailbox]:
    """Answer the mailboxes that the servers listed last, with visible and unread messages, INBOX first.

    account_id None means all accounts, one after the other.
    """
    listed, counting = (_LISTED, _COUNTED) if account_id is not None else (_LISTED_OF_ALL, _COUNTED_OF_ALL)
    whose = {"account": account_id} if account_id is not None else {"owner": uow.owner_id}
    seen = system_bit(SEEN) or 0
    counted: dict[int, Counter[bool]] = defaultdict(Counter)
    for mailbox_id, flags, number in uow.execute(counting, whose):
        counted[mailbox_id][bool(flags & seen)] += number
    return [
        Mailbox(
            id=id_, account_id=of_account, name=name, delimiter=delimiter, role=role,
            messages=counted[id_].total(), unread=counted[id_][False],
            last_synced_at=moment(synced_at), read_only=bool(read_only),
        )
        for id_, of_account, name, delimiter, role, synced_at, read_only in uow.execute(listed, whose)
    ]  # fmt: skip


def held(uow: UnitOfWork, account_id: int) -> list[HeldMailbox]:
    """Answer what is held of every mailbox that is not gone; its uids are read apart, as they may be many."""
    return [_held(row) for row in _HELD.rows(uow.connection, {"account": account_id})]


def uids(uow: UnitOfWork, mailbox: HeldMailbox) -> HeldUids:
    """Answer the uids that the server held at the last look."""
    b = t.mailboxes.c
    row = uow.one(select(b.known, b.left_out).where(b.id == mailbox.id))
    return HeldUids(UidSet.parse(row.known), UidSet.parse(row.left_out)) if row else HeldUids()


def record(uow: UnitOfWork, account_id: int, listed: Sequence[RemoteMailbox], *, read_only: bool) -> None:
    """Insert or update mailboxes as listed; one that was gone comes back under its id.

    read_only says that the source cannot be written; otherwise each mailbox keeps what a delivery learnt about it.
    """
    b = t.mailboxes.c
    for one in listed:
        values: dict[str, object] = {"delimiter": one.delimiter, "role": one.role, "gone_at": None}
        if read_only:
            values["read_only"] = True
        known = update(t.mailboxes).where(b.account_id == account_id, b.name == one.name).values(values)
        if not uow.execute(known).rowcount:
            # An owner's command may name it in the same moment.
            row = (account_id, one.name)
            insert_rows(uow.connection, t.mailboxes, ("account_id", "name"), [row], or_ignore=True)
            uow.execute(known)


def save(uow: UnitOfWork, mailbox: HeldMailbox, uids: HeldUids | None = None) -> None:
    """Write what is held of a mailbox; its uids only when they are given."""
    values: dict[str, object] = {
        "uid_validity": mailbox.seen.uid_validity, "uid_next": mailbox.seen.uid_next,
        "highest_mod_seq": mailbox.seen.highest_mod_seq, "server_messages": mailbox.seen.messages,
        "is_complete": mailbox.is_complete, "window_at": _micros(mailbox.window),
        "flags_scanned_at": _micros(mailbox.flags_scanned_at), "renumberings": mailbox.renumberings,
        "last_synced_at": uow.now,
    }  # fmt: skip
    if uids is not None:
        values |= {"known": str(uids.known), "left_out": str(uids.left_out)}
    uow.execute(update(t.mailboxes).where(t.mailboxes.c.id == mailbox.id).values(values))


def leave_out(uow: UnitOfWork, mailbox: HeldMailbox, left_out: UidSet) -> None:
    """Write which uids are older than the mailbox's window."""
    values = {"left_out": str(left_out), "window_at": _micros(mailbox.window)}
    uow.execute(update(t.mailboxes).where(t.mailboxes.c.id == mailbox.id).values(values))


def permit(uow: UnitOfWork, account_id: int, name: str, keywords: frozenset[str] | None) -> None:
    """Write which keywords a mailbox keeps (PERMANENTFLAGS), None for any; nothing where that is known."""
    b = t.mailboxes.c
    told = None if keywords is None else " ".join(sorted(keywords))
    mine = and_(b.account_id == account_id, b.name == name, b.permanent_keywords.is_distinct_from(told))
    uow.execute(update(t.mailboxes).where(mine).values(permanent_keywords=told))


def rename(uow: UnitOfWork, mailbox: HeldMailbox, name: str) -> bool:
    """Give a mailbox the name that it has now; answer False when the account knew another one by that name."""
    b = t.mailboxes.c
    taken = uow.one(select(b.id).where(b.account_id == mailbox.account_id, b.name == name))
    if taken is None:
        uow.execute(update(t.mailboxes).where(b.id == mailbox.id).values(name=name))
    return taken is None


def listed_at(uow: UnitOfWork, account_id: int, name: str) -> int | None:
    """Answer when the last complete sync began (0: none yet) if the server had a mailbox of this name at the last."""
    b, a = t.mailboxes.c, t.accounts.c
    joined = select(a.complete_at).join(t.mailboxes, b.account_id == a.id)
    row = uow.one(joined.where(a.id == account_id, b.name == name, b.gone_at.is_(None), was_there()))
    return (row.complete_at or 0) if row else None


def suspect(uow: UnitOfWork, mailbox: HeldMailbox, found: Suspect | None) -> None:
    """Note who is suspected, None for nobody."""
    uid, strikes = (found.uid, -found.strikes if found.goes_first else found.strikes) if found else (0, 0)
    values = {"suspect_uid": uid, "suspect_strikes": strikes}
    uow.execute(update(t.mailboxes).where(t.mailboxes.c.id == mailbox.id).values(values))


def mark_gone(uow: UnitOfWork, mailbox: HeldMailbox) -> None:
    """Note that the server no longer has a mailbox; the time of the look tells it from one that never was."""
    values = {"gone_at": uow.now, "last_synced_at": uow.now}
    uow.execute(update(t.mailboxes).where(t.mailboxes.c.id == mailbox.id).values(values))


def was_there() -> ColumnElement[bool]:
    """Answer for a mailbox that is gone: the server had it. Else a rule has named it, and no delivery made it yet."""
    b = t.mailboxes.c
    return or_(b.uid_validity != 0, b.last_synced_at.is_not(None))  # an empty one may never have been opened


def unmade(uow: UnitOfWork, account_id: int) -> list[HeldMailbox]:
    """Answer the mailboxes that a decision names and no delivery has made yet."""
    b = t.mailboxes.c
    found = uow.execute(select(b.id, b.name).where(b.account_id == account_id, b.gone_at.is_not(None), ~was_there()))
    return [HeldMailbox(row.id, account_id, row.name) for row in found]


def names(uow: UnitOfWork, account_ids: Collection[int]) -> dict[int | None, set[str]]:
    """Answer the names of mailboxes that are there, or that a rule lets be made, by account; None holds all."""
    b = t.mailboxes.c
    found: dict[int | None, set[str]] = defaultdict(set)
    there = and_(b.account_id.in_(account_ids), or_(b.gone_at.is_(None), ~was_there()))
    for account_id, name in uow.execute(select(b.account_id, b.name).where(there)):
        found[account_id].add(name)
        found[None].add(name)
    return found


def _of_account() -> ColumnElement[bool]:
    return t.mailboxes.c.account_id == bindparam("account")


def _of_all() -> ColumnElement[bool]:
    a = t.accounts.c
    return t.mailboxes.c.account_id.in_(select(a.id).where(a.owner_id == bindparam("owner")))


def _listed(whose: ColumnElement[bool]) -> Select[Any]:
    b = t.mailboxes.c
    statement = select(b.id, b.account_id, b.name, b.delimiter, b.role, b.last_synced_at, b.read_only)
    return statement.where(whose, b.gone_at.is_(None)).order_by(b.account_id, b.name != "INBOX", b.name)


def _counted(whose: ColumnElement[bool]) -> Select[Any]:
    b, p = t.mailboxes.c, t.placements.c
    mine = select(b.id).where(whose, b.gone_at.is_(None))
    # By mailbox and flags as they stand: an index has them in this order, and a mailbox has few kinds of flags.
    statement = select(p.mailbox_id, p.flags, func.count()).where(p.mailbox_id.in_(mine), p.hidden.is_(False))
    return statement.group_by(p.mailbox_id, p.flags)


_LISTED, _COUNTED = _listed(_of_account()), _counted(_of_account())
_LISTED_OF_ALL, _COUNTED_OF_ALL = _listed(_of_all()), _counted(_of_all())


# Every sync asks these, mostly to find that there is nothing to do: they are built once.
def _held_of_account() -> Select[Any]:
    b, p = t.mailboxes.c, t.placements.c
    own = and_(p.account_id == b.account_id, p.mailbox_id == b.id, p.uid.is_not(None))
    # Two look-ups in the unique index of placements, below and above the current number.
    stale = or_(
        exists().where(own, p.uid_validity < b.uid_validity), exists().where(own, p.uid_validity > b.uid_validity)
    )
    columns = (
        b.id, b.account_id, b.name, b.role, b.delimiter, b.read_only, b.server_messages, b.uid_next, b.uid_validity,
        b.highest_mod_seq, b.is_complete, b.window_at, b.flags_scanned_at, b.renumberings, b.suspect_uid,
        b.suspect_strikes, stale.label("has_stale"),
    )  # fmt: skip
    return select(*columns).where(b.account_id == bindparam("account"), b.gone_at.is_(None))


_HELD = Prepared(_held_of_account())


def _micros(moment_: datetime | None) -> int | None:
    return None if moment_ is None else to_micros(moment_)


def _held(row: Sequence[Any]) -> HeldMailbox:
    # Taken apart as a whole: to ask a row for each name costs more than the query, at every sync of every mailbox.
    (
        id_, account_id, name, role, delimiter, read_only, messages, uid_next, uid_validity, mod_seq, is_complete,
        window, scanned_at, renumberings, suspect_uid, strikes, has_stale,
    ) = row  # fmt: skip
    return HeldMailbox(
        id=id_,
        account_id=account_id,
        name=name,
        role=role,
        seen=RemoteStatus(messages, uid_next, uid_validity, mod_seq),
        is_complete=bool(is_complete),
        window=moment(window),
        flags_scanned_at=moment(scanned_at),
        has_stale=bool(has_stale),
        renumberings=renumberings,
        suspect=Suspect(suspect_uid, abs(strikes), goes_first=strikes < 0) if strikes else None,
        delimiter=delimiter,
        read_only=bool(read_only),
    )
