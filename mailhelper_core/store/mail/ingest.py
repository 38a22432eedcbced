"""Store a batch of messages that came from the server: rows, threads and places together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from mailhelper_core.model.mail.message import Attachment, ParseStatus
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.quick import quick_to_make
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.work.news import MessageStored
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value, insert_rows, reserve_ids
from mailhelper_core.store.contents.outside import Contents, key_in
from mailhelper_core.store.mail import blobs, placements, threads, written
from mailhelper_core.store.mail.placements import Told
from mailhelper_core.store.mail.written import Written
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work import pending

_MESSAGE_COLUMNS = (
    "id", "owner_id", "account_id", "thread_id", "digest", "match_key", "remote_id", "message_id", "subject",
    "from_name", "from_addr", "from_domain", "addresses", "facts", "list_id", "sent_at", "received_at", "sort_at",
    "size", "snippet", "parse_status", "has_attachments", "created_at",
)  # fmt: skip
_ATTACHMENT_COLUMNS = ("message_id", "part", "filename", "media_type", "size", "content_id", "inline")


@dataclass(frozen=True, slots=True)
class Raw:
    """A raw message: its digest, its compressed octets, how many they were before, whether they end with a line."""

    digest: bytes
    data: bytes = field(repr=False)
    size: int
    ends_line: bool = False


@quick_to_make
@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message as its row will be; times are microseconds, addresses and facts are JSON.

    Every text but remote_id, the server's own word, passed `clean_text`.

    raw is None where only the header was fetched; references are the hashes of `message_refs`. is_quarantined says
    that nothing but the octets or the header could be read; it is counted, not stored.
    """

    match_key: bytes
    message_id: str
    subject: str
    from_name: str
    from_addr: str
    from_domain: str
    addresses: str
    facts: str
    list_id: str
    sent_at: int | None
    received_at: int
    sort_at: int
    size: int
    snippet: str
    parse_status: ParseStatus
    has_attachments: bool
    remote_id: str = ""
    text: str = field(default="", repr=False)
    raw: Raw | None = None
    attachments: tuple[Attachment, ...] = ()
    references: tuple[int, ...] = ()
    is_quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One uid to store: a new message, or the id of the stored message that it is."""

    flags: RemoteFlags
    message: NewMessage | int


@dataclass(frozen=True, slots=True)
class Added:
    """Ids of the messages that are new, of those that got a place, and of those of them that had lost all theirs."""

    new: tuple[int, ...] = ()
    adopted: tuple[int, ...] = ()
    revived: tuple[int, ...] = ()


def add_batch(uow: UnitOfWork, mailbox: HeldMailbox, items: Sequence[Incoming]) -> Added:
    """Store uids of a mailbox; of one that has a place already (by a delivery), only the keywords.

    A content that the account has already, or that comes twice, is one message in several places.
    """
    taken = placements.placed(uow, mailbox, [item.flags.uid for item in items])
    if taken:
        placements.update_keywords(uow, mailbox, [item.flags for item in items if item.flags.uid in taken])
    items = [item for item in items if item.flags.uid not in taken]
    new, places = _resolve(uow, mailbox.account_id, items)
    _insert(uow, mailbox, new)
    fresh = [told for told in places if told.message_id in new]
    adopted = [told for told in places if told.message_id not in new]
    placements.add(uow, mailbox, fresh)
    revived = placements.adopt(uow, mailbox, adopted) if adopted else []
    written.adopt(uow, mailbox, [told.message_id for told in adopted])
    return Added(tuple(new), tuple(told.message_id for told in adopted), tuple(revived))


@contextmanager
def outside(store: Store, owner: str, items: Sequence[Incoming]) -> Iterator[Sequence[Incoming]]:
    """Put contents where they lie outside the database, before their transaction; forget them if that fails."""
    if store.contents is None:
        yield items
        return
    written: list[bytes] = []
    try:
        yield [_outside(store.contents, owner, item, written) for item in items]
    except BaseException:
        store.contents.forget(filter(None, map(key_in, written)))
        raise


def _outside(contents: Contents, owner: str, item: Incoming, written: list[bytes]) -> Incoming:
    message = item.message
    if not isinstance(message, NewMessage) or message.raw is None:
        return item
    data = contents.put(owner, message.raw.digest, message.raw.data)
    written.append(data)
    return replace(item, message=replace(message, raw=replace(message.raw, data=data)))


def _resolve(uow: UnitOfWork, account_id: int, items: Sequence[Incoming]) -> tuple[dict[int, NewMessage], list[Told]]:
    """Store the contents, find which were there already; answer new messages by id, and the place of every item."""
    coming = [(item.flags, item.message) for item in items if isinstance(item.message, NewMessage)]
    places = [Told(item.message, item.flags) for item in items if isinstance(item.message, int)]
    raws = {message.raw.digest: message.raw for _, message in coming if message.raw}
    are_new = blobs.put(uow, [(raw.digest, raw.data, raw.size) for raw in raws.values()])
    known = {} if are_new else blobs.messages_of(uow, account_id, list(raws))
    new: dict[int, NewMessage] = {}
    ids = iter(reserve_ids(uow.connection, t.messages, len(coming)))
    for flags, message in coming:
        id_ = known.get(message.raw.digest) if message.raw else None
        if id_ is None or _is_anothers_beginning(uow, message, id_, new):
            id_ = next(ids)
            new[id_] = message
            if message.raw:
                known[message.raw.digest] = id_
        places.append(Told(id_, flags))
    return new, places


def _is_anothers_beginning(uow: UnitOfWork, message: NewMessage, id_: int, new: Mapping[int, NewMessage]) -> bool:
    """Say whether a content that broke off is like a stored one by that alone: of other mails too it may be all."""
    if message.raw is None or not blobs.is_short(message.size, message.raw.size):
        return False
    if id_ in new:
        return new[id_].match_key != message.match_key
    stored = uow.connection.scalar(select(t.messages.c.match_key).where(t.messages.c.id == id_))
    return stored != message.match_key


def _insert(uow: UnitOfWork, mailbox: HeldMailbox, new: dict[int, NewMessage]) -> None:
    if not new:
        return
    account_id = mailbox.account_id
    references = {id_: message.references for id_, message in new.items()}
    thread_of = threads.assign(uow, account_id, references)
    rows = [_row(uow, account_id, id_, thread_of[id_], message) for id_, message in new.items()]
    insert_rows(uow.connection, t.messages, _MESSAGE_COLUMNS, rows, is_clean=True)
    texts = [(id_, message.text) for id_, message in new.items()]
    insert_rows(uow.connection, t.message_texts, ("message_id", "text"), texts, is_clean=True)
    threads.add_references(uow, account_id, references)
    insert_rows(uow.connection, t.attachments, *attachment_rows(new))
    read = {id_: Written(m.from_addr, m.addresses, m.facts, m.received_at) for id_, m in new.items()}
    written.note(uow, mailbox, read)
    pending.add_new(uow, account_id, list(new))
    uow.news.extend(MessageStored(uow.owner, account_id, id_) for id_ in new)


def attachment_rows(messages: Mapping[int, NewMessage]) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
    """Answer the columns and rows of what hangs on messages, by their ids."""
    found = [(id_, one) for id_, message in messages.items() for one in message.attachments]
    return _ATTACHMENT_COLUMNS, [
        (id_, one.part, one.filename, one.media_type, one.size, one.content_id, one.inline) for id_, one in found
    ]


def _row(
    uow: UnitOfWork, account_id: int, id_: int, thread_id: int, m: NewMessage
) -> tuple[int | str | bytes | None, ...]:
    return (
        id_, uow.owner_id, account_id, thread_id, m.raw.digest if m.raw else None, m.match_key,
        clean_text(m.remote_id), m.message_id, m.subject, m.from_name, m.from_addr, m.from_domain, m.addresses,
        m.facts, m.list_id, m.sent_at, m.received_at, m.sort_at, m.size, m.snippet, m.parse_status,
        m.has_attachments, uow.now,
    )  # fmt: skip
