"""Bodies that were not fetched with their messages: which may be now, where they lie, and what they complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, delete, select, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.mail import blobs, merge, messages, threads, values
from mailhelper_core.store.mail.ingest import NewMessage, Raw, attachment_rows
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.types import CleanText
from mailhelper_core.store.search import search_index
from mailhelper_core.store.unit_of_work import UnitOfWork, to_micros
from mailhelper_core.store.work import pending

# What a parser finds in a whole message and not, or not so well, in its header.
_READ = (
    "message_id", "subject", "from_name", "from_addr", "from_domain", "addresses", "facts", "list_id", "sent_at",
    "snippet", "parse_status", "has_attachments",
)  # fmt: skip
_m, _p, _b = t.messages.c, t.placements.c, t.mailboxes.c


@dataclass(frozen=True, slots=True)
class BodyPlace:
    """Where a body lies that the store does not have."""

    message_id: int
    mailbox_id: int
    mailbox: str
    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a message has before another body comes for it."""

    digest: bytes | None
    facts: str
    octets: int | None

    def is_again(self, message: NewMessage) -> bool:
        """Say whether a short body came to the octet as before, and is none that broke off: these end within a line."""
        raw = message.raw
        is_same = raw is not None and self.digest is not None and raw.digest == bytes(self.digest)
        return is_same and raw is not None and raw.ends_line and blobs.is_short(message.size, raw.size)


def owed(uow: UnitOfWork, account_id: int, *, problem: str, size_cap: int, since: datetime | None) -> list[BodyPlace]:
    """Answer the places of messages that have this problem instead of a body, and are no longer too large for one."""
    values = {
        "owner": uow.owner_id, "account": account_id, "cap": size_cap, "problem": f'"{problem}"',
        "since": 0 if since is None else to_micros(since),
    }  # fmt: skip
    return [BodyPlace(*row) for row in _OWED.rows(uow.connection, values)]


def short(uow: UnitOfWork, account_id: int) -> list[BodyPlace]:
    """Answer the places of messages of which the body came clearly shorter than the server had announced it.

    Not where a repair brought the same again: there the announced size is not exact.
    """
    b = t.blobs.c
    joined = select(_m.facts, *_PLACE).select_from(
        _JOINED.join(t.blobs, and_(b.owner_id == _m.owner_id, b.digest == _m.digest))
    )
    mine = (_m.owner_id == uow.owner_id, _m.account_id == account_id)
    rows = uow.execute(joined.where(*mine, *_CURRENT, blobs.short()).order_by(_m.id, _p.id))
    return [BodyPlace(*place) for facts, *place in rows if not values.has_problem(facts, values.SIZE_INEXACT)]


def places(uow: UnitOfWork, message_id: int) -> tuple[int, list[BodyPlace]]:
    """Answer the account of a message and where its body lies, nowhere when the store has it; raise NotFoundError."""
    found = uow.execute(_STORED, {"message": message_id, "owner": uow.owner_id}).first()
    if found is None:
        raise messages.unknown(message_id)
    account_id, digest = found
    if digest is not None:
        return account_id, []
    return account_id, [BodyPlace(*row) for row in uow.execute(_placed().where(_m.id == message_id))]


def complete(uow: UnitOfWork, account_id: int, found: Mapping[int, NewMessage]) -> list[int]:
    """Give messages, by id, their bodies, and let them wait for every stage again; answer those that have one now.

    A content that the account has already is one message: it gets the places and what the owner gave the other. A
    message without a body keeps its header, with the problem that stands for it now; one whose body was short keeps
    that, where no longer one came.
    """
    waiting = select(_m.id, _m.digest, _m.facts).where(_m.id.in_(found), messages.owned(uow)).with_for_update()
    left = {row.id: _Stored(row.digest, row.facts, _octets(uow, row.digest)) for row in uow.execute(waiting).all()}
    completed = []
    for id_, message in found.items():
        if id_ not in left:
            continue
        octets = left[id_].octets
        if message.raw is None:
            if octets is None:
                uow.execute(update(t.messages).where(_m.id == id_).values(facts=message.facts))
            continue
        if octets is not None and message.raw.size <= octets:
            _keep(uow, id_, left[id_], message)
            continue
        twin = _stored(uow, account_id, message.raw)
        if twin is None:
            _fill(uow, account_id, id_, message, message.raw)
            completed.append(id_)
        elif merge.merge(uow, id_, twin):
            pending.add_new(uow, account_id, [twin])
            completed.append(id_)
    return completed


def _keep(uow: UnitOfWork, id_: int, stored: _Stored, message: NewMessage) -> None:
    """Keep the body that there is; where the same came again, note that it is the announced size that is wrong."""
    if stored.is_again(message):
        facts = values.with_inexact_size(stored.facts)
        uow.execute(update(t.messages).where(_m.id == id_).values(facts=facts))


def _octets(uow: UnitOfWork, digest: bytes | None) -> int | None:
    """Answer how long the content is that a message has; None without one."""
    b = t.blobs.c
    if digest is None:
        return None
    return uow.connection.scalar(select(b.size).where(b.owner_id == uow.owner_id, b.digest == digest)) or 0


_PLACE = (_m.id, _b.id, _b.name, _b.uid_validity, _p.uid)
_CURRENT = (_p.uid_validity == _b.uid_validity, _p.uid.is_not(None), _b.gone_at.is_(None))
_JOINED = t.messages.join(t.placements, _p.message_id == _m.id).join(t.mailboxes, _b.id == _p.mailbox_id)


def _placed() -> Select[tuple[int, int, str, int, int]]:
    return select(*_PLACE).select_from(_JOINED).where(*_CURRENT).order_by(_m.id, _p.id)


# Every sync asks it: built once, and led by an index to the few without a body.
_OWED = Prepared(
    _placed().where(
        _m.owner_id == bindparam("owner"), _m.digest.is_(None), _m.account_id == bindparam("account"),
        _m.size <= bindparam("cap"), _m.received_at >= bindparam("since"),
        _m.facts.contains(bindparam("problem", type_=CleanText())),
    )
)  # fmt: skip

# Whoever opens a message asks this.
_STORED = select(_m.account_id, _m.digest).where(_m.id == bindparam("message"), _m.owner_id == bindparam("owner"))


def _stored(uow: UnitOfWork, account_id: int, raw: Raw) -> int | None:
    """Store a content; answer the message of the account that has it already."""
    is_new = blobs.put(uow, [(raw.digest, raw.data, raw.size)])
    return None if is_new else blobs.messages_of(uow, account_id, [raw.digest]).get(raw.digest)


def _fill(uow: UnitOfWork, account_id: int, id_: int, message: NewMessage, raw: Raw) -> None:
    search_index.remove(uow, [id_])
    values = {name: getattr(message, name) for name in _READ} | {"digest": raw.digest}
    uow.execute(update(t.messages).where(_m.id == id_).values(values))
    for table in (t.message_texts, t.attachments):
        uow.execute(delete(table).where(table.c.message_id == id_))
    insert_rows(uow.connection, t.message_texts, ("message_id", "text"), [(id_, message.text)], is_clean=True)
    insert_rows(uow.connection, t.attachments, *attachment_rows({id_: message}))
    threads.connect(uow, account_id, id_, message.references)
    pending.add_new(uow, account_id, [id_])
