"""UID SEARCH: all uids of the open mailbox, and messages by Message-ID (RFC 9051 6.4.4, RFC 4731)."""

from __future__ import annotations

from mailhelper_core.errors import InvalidError, ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import Part, string
from mailhelper_core.server.imap.response import protocol_error, read_search
from mailhelper_core.server.imap.state import SessionState

# 80,000 uids of ten digits and a blank stay below 1 MB, where lines are refused.
WINDOW_MESSAGES = 80_000
# Of so many a server may tell in uids that lie apart, each a range: more would fill the memory.
MAX_MESSAGES = 10_000_000


def all_uids(state: SessionState) -> UidSet:
    """List all uids, verified against the number of messages: deletions follow from what is missing."""
    for _ in range(2):
        promised = state.wire.exists
        if promised > MAX_MESSAGES:
            raise protocol_error("more messages than a mailbox holds")
        gone = state.wire.expunged
        found = _windows(state)
        if len(found) >= promised - (state.wire.expunged - gone):
            return found
    raise ServerError("the mail server lists fewer messages than it holds", code="incomplete")


def find_message_id(state: SessionState, message_id: str, *, from_uid: int) -> UidSet:
    """Find uids by Message-ID header."""
    if not message_id.isascii() or not message_id.strip("<> "):
        raise InvalidError("a Message-ID is ASCII", code="message_id")
    wanted = string(f"<{message_id.strip('<> ')}>".encode("ascii"))
    found = _search(state, b"UID %d:* HEADER Message-ID " % from_uid, wanted)
    # `n:*` always holds the last message, even below n.
    return found & UidSet(((from_uid, max(from_uid, found.highest())),))


def deleted_uids(state: SessionState) -> UidSet:
    """Find what carries \\Deleted."""
    return _search(state, b"DELETED")


def _windows(state: SessionState) -> UidSet:
    if state.wire.exists <= WINDOW_MESSAGES:
        return _search(state, b"ALL")
    found = UidSet()
    start = 1
    while True:
        end = start + WINDOW_MESSAGES - 1
        last = end >= state.wire.exists
        gone = state.wire.expunged
        found |= _search(state, b"%d:*" % start if last else b"%d:%d" % (start, end))
        # Whatever was expunged meanwhile moved the others down by as much.
        start = max(1, end + 1 - (state.wire.expunged - gone))
        if last or not state.wire.exists:
            return found


def _search(state: SessionState, *criteria: Part) -> UidSet:
    extended = b"RETURN (ALL) " if state.offers("ESEARCH") or state.offers("IMAP4REV2") else b""
    found = UidSet()
    for pieces in state.wire.responses([(b"UID SEARCH " + extended, *criteria)]):
        if pieces[0][2:8].upper() in (b"SEARCH", b"ESEARC"):
            found |= read_search(pieces)
        if len(found) > MAX_MESSAGES:
            raise protocol_error("more messages than a mailbox holds")
    return found
