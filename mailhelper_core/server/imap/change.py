"""STORE, MOVE, COPY, EXPUNGE, APPEND, CREATE, each with its fallback beside it (RFC 9051 6.3.4, 6.4.6-6.4.8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mailhelper_core.errors import InvalidError, ServerError
from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.source.remote import Placed, RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import Literal, flags, uid_sets
from mailhelper_core.server.imap.fetch import EXPUNGED, fetch_flags
from mailhelper_core.server.imap.fetched import read_fetched
from mailhelper_core.server.imap.listing import is_there
from mailhelper_core.server.imap.response import Status, read_uids
from mailhelper_core.server.imap.search import deleted_uids
from mailhelper_core.server.imap.state import UIDS_A_COMMAND, SessionState
from mailhelper_core.server.imap.wire import Answer

_PLACED = re.compile(r"(\d{1,19}) ([\d,:]+)(?: ([\d,:]+))?")
_RANGE = re.compile(r"(\d{1,19})(?::(\d{1,19}))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BARE_LINE_END = re.compile(rb"\r?\n|\r")


def store_keywords(
    state: SessionState, uids: UidSet, *, add: frozenset[str], remove: frozenset[str], unchanged_since: int
) -> tuple[RemoteFlags, ...]:
    """Add and remove keywords; answer the keywords the server then names, never those of a conflict."""
    state.require_writable()
    confirmed: dict[int, RemoteFlags] = {}
    for sign, keywords in ((b"+", add), (b"-", remove)):
        if keywords and uids:
            uids -= _store(state, uids, sign + b"FLAGS " + flags(keywords), unchanged_since, confirmed)
            # The first command raised the mod_seqs; what it let pass may be changed by the second.
            unchanged_since = 0
    silent = uids - UidSet.of(confirmed)
    if silent and (add or remove):
        # Dovecot names only what it changed.
        confirmed |= {found.uid: found for found in fetch_flags(state, silent, changed_since=0)}
    return tuple(found for uid, found in sorted(confirmed.items()) if uid in uids)


def move_messages(state: SessionState, uids: UidSet, name: str) -> Placed:
    """Move with MOVE (RFC 6851), else copy, flag \\Deleted and expunge just these.

    Without UIDPLUS, EXPUNGE would take everything that carries \\Deleted: where that holds other
    messages, ours stay behind flagged \\Deleted.
    """
    state.require_writable()
    if state.offers("MOVE") or state.offers("IMAP4REV2"):
        return _transfer(state, b"UID MOVE ", uids, name)
    placed = copy_messages(state, uids, name)
    expunge_messages(state, uids)
    return placed


def expunge_messages(state: SessionState, uids: UidSet) -> None:
    """Remove just these for good; without UIDPLUS they may stay behind, as `move_messages` says."""
    _store(state, uids, b"+FLAGS " + flags({DELETED}), 0, {})
    if state.offers("UIDPLUS") or state.offers("IMAP4REV2"):
        for part in uid_sets(uids, at_most=UIDS_A_COMMAND):
            state.wire.run(b"UID EXPUNGE %s" % str(part).encode("ascii"))
    elif not deleted_uids(state) - uids:
        state.wire.run(b"EXPUNGE")


def copy_messages(state: SessionState, uids: UidSet, name: str) -> Placed:
    """Copy messages; pairs come with UIDPLUS (RFC 4315)."""
    return _transfer(state, b"UID COPY ", uids, name)


def append_message(
    state: SessionState, name: str, raw: bytes, *, keywords: frozenset[str], received_at: datetime | None
) -> Placed:
    """Append a message; line ends become CRLF."""
    if not raw or b"\0" in raw:
        raise InvalidError("a message to append needs octets, and no NULs", code="nul")
    date = b'"%s" ' % _date(received_at) if received_at else b""
    head = (b"APPEND ", state.mailbox(name), b" %s %s" % (flags(keywords), date))
    answer = state.wire.run(*head, Literal(_BARE_LINE_END.sub(b"\r\n", raw)))
    match = _PLACED.fullmatch(answer.status.argument) if answer.status.code == "APPENDUID" else None
    if match is None:
        return Placed()
    return Placed(int(match[1]), tuple((0, uid) for uid in _ordered(match[2], at_most=1)))


def create_mailbox(state: SessionState, name: str) -> None:
    """Create a mailbox; one that exists is no error."""
    try:
        state.wire.run(b"CREATE ", state.mailbox(name))
    except ServerError as exc:
        known = exc.code == "exists" or (exc.code in ("rejected", "cannot") and is_there(state, name))
        if not known:
            raise


def _store(
    state: SessionState,
    uids: UidSet,
    change: bytes,
    unchanged_since: int,
    confirmed: dict[int, RemoteFlags],
) -> UidSet:
    """Send one STORE, note what came back, and answer the uids of conflicts."""
    condition = b"(UNCHANGEDSINCE %d) " % unchanged_since if unchanged_since and state.mod_seq else b""
    conflicts = UidSet()
    for part in uid_sets(uids, at_most=UIDS_A_COMMAND):
        command = (b"UID STORE %s %s%s" % (str(part).encode("ascii"), condition, change),)
        for pieces in state.wire.responses([command], lines=len(part), forgive=EXPUNGED | {"MODIFIED"}):
            found = read_fetched(pieces)
            if found and found.uid in part and found.keywords is not None:
                confirmed[found.uid] = RemoteFlags(found.uid, found.keywords, found.mod_seq)
        status = state.wire.last_status
        if status.code == "MODIFIED":
            conflicts |= read_uids(status.argument.strip())
    return conflicts


def _transfer(state: SessionState, verb: bytes, uids: UidSet, name: str) -> Placed:
    validity, pairs = 0, list[tuple[int, int]]()
    for part in uid_sets(uids, at_most=UIDS_A_COMMAND):
        answer = state.wire.run(verb + str(part).encode("ascii") + b" ", state.mailbox(name))
        match = _copied(answer)
        if match and match[3]:
            validity = int(match[1])
            before = _ordered(match[2], at_most=len(part))
            after = _ordered(match[3], at_most=len(part))
            pairs += zip(before, after, strict=True) if len(before) == len(after) else ()
    return Placed(validity, tuple(pairs)) if pairs else Placed()


def _copied(answer: Answer) -> re.Match[str] | None:
    # MOVE says it untagged, before the EXPUNGEs (RFC 6851 4.3), COPY in its tagged OK.
    for status in (*answer.untagged, answer.status):
        if isinstance(status, Status) and status.code == "COPYUID":
            return _PLACED.fullmatch(status.argument)
    return None


def _ordered(text: str, *, at_most: int) -> list[int]:
    """Expand a uid set in the order it was written, which is what pairs it with the other (RFC 4315 3).

    Nothing for what is no set, or one of more uids than that.
    """
    uids: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            return []
        first, last = int(match[1]), int(match[2] or match[1])
        if last - first not in range(at_most - len(uids)):
            return []
        uids.extend(range(first, last + 1))
    return uids


def _date(moment: datetime) -> bytes:
    utc = moment.astimezone(UTC)
    month = _MONTHS[utc.month - 1]
    return f"{utc.day:02}-{month}-{utc.year:04} {utc:%H:%M:%S} +0000".encode("ascii")
