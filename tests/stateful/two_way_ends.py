"""Where mail is and what it carries, as the server and as the store have it; what it is, its body says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select

from mailhelper_core.model.mail.keyword import normalize_keywords, unpack_keywords
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work.outbox import UNFINISHED
from mailhelper_core.testing import ImapServer
from tests.stateful.two_way_model import Places, in_order

# What a move flags when it has copied; without UIDPLUS that may stay behind, for EXPUNGE takes whatever is flagged so.
LEFT = "\\Deleted"


def held_by(server: ImapServer, *, but_left: bool) -> Places:
    """Answer by subject what the server holds, or all but what moves left behind."""
    found: Places = {}
    for box in server.store.user("ada").mailboxes:
        for one in box.messages:
            if but_left and LEFT in one.flags:
                continue
            found.setdefault(name_of(one.raw), []).append((box.name, normalize_keywords(one.flags)))
    return in_order(found)


def shown_by(store: Store, letters: Mapping[bytes, str], *, but_left: bool) -> Places:
    """Answer the same of what the owner sees, given the names of the letters by their digests."""
    p, b, m = t.placements.c, t.mailboxes.c, t.messages.c
    joined = t.placements.join(t.mailboxes, b.id == p.mailbox_id).join(t.messages, m.id == p.message_id)
    statement = select(m.digest, b.name, p.flags, p.keywords).select_from(joined).where(p.hidden.is_(False))
    with store.read() as connection:
        rows = list(connection.execute(statement))
    shown = [(letters[bytes(row.digest)], row.name, unpack_keywords(row.flags, row.keywords)) for row in rows]
    found: Places = {}
    for subject, name, keywords in shown:
        if not (but_left and LEFT in keywords):
            found.setdefault(subject, []).append((name, keywords))
    return in_order(found)


def waiting_in(store: Store) -> int:
    """Answer how many operations are not delivered."""
    with store.read() as connection:
        waits = select(func.count()).select_from(t.outbox).where(t.outbox.c.state.in_(UNFINISHED))
        return int(connection.scalar(waits) or 0)


def digests_on(server: ImapServer) -> dict[tuple[str, int], bytes]:
    """Answer what each uid on the server is."""
    boxes = server.store.user("ada").mailboxes
    return {(box.name, one.uid): sha256(one.raw).digest() for box in boxes for one in box.messages}


def digests_in(store: Store) -> dict[tuple[str, int], bytes]:
    """Answer what each uid is in the store."""
    p, b, m = t.placements.c, t.mailboxes.c, t.messages.c
    joined = t.placements.join(t.mailboxes, b.id == p.mailbox_id).join(t.messages, m.id == p.message_id)
    with store.read() as connection:
        rows = list(connection.execute(select(b.name, p.uid, m.digest).select_from(joined)))
    return {(name, uid): bytes(digest) for name, uid, digest in rows}


def id_in(uow: UnitOfWork, letters: Mapping[bytes, str], name: str) -> int | None:
    """Answer the stored message that a letter is, None for one that the store does not show."""
    m = t.messages.c
    digest = next(digest for digest, one in letters.items() if one == name)
    found: int | None = uow.connection.scalar(select(m.id).where(m.digest == digest, m.orphaned_at.is_(None)))
    return found


def name_of(raw: bytes) -> str:
    """Answer the name of a letter: the first words of its body, for the header may be that of another."""
    return raw.partition(b"\r\n\r\n")[2].partition(b":")[0].decode()


@dataclass(frozen=True)
class Fate:
    """How far a change got, and whether the server may have heard of it; of several entries the first alone tells."""

    state: str
    was_sent: bool


def fates_in(store: Store) -> dict[int, Fate]:
    """Answer how far each change got."""
    o = t.outbox.c
    with store.read() as connection:
        rows = list(connection.execute(select(o.change_id, o.state, o.attempts).order_by(o.id.desc())))
    return {change: Fate(state, state == "delivered" or attempts > 0) for change, state, attempts in rows}
