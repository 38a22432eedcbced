"""UID FETCH as streams: flags, metadata, bodies, headers, in constant memory (RFC 9051 6.4.5)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import RemoteFlags, RemoteMetadata
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import uid_sets
from mailhelper_core.server.imap.fetched import Fetched, read_date, read_fetched
from mailhelper_core.server.imap.pieces import MAX_LITERAL_BYTES
from mailhelper_core.server.imap.response import protocol_error
from mailhelper_core.server.imap.state import SessionState
from mailhelper_core.server.imap.together import Together

_HEADER = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]"
# Not X-GM-LABELS: each label is a mailbox, where alone a message has the uid by which it can be flagged and moved.
_GMAIL = b" X-GM-MSGID X-GM-THRID"
# With two commands in flight no larger number hides more of the round trip.
MESSAGES_A_COMMAND = 500
# A thousand keywords of one message and more.
FLAGS_BYTES = 65_536
# What is kept of the fields of one message: as much as is ever read of a header. Who sends more is slow, not dangerous.
METADATA_BYTES = 1_000_000
# RFC 5530 3: messages went meanwhile; what came is right, what is missing is gone.
EXPUNGED = frozenset({"EXPUNGEISSUED"})
_UNREADABLE = Fetched(has_section=True)  # of a message that has no uid


def fetch_flags(state: SessionState, uids: UidSet, *, changed_since: int) -> Iterator[RemoteFlags]:
    """Yield keywords; changed_since needs a mailbox with mod_seqs."""
    modifier = b" (CHANGEDSINCE %d)" % changed_since if changed_since and state.mod_seq else b""
    items = b"(UID FLAGS%s)%s" % (b" MODSEQ" if state.mod_seq else b"", modifier)
    parts = uid_sets(uids, at_most=state.uids_a_command(uids))
    for fetched in _fetch(state, uids, parts, items):
        if fetched.keywords is not None:
            yield RemoteFlags(fetched.uid, fetched.keywords, fetched.mod_seq)


def fetch_metadata(state: SessionState, uids: UidSet) -> Iterator[RemoteMetadata]:
    """Yield the metadata of each message once."""
    items = b"(UID FLAGS INTERNALDATE RFC822.SIZE%s%s %s)" % (
        b" MODSEQ" if state.mod_seq else b"",
        b" EMAILID THREADID" if state.offers("OBJECTID") else _GMAIL if state.offers("X-GM-EXT-1") else b"",
        _HEADER,
    )
    parts = uid_sets(uids, at_most=MESSAGES_A_COMMAND)
    together = Together()
    try:
        for fetched in _fetch(state, uids, parts, items, gather=together.add, keep=METADATA_BYTES):
            yield _metadata(fetched)
    except ServerError:
        # FLAGS of the others may have been about to come: they are not given, and asked for again.
        yield from (_metadata(fetched) for fetched in together.rest() if fetched.keywords is not None)
        raise
    yield from map(_metadata, together.rest())


def fetch_sections(state: SessionState, groups: Iterable[UidSet], section: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (uid, octets) of one body section of each message once; a group is at least one command."""
    items = b"(UID BODY.PEEK[%s])" % section
    apart = tuple(groups)
    parts = (part for group in apart for part in uid_sets(group, at_most=MESSAGES_A_COMMAND))
    uids = UidSet.of_ranges(pair for group in apart for pair in group.ranges)
    for fetched in _fetch(state, uids, parts, items, gather=_with_section):
        if fetched.body is not None:
            state.body_bytes += len(fetched.body)
            yield fetched.uid, fetched.body


def _fetch(
    state: SessionState,
    uids: UidSet,
    parts: Iterable[UidSet],
    items: bytes,
    *,
    gather: Callable[[Fetched], Fetched | None] | None = None,
    keep: int = MAX_LITERAL_BYTES,
) -> Iterator[Fetched]:
    """Fetch uids, a command a part; with `gather`, each message once: as soon as that answers it."""
    commands = ((b"UID FETCH %s %s" % (str(part).encode("ascii"), items),) for part in parts)
    wanted = _quick(uids)
    done = set[int]()
    unreadable = 0
    # Not just what the mailbox holds as far as we know: some servers tell late, and one without EXISTS is read too.
    lines = min(len(uids), 2 * state.wire.exists + MESSAGES_A_COMMAND)
    size = MAX_LITERAL_BYTES if gather else FLAGS_BYTES
    for pieces in state.wire.responses(commands, lines=lines, size=size, keep=keep, forgive=EXPUNGED):
        fetched = _read(pieces)
        if fetched is None:
            continue
        if fetched.uid in wanted and fetched.uid not in done:
            if gather is None:
                yield fetched
            elif (gathered := gather(fetched)) is not None:
                done.add(gathered.uid)
                yield gathered
        elif fetched.has_section and not fetched.uid:
            unreadable += 1  # the others must not suffer; the caller misses this one and is told below
    if unreadable:
        raise protocol_error(f"{unreadable} FETCH responses")


def _read(pieces: Sequence[bytes]) -> Fetched | None:
    try:
        return read_fetched(pieces)
    except ServerError:
        return _UNREADABLE


def _metadata(fetched: Fetched) -> RemoteMetadata:
    return RemoteMetadata(
        fetched.uid,
        fetched.keywords or frozenset(),
        read_date(fetched.received_at),
        fetched.size or 0,
        fetched.body or b"",
        fetched.mod_seq,
        fetched.remote_id,
        fetched.thread_id,
    )


def _with_section(fetched: Fetched) -> Fetched | None:
    return fetched if fetched.has_section else None


def _quick(uids: UidSet) -> Container[int]:
    """Answer the quickest thing that knows whether a uid was asked for."""
    if len(uids.ranges) == 1:
        first, last = uids.ranges[0]
        return range(first, last + 1)
    return uids
