"""Read metadata: what each uid of a batch is; what the server does not tell of one must not hide its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from time import monotonic

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteFlags, RemoteMetadata
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail.ingest import Incoming
from mailhelper_core.sync import incoming
from mailhelper_core.sync.basket import Basket
from mailhelper_core.sync.contents import put_header
from mailhelper_core.sync.identity import Arrival
from mailhelper_core.sync.plan import halves
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.suspicion import THE_MAILBOX, accuse_message

# Of one batch: enough to find three messages among 2,000. A server that refuses all is not asked for each.
MAX_REFUSALS = 40
_KEY_BYTES = 16


def read_arrivals(run: SyncRun, held: HeldMailbox, batch: UidSet) -> dict[int, Arrival]:
    """Answer what the uids of a batch are, newest first; where the server refuses some, the others, and a note.

    Of a sync that must end it answers what came by then.
    """
    found: dict[int, Arrival] = {}
    waiting, refusals = [batch], 0
    while waiting and refusals < MAX_REFUSALS and not run.may_leave():
        part = waiting.pop()
        error = _read(run, held, part, found)
        if error is None:
            continue
        if not refusals:
            run.note(held, error.code, str(error))
        refusals += 1
        if len(part) > 1:
            waiting += halves(part - UidSet.of(found))
    return {uid: found[uid] for uid in sorted(found, reverse=True)}


def put_what_there_is(run: SyncRun, basket: Basket, uid: int) -> bool:
    """Put a message into the basket as far as it can be had; answer False when the server does not have it at all."""
    alone = UidSet.of([uid])
    arrival = read_arrivals(run, basket.held, alone).get(uid)
    if arrival is not None:
        put_header(run, basket, arrival, incoming.BODY_REFUSED)
        return True
    try:
        # A mailbox that refuses even this is in trouble as a whole: then it is not the message.
        flags = next((one for one in run.session.flags(alone) if one.uid == uid), None)
        if flags is not None:
            _put_untold(run, basket, flags)
        return flags is not None
    except ServerError as exc:
        accuse_message(run, basket.held, alone, exc)
        raise


def put_unread(run: SyncRun, basket: Basket, uid: int) -> None:
    """Put a message into the basket of which nothing may be asked: that it is there."""
    arrival = _nameless(basket.held, RemoteFlags(uid, frozenset()))
    basket.put(Incoming(arrival.flags, incoming.read_header(arrival, b"", incoming.BODY_BREAKS, now=run.rhythm.now)))


def _read(run: SyncRun, held: HeldMailbox, part: UidSet, found: dict[int, Arrival]) -> ServerError | None:
    count, first = 0, 0.0
    try:
        for one in run.beating(run.session.metadata(part)):
            count, first = count + 1, first or monotonic()
            if one.uid in part:
                found[one.uid] = incoming.read_metadata(one)
            if run.may_leave():
                break
        run.pace = run.pace.after(count, monotonic() - first)
    except ServerError as exc:
        if ends_connection(exc):
            accuse_message(run, held, part - UidSet.of(found) or _last(part), exc)
            raise
        return exc
    return None


def _last(part: UidSet) -> UidSet:
    """Answer what to suspect when all came and the line broke then: a message by itself is not it."""
    return part.newest(1) if len(part) > 1 else THE_MAILBOX


def _put_untold(run: SyncRun, basket: Basket, flags: RemoteFlags) -> None:
    """Put a message into the basket of which the server tells no metadata: they are read from the mail itself."""
    now, uid = run.rhythm.now, flags.uid
    raw = _given(run, run.session.bodies, uid)
    header = raw or _given(run, run.session.headers, uid)
    arrival = _nameless(basket.held, flags)
    if header:
        told = RemoteMetadata(uid, flags.keywords, None, len(raw), header, flags.mod_seq)
        arrival = incoming.read_metadata(told)
    if raw:
        basket.put(Incoming(flags, incoming.read_whole(arrival, raw, now=now)))
    else:
        basket.put(Incoming(flags, incoming.read_header(arrival, header, incoming.BODY_REFUSED, now=now)))


def _given(run: SyncRun, ask: Callable[[UidSet], Iterable[tuple[int, bytes]]], uid: int) -> bytes:
    try:
        return dict(run.beating(ask(UidSet.of([uid])))).get(uid, b"")
    except ServerError as exc:
        if ends_connection(exc):
            raise
        return b""


def _nameless(held: HeldMailbox, flags: RemoteFlags) -> Arrival:
    """Answer a message of which nothing is known but its place, which is its key: it is like no other."""
    place = f"{held.id}:{held.seen.uid_validity}:{flags.uid}".encode()
    told = RemoteMetadata(flags.uid, flags.keywords, None, 0, b"", flags.mod_seq)
    return Arrival(told, blake2b(place, digest_size=_KEY_BYTES).digest(), has_message_id=False)
