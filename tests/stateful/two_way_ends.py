"""Where mail is and what it carries, as the server and as the store have it."""

from __future__ import annotations

from sqlalchemy import func, select

from mailhelper_core.model.mail.keyword import normalize_keywords, unpack_keywords
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
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
            found.setdefault(subject_of(one.raw), []).append((box.name, normalize_keywords(one.flags)))
    return in_order(found)


def shown_by(store: Store, *, but_left: bool) -> Places:
    """Answer the same of what the owner sees."""
    p, b, m = t.placements.c, t.mailboxes.c, t.messages.c
    joined = t.placements.join(t.mailboxes, b.id == p.mailbox_id).join(t.messages, m.id == p.message_id)
    statement = select(m.subject, b.name, p.flags, p.keywords).select_from(joined).where(p.hidden.is_(False))
    with store.read() as connection:
        rows = list(connection.execute(statement))
    shown = [(row.subject, row.name, unpack_keywords(row.flags, row.keywords)) for row in rows]
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


def subject_of(raw: bytes) -> str:
    """Answer the subject of a mail."""
    return next(line[9:].decode() for line in raw.splitlines() if line.startswith(b"Subject: "))
