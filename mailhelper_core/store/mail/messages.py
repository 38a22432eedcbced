"""Read messages: summaries for lists, details for reading and deciding, raw octets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, select

from mailhelper_core.errors import ConfigError, NotFoundError
from mailhelper_core.model.mail.keyword import unpack_keywords
from mailhelper_core.model.mail.message import Attachment, Message, MessageDetail, MessageTag, Place
from mailhelper_core.model.mind.opinion import OWNER, SUGGESTED, provider_of
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.contents.outside import key_in, lost
from mailhelper_core.store.contents.packed import decompress
from mailhelper_core.store.mail.said import foremost_of, spoken_of
from mailhelper_core.store.mail.taken_off import MAY_LACK, taken_off
from mailhelper_core.store.mail.values import (
    SUMMARY_COLUMNS,
    SUMMARY_FIELDS,
    read_addresses,
    read_facts,
    summary,
    summary_fields,
)
from mailhelper_core.store.mind.waiting_tags import waits
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.schema.types import BigInt
from mailhelper_core.store.unit_of_work import UnitOfWork

T = TypeVar("T")
HeaderDecoder = Callable[[bytes], tuple[tuple[str, str], ...]]


def summaries(uow: UnitOfWork, ids: Sequence[int]) -> list[Message]:
    """Answer the messages of these ids, in their order; unknown and foreign ids are absent."""
    rows = _rows(uow, ids, _ROWS)
    places, tags = _places(uow, rows), _tags(uow, rows)
    return [summary(rows[id_], places[id_], tags[id_]) for id_ in ids if id_ in rows]


def details(uow: UnitOfWork, ids: Sequence[int], *, decode_headers: HeaderDecoder | None = None) -> list[MessageDetail]:
    """Answer the messages with text, attachments and facts, in the order of ids.

    decode_headers (mime's) turns raw octets into header fields; without it `headers` stays empty and
    no raw message is read.
    """
    rows = _rows(uow, ids, _WHOLE_ROWS)
    places, tags = _places(uow, rows), _tags(uow, rows)
    attachments, suggested = _attachments(uow, rows), _suggested(uow, rows)
    said = {id_: one for chunk in chunks(list(rows)) for id_, one in foremost_of(uow, chunk).items()}
    headers = _headers(uow, rows, decode_headers) if decode_headers else {}
    # A rule may have tagged, or taken a tag off, on a provider's word; that the word counts no more does not make that
    # the owner's.
    by_rules = {id_ for id_ in rows if any(tag.set_by == "rule" for tag in tags[id_])}
    told = spoken_of(uow, by_rules | taken_off(uow, [id_ for id_, row in rows.items() if row[-1]]))
    found = []
    for id_ in ids:
        if id_ in rows:
            row = rows[id_]
            extra = {"headers": headers.get(id_, ()), "attachments": attachments[id_]}
            extra["suggestions"] = tuple((one.name, one.confidence) for one in suggested[id_] if one.waits)
            kinds = (SUGGESTED,) if id_ in told or _rests_on_model(suggested[id_], tags[id_]) else ()
            extra["opinions"] = said.get(id_, ())
            values = summary_fields(row[: len(SUMMARY_COLUMNS)], places[id_], tags[id_])
            shared = dict(zip(SUMMARY_FIELDS, values, strict=True))
            found.append(_detail(row[len(SUMMARY_COLUMNS) : -1], shared, extra, kinds))
    return found


def require(uow: UnitOfWork, ids: Iterable[int]) -> list[int]:
    """Answer the ids, each once; raise NotFoundError when one is unknown or another owner's."""
    wanted = list(dict.fromkeys(ids))
    known = {id_ for (id_,) in _each_chunk(uow, wanted, _KNOWN)}
    missing = [id_ for id_ in wanted if id_ not in known]
    if missing:
        raise unknown(missing[0])
    return wanted


def detail(uow: UnitOfWork, message_id: int, *, decode_headers: HeaderDecoder | None = None) -> MessageDetail:
    """Answer one message as `details` does; raise NotFoundError when it is unknown or another owner's."""
    found = details(uow, [message_id], decode_headers=decode_headers)
    if not found:
        raise unknown(message_id)
    return found[0]


def raw(uow: UnitOfWork, message_id: int) -> bytes:
    """Answer the octets as the source served them; raise NotFoundError when only the header was fetched."""
    return content(uow, message_id)[1]


def content(uow: UnitOfWork, message_id: int) -> tuple[bytes, bytes]:
    """Answer the digest of a message's content and its octets, as `raw` does."""
    for _, digest_, data in _each_chunk(uow, [message_id], _BLOBS):
        return digest_, octets(uow, data)
    require(uow, [message_id])
    raise NotFoundError("The body of this message was not fetched, only its header.", code="no_body")


def digest(uow: UnitOfWork, message_id: int) -> bytes | None:
    """Answer the digest of a message's content, None where only its header was fetched; raise NotFoundError."""
    for (known,) in _each_chunk(uow, [message_id], _DIGEST):
        return known  # type: ignore[no-any-return]
    raise unknown(message_id)


def thread_ids(uow: UnitOfWork, thread_id: int) -> list[int]:
    """Answer the ids of a thread's visible messages."""
    return [id_ for (id_,) in _THREAD.rows(uow.connection, {"thread": thread_id, "owner": uow.owner_id})]


def thread_of(uow: UnitOfWork, message_id: int) -> int:
    """Answer the thread of a message; raise NotFoundError when it is unknown or another owner's."""
    for (thread_id,) in _each_chunk(uow, [message_id], _THREAD_OF):
        return int(thread_id)
    raise unknown(message_id)


def of_account(uow: UnitOfWork, account_id: int, limit: int) -> list[int]:
    """Answer some messages of an account, the oldest first."""
    m = t.messages.c
    mine = (m.owner_id == uow.owner_id, m.account_id == account_id)
    return list(uow.connection.scalars(select(m.id).where(*mine).order_by(m.id).limit(limit)))


def owned(uow: UnitOfWork) -> ColumnElement[bool]:
    """Ask of messages given by their ids, or by their thread, whether they are the owner's.

    A plain comparison makes SQLite walk the owner's whole index and look each message up among the ids.
    """
    return t.messages.c.owner_id + 0 == uow.owner_id


def octets(uow: UnitOfWork, data: bytes) -> bytes:
    """Answer a raw message from what its row in `blobs` holds; raise NotFoundError when the outside has lost it."""
    key = key_in(data)
    if key is None:
        return decompress(data)
    if not key:
        raise lost()
    if uow.contents is None:
        raise ConfigError("This content lies outside the database; `Settings(contents=...)` does not say where.")
    return decompress(uow.contents.get(key))


def unknown(message_id: int) -> NotFoundError:
    """Answer what to raise for a message that is unknown or another owner's."""
    return NotFoundError(f"There is no message {message_id} for this owner.")


def _detail(
    more_columns: Sequence[Any], shared: dict[str, Any], extra: dict[str, Any], kinds: Sequence[str]
) -> MessageDetail:
    addresses, message_id, written, provider_kinds, own_addresses, text = more_columns
    groups = read_addresses(addresses)
    facts, more = read_facts(written)
    return MessageDetail(
        **shared,
        **extra,
        message_id=message_id,
        in_reply_to=more.get("in_reply_to", ""),
        references=tuple(more.get("references", ())),
        sender=next(iter(groups.get("sender", ())), None),
        reply_to=groups.get("reply_to", ()),
        cc=groups.get("cc", ()),
        bcc=groups.get("bcc", ()),
        facts=facts,
        provider_kinds=frozenset((*provider_kinds.split(), *kinds)),
        account_addresses=frozenset(own_addresses.split()),
        text=text or "",
        problems=tuple(more.get("problems", ())),
    )


def _each_chunk(uow: UnitOfWork, ids: Iterable[int], statement: Prepared) -> Iterator[Any]:
    for chunk in chunks(list(ids)):
        yield from statement.rows(uow.connection, {"ids": chunk, "owner": uow.owner_id})


def _rows(uow: UnitOfWork, ids: Sequence[int], statement: Prepared) -> dict[int, Sequence[Any]]:
    return {row[0]: row for row in _each_chunk(uow, ids, statement)}


def _places(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = defaultdict(list)
    for message_id, mailbox_id, uid, flags, keywords, name, role in _each_chunk(uow, ids, _PLACES):
        found[message_id].append(Place(mailbox_id, name, role, unpack_keywords(flags, keywords), uid))
    return found


class _Suggested(NamedTuple):
    name: str
    folded: str
    confidence: float
    said_by: str
    waits: bool


def _suggested(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, list[_Suggested]]:
    """Answer what is suggested by message, also what waits no longer because a rule has set it since."""
    found: dict[int, list[_Suggested]] = defaultdict(list)
    for message_id, *one in _each_chunk(uow, ids, _SUGGESTED):
        found[message_id].append(_Suggested(*one))
    return found


def _rests_on_model(suggested: Sequence[_Suggested], tags: Sequence[MessageTag]) -> bool:
    """Say whether a language model suggests a tag, or did so before a rule set it; the owner's word ends that."""
    owners = {fold_tag(tag.name) for tag in tags if tag.set_by == OWNER}
    return any(provider_of(row.said_by) and row.folded not in owners for row in suggested)


def _tags(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, list[MessageTag]]:
    found: dict[int, list[MessageTag]] = defaultdict(list)
    for message_id, *tag in _each_chunk(uow, ids, _TAGS):
        found[message_id].append(MessageTag(*tag))
    return found


def _attachments(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, tuple[Attachment, ...]]:
    found: dict[int, tuple[Attachment, ...]] = defaultdict(tuple)
    for message_id, part, filename, media_type, size, content_id, inline in _each_chunk(uow, ids, _ATTACHMENTS):
        found[message_id] += (Attachment(part, filename, media_type, size, content_id, bool(inline)),)
    return found


def _headers(uow: UnitOfWork, ids: Iterable[int], decode: HeaderDecoder) -> dict[int, tuple[tuple[str, str], ...]]:
    return {id_: decode(octets) for id_, octets in _blobs(uow, list(ids))}


def _blobs(uow: UnitOfWork, ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    for id_, _, data in _each_chunk(uow, ids, _BLOBS):
        yield id_, octets(uow, data)


# Every page of mail asks these: they are built once, and executed with the ids that are asked for.
_m, _p, _b, _a = t.messages.c, t.placements.c, t.mailboxes.c, t.accounts.c
_t, _f = t.message_texts.c, t.attachments.c
_mine = and_(among(_m.id, "ids"), _m.owner_id + 0 == bindparam("owner", type_=BigInt))
_KNOWN = Prepared(select(_m.id).where(_mine))
_ROWS = Prepared(select(*SUMMARY_COLUMNS).where(_mine))
# What is joined from outside is looked up by a message; every one has its account.
_WHOLE_ROWS = Prepared(
    select(*SUMMARY_COLUMNS, _m.addresses, _m.message_id, _m.facts, _m.provider_kinds, _a.addresses, _t.text, MAY_LACK)
    .outerjoin(t.accounts, _a.id == _m.account_id)
    .outerjoin(t.message_texts, _t.message_id == _m.id)
    .where(_mine)
)
_PLACES = Prepared(
    select(_p.message_id, _p.mailbox_id, _p.uid, _p.flags, _p.keywords, _b.name, _b.role)
    .join(t.mailboxes, _b.id == _p.mailbox_id)
    .where(among(_p.message_id, "ids"), _p.hidden.is_(False))
    .order_by(_b.name, _p.id)
)
_TAGS = Prepared(
    select(t.message_tags.c.message_id, t.tags.c.name, t.tags.c.color, t.message_tags.c.set_by)
    .join(t.tags, t.tags.c.id == t.message_tags.c.tag_id)
    .where(among(t.message_tags.c.message_id, "ids"))
    .order_by(t.tags.c.folded)
)
_one, _s = t.suggested_tags.c, t.tag_suggestions.c
_SUGGESTED = Prepared(
    select(_one.message_id, _s.name, _s.folded, _one.confidence, _one.said_by, waits().label("waits"))
    .join(t.tag_suggestions, _s.id == _one.suggestion_id)
    .where(among(_one.message_id, "ids"))
    .order_by(_s.folded)
)
_ATTACHMENTS = Prepared(
    select(_f.message_id, _f.part, _f.filename, _f.media_type, _f.size, _f.content_id, _f.inline)
    .where(among(_f.message_id, "ids"))
    .order_by(_f.id)
)
_BLOBS = Prepared(
    select(_m.id, _m.digest, t.blobs.c.data)
    .join(t.blobs, and_(t.blobs.c.owner_id == _m.owner_id, t.blobs.c.digest == _m.digest))
    .where(_mine)
)
_DIGEST = Prepared(select(_m.digest).where(_mine))
_THREAD = Prepared(
    select(_m.id)
    .where(_m.thread_id == bindparam("thread"), _m.owner_id + 0 == bindparam("owner", type_=BigInt))
    .where(_m.orphaned_at.is_(None))
    .order_by(_m.sort_at, _m.id)
)
_THREAD_OF = Prepared(select(_m.thread_id).where(_mine))
