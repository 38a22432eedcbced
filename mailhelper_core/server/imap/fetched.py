"""Read FETCH responses: one regular expression for what servers usually send, a parser for the rest. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from mailhelper_core.model.mail.keyword import normalize_keywords
from mailhelper_core.server.imap.response import Data, Value, number, protocol_error, read_untagged


class Fetched(NamedTuple):
    """What one FETCH response says; None where it says nothing. A tuple, as 100,000 of them are made."""

    uid: int = 0
    keywords: frozenset[str] | None = None
    mod_seq: int = 0
    size: int | None = None
    received_at: str | None = None
    remote_id: str = ""
    body: bytes | None = None
    has_section: bool = False  # named a body section, be it NIL
    thread_id: str = ""


_FETCH = re.compile(rb"\* +\d{1,19} +FETCH\b", re.IGNORECASE)
# Attributes in any order, a literal only at the end.
_USUAL = re.compile(
    rb"\* \d{1,19} FETCH \((?: ?(?:UID (\d{1,19})|FLAGS \(([^()\"{]*)\)|MODSEQ \((\d{1,19})\)"
    rb"|RFC822\.SIZE (\d{1,19})|INTERNALDATE \"([^\"\\]*)\"|(?:EMAILID \(|X-GM-MSGID )([A-Za-z0-9_-]{1,255})\)?"
    rb"|(?:THREADID \(|X-GM-THRID )([A-Za-z0-9_-]{1,255})\)?|(BODY\[[^\]]*\]) \{\d{1,19}\}))+(\))?\r?\n",
    re.IGNORECASE,
)
_DATE = re.compile(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = {
    name: month
    for month, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_REMEMBERED_OCTETS = 512
MAX_ID_CHARACTERS = 255
_BODY_NAMES = ("BODY[", "BINARY[", "RFC822.HEADER", "RFC822.TEXT")


def read_fetched(pieces: Sequence[bytes]) -> Fetched | None:
    """Read a FETCH response, None when it is another one; the last of repeated attributes counts."""
    match = _USUAL.fullmatch(pieces[0])
    if match is None:
        return _unusual(pieces) if _FETCH.match(pieces[0]) else None
    uid, flags, mod_seq, size, date, remote_id, thread_id, section, closed = match.groups()
    if closed:
        if section:
            return _unusual(pieces)
        body = None
    elif section and len(pieces) == 3 and pieces[2].rstrip(b"\r\n") == b")":
        body = pieces[1]
    else:
        return _unusual(pieces)
    return Fetched(
        int(uid or 0),
        None if flags is None else _keywords(flags),
        int(mod_seq or 0),
        None if size is None else int(size),
        None if date is None else date.decode("latin-1"),
        remote_id.decode("ascii") if remote_id else "",
        body,
        section is not None,
        thread_id.decode("ascii") if thread_id else "",
    )


def read_date(text: str | None) -> datetime | None:
    """Read an INTERNALDATE (RFC 9051 9, date-time) as UTC; None for what is no date."""
    match = _DATE.fullmatch(text or "")
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        local = datetime(int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=zone)
        return local.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return None


def _unusual(pieces: Sequence[bytes]) -> Fetched:
    response = read_untagged(pieces)
    if not isinstance(response, Data) or response.kind != "FETCH" or len(response.values) != 1:
        raise protocol_error("no FETCH response")
    values = response.values[0]
    if not isinstance(values, tuple) or len(values) % 2:
        raise protocol_error("FETCH without pairs")
    fetched = Fetched()
    for name, value in zip(values[::2], values[1::2], strict=True):
        if not isinstance(name, str):
            raise protocol_error("FETCH attribute without name")
        fetched = _with(fetched, name.upper(), value)
    return fetched


def _with(fetched: Fetched, name: str, value: Value) -> Fetched:
    read = _READERS.get(name)
    if read is not None:
        return read(fetched, value)
    if (name.startswith(_BODY_NAMES) or name == "RFC822") and not name.endswith(">"):  # a part: we ask for no part
        return fetched._replace(body=_octets(value), has_section=True)
    return fetched


def _with_remote_id(fetched: Fetched, value: Value) -> Fetched:
    return fetched._replace(remote_id=_id(_only(value)))


def _id(value: Value) -> str:
    """Answer an identity of the server's; what is longer than one may be (RFC 8474 3) is none, and no key."""
    text = str(value or "")
    return text if len(text) <= MAX_ID_CHARACTERS else ""


_READERS: Mapping[str, Callable[[Fetched, Value], Fetched]] = MappingProxyType(
    {
        "UID": lambda fetched, value: fetched._replace(uid=number(value)),
        "FLAGS": lambda fetched, value: fetched._replace(keywords=normalize_keywords(_texts(value))),
        "MODSEQ": lambda fetched, value: fetched._replace(mod_seq=number(_only(value))),
        "RFC822.SIZE": lambda fetched, value: fetched._replace(size=number(value)),
        "INTERNALDATE": lambda fetched, value: fetched._replace(
            received_at=value.decode("latin-1") if isinstance(value, bytes) else ""  # told, and no date
        ),
        "EMAILID": _with_remote_id,
        "X-GM-MSGID": _with_remote_id,
        "THREADID": lambda fetched, value: fetched._replace(thread_id=_id(_only(value))),
        "X-GM-THRID": lambda fetched, value: fetched._replace(thread_id=str(number(value))),
    }
)


def _octets(value: Value) -> bytes | None:
    # Some servers send a short section as an atom.
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else _bytes_or_none(value)


def _bytes_or_none(value: Value) -> bytes | None:
    if isinstance(value, tuple):
        raise protocol_error("a list where octets belong")
    return value if isinstance(value, bytes) else None


def _texts(value: Value) -> tuple[str, ...]:
    if not isinstance(value, tuple):
        raise protocol_error("no list of flags")
    return tuple(text for text in value if isinstance(text, str))


def _only(value: Value) -> Value:
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _keywords(flags: bytes) -> frozenset[str]:
    # A hostile server sends 64 KB of flags, others for each message: those are not to be kept.
    return (_known_keywords if len(flags) <= _REMEMBERED_OCTETS else _read_keywords)(flags)


def _read_keywords(flags: bytes) -> frozenset[str]:
    return normalize_keywords(flags.decode("utf-8", "replace").split())


# The same few combinations come back for every message of a mailbox.
_known_keywords = lru_cache(maxsize=4096)(_read_keywords)
