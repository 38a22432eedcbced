"""UID FETCH as streams: flags, metadata, bodies, headers, in constant memory (RFC 9051 6.4.5)."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelper_core.errors import ServerError
from mailhelper_core.model.remote import RemoteFlags, RemoteMetadata
from mailhelper_core.model.uidset import UidSet
from mailhelper_core.server.imap.command import uid_sets
from mailhelper_core.server.imap.fetched import Fetched, is_fetch, read_date, read_fetched
from mailhelper_core.server.imap.response import protocol_error
from mailhelper_core.server.imap.state import SessionState

_HEADER = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]"
# RFC 5530 3: messages went meanwhile; what came is right, what is missing is gone.
EXPUNGED = frozenset({"EXPUNGEISSUED"})


def fetch_flags(state: SessionState, uids: UidSet, *, changed_since: int) -> Iterator[RemoteFlags]:
    """Yield keywords; changed_since needs a mailbox with mod_seqs."""
    modifier = b" (CHANGEDSINCE %d)" % changed_since if changed_since and state.mod_seq else b""
    items = b"(UID FLAGS%s)%s" % (b" MODSEQ" if state.mod_seq else b"", modifier)
    for fetched in _fetch(state, uids, items):
        if fetched.keywords is not None:
            yield RemoteFlags(fetched.uid, fetched.keywords, fetched.mod_seq)


def fetch_metadata(state: SessionState, uids: UidSet) -> Iterator[RemoteMetadata]:
    """Yield the metadata of each message once."""
    items = b"(UID FLAGS INTERNALDATE RFC822.SIZE%s%s %s)" % (
        b" MODSEQ" if state.mod_seq else b"",
        b" EMAILID" if state.offers("OBJECTID") else b" X-GM-MSGID" if state.offers("X-GM-EXT-1") else b"",
        _HEADER,
    )
    for fetched in _once(_fetch(state, uids, items)):
        if fetched.size is None or not fetched.has_section:
            continue
        yield RemoteMetadata(
            fetched.uid,
            fetched.keywords or frozenset(),
            read_date(fetched.received_at),
            fetched.size,
            fetched.body or b"",
            fetched.mod_seq,
            fetched.remote_id,
        )


def fetch_sections(state: SessionState, uids: UidSet, section: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (uid, octets) of one body section of each message once."""
    items = b"(UID BODY.PEEK[%s])" % section
    for fetched in _once(_fetch(state, uids, items)):
        if fetched.body is not None:
            state.body_bytes += len(fetched.body)
            yield fetched.uid, fetched.body


def _fetch(state: SessionState, uids: UidSet, items: bytes) -> Iterator[Fetched]:
    at_most = state.uids_a_command(uids)
    commands = ((b"UID FETCH %s %s" % (str(part).encode("ascii"), items),) for part in uid_sets(uids, at_most=at_most))
    unreadable = 0
    lines = min(len(uids), 2 * state.wire.exists)
    for pieces in state.wire.responses(commands, lines=lines, forgive=EXPUNGED):
        if not is_fetch(pieces[0]):
            continue
        try:
            fetched = read_fetched(pieces)
        except ServerError:
            unreadable += 1  # the others must not suffer; the caller misses this one and is told below
            continue
        if fetched.uid in uids:
            yield fetched
        elif fetched.has_section and not fetched.uid:
            unreadable += 1
    if unreadable:
        raise protocol_error(f"{unreadable} FETCH responses")


def _once(stream: Iterator[Fetched]) -> Iterator[Fetched]:
    """Drop repetitions; a message that has not brought its section yet may come again."""
    done = set[int]()
    for fetched in stream:
        if fetched.uid not in done:
            if fetched.has_section:
                done.add(fetched.uid)
            yield fetched
