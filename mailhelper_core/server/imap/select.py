"""SELECT and EXAMINE, with quick resynchronization where offered (RFC 7162)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import normalize_keywords
from mailhelper_core.model.source.remote import OpenedMailbox, RemoteDelta, RemoteFlags, RemoteStatus, Resume
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import known_uids
from mailhelper_core.server.imap.fetched import read_fetched
from mailhelper_core.server.imap.listing import is_there, told_numbers
from mailhelper_core.server.imap.response import Data, Status, read_uids, read_untagged
from mailhelper_core.server.imap.state import SessionState

MAX_UID = 2**32 - 1

_NUMBER = re.compile(r"\d{1,19}")


@dataclass(slots=True)
class _Seen:
    """What a SELECT said so far."""

    numbers: dict[str, int] = field(default_factory=dict)
    is_sticky: bool = True
    permanent: frozenset[str] | None = None
    changed: dict[int, RemoteFlags] = field(default_factory=dict)
    vanished: list[UidSet] = field(default_factory=list)


def open_mailbox(state: SessionState, name: str, *, resume: Resume | None, writable: bool) -> OpenedMailbox:
    """Open a mailbox; a resume that the server can use brings a delta."""
    _enable(state)
    resynchronizes = "QRESYNC" in (state.enabled or ()) and resume is not None and resume.mod_seq > 0
    parameters = _resync(resume) if resynchronizes and resume else _condstore(state)
    command = (b"SELECT " if writable else b"EXAMINE ", state.mailbox(name), parameters)
    state.wire.exists = state.mod_seq = 0
    state.read_only = True
    lines = len(resume.uids) if resume else 0
    try:
        seen = _read(state.wire.responses([command], lines=lines))
    except ServerError as exc:
        if exc.code == "rejected" and not is_there(state, name):
            raise ServerError("the mail server has no such mailbox", code="no_mailbox", transient=False) from exc
        raise
    state.read_only = not writable or state.wire.last_status.code == "READ-ONLY"
    status = _status(state, name, seen)
    state.mod_seq = status.highest_mod_seq
    same = resume is not None and resume.uid_validity == status.uid_validity
    delta = None
    if resume and resynchronizes and same and state.mod_seq:
        delta = RemoteDelta(tuple(seen.changed.values()), _union(seen.vanished) & resume.uids)
    return OpenedMailbox(status, state.read_only, seen.permanent if writable else None, delta)


def _enable(state: SessionState) -> None:
    # RFC 5161 3.1: before any mailbox is selected; so on the first open, not at login, which polls pay.
    if state.enabled is not None:
        return
    state.enabled = frozenset()
    if state.compresses and state.offers("COMPRESS=DEFLATE"):
        _compress(state)
    if state.offers("QRESYNC", "ENABLE"):
        _resynchronize(state)


def _compress(state: SessionState) -> None:
    # NO, such as [COMPRESSIONACTIVE] where TLS compresses, or BAD: it goes without.
    if state.wire.wish(b"COMPRESS DEFLATE"):
        state.wire.compress()
    else:
        state.refused |= {"COMPRESS=DEFLATE"}


def _resynchronize(state: SessionState) -> None:
    answer = state.wire.wish(b"ENABLE QRESYNC")
    names = [r.values for r in (answer.untagged if answer else ()) if isinstance(r, Data) and r.kind == "ENABLED"]
    state.enabled = frozenset(str(value).upper() for values in names for value in values)
    if "QRESYNC" not in state.enabled:
        state.refused |= {"QRESYNC"}  # it goes with CONDSTORE


def _resync(resume: Resume) -> bytes:
    # Changes are told only of the uids that are named (RFC 7162 3.2.5.2); new messages are above them.
    unknown = UidSet(((resume.uids.highest() + 1, max(MAX_UID, resume.uids.highest() + 1)),))
    return f" (QRESYNC ({resume.uid_validity} {resume.mod_seq} {known_uids(resume.uids | unknown)}))".encode("ascii")


def _condstore(state: SessionState) -> bytes:
    return b" (CONDSTORE)" if state.has_mod_seq and "QRESYNC" not in (state.enabled or ()) else b""


def _read(responses: Iterator[list[bytes]]) -> _Seen:
    seen = _Seen()
    for pieces in responses:
        fetched = read_fetched(pieces)
        if fetched:
            if fetched.uid and fetched.keywords is not None:
                seen.changed[fetched.uid] = RemoteFlags(fetched.uid, fetched.keywords, fetched.mod_seq)
            continue
        response = read_untagged(pieces)
        if isinstance(response, Status):
            seen = _read_code(seen, response)
        elif response.kind == "EXISTS":
            seen.numbers["EXISTS"] = response.number
        elif response.kind == "VANISHED" and response.values:
            seen.vanished.append(read_uids(response.values[-1]))
    return seen


def _read_code(seen: _Seen, status: Status) -> _Seen:
    if status.code == "CLOSED":
        return _Seen()  # RFC 7162 3.2.11: all before belongs to the mailbox that was open
    if status.code == "PERMANENTFLAGS":
        names = status.argument.strip("() ").split()
        seen.permanent = None if "\\*" in names else normalize_keywords(names)
    elif status.code == "UIDNOTSTICKY":  # RFC 4315 4: the uid_validity is another at each opening
        seen.is_sticky = False
    elif _NUMBER.fullmatch(status.argument.strip()):
        seen.numbers[status.code] = int(status.argument)
    return seen


def _status(state: SessionState, name: str, seen: _Seen) -> RemoteStatus:
    numbers = seen.numbers
    if not numbers.get("UIDVALIDITY") or "UIDNEXT" not in numbers:
        # RFC 3501 7.1 lets old servers keep silent here; STATUS must answer. Without UIDNEXT each look lists the uids.
        numbers = {"UIDVALIDITY": 0, "UIDNEXT": 0} | told_numbers(state, name) | numbers
    if not numbers["UIDVALIDITY"] or not seen.is_sticky:
        raise ServerError("the mailbox has no lasting uids", code="no_uid_validity", transient=False)
    return RemoteStatus(
        messages=numbers.get("EXISTS", 0),
        uid_next=numbers["UIDNEXT"],
        uid_validity=numbers["UIDVALIDITY"],
        highest_mod_seq=numbers.get("HIGHESTMODSEQ", 0) if state.has_mod_seq else 0,
    )


def _union(sets: list[UidSet]) -> UidSet:
    return UidSet.of_ranges(pair for uids in sets for pair in uids.ranges)
