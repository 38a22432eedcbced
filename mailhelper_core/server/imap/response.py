"""Read IMAP responses: octets in, typed values out (RFC 9051 7). Pure; raises only the protocol error.

A response comes as pieces: text, literal, text, literal, ... text, as the wire layer cut them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from mailhelper_core.errors import ServerError
from mailhelper_core.model.quick import quick_to_make
from mailhelper_core.model.source.uidset import UidSet

# An atom is text, a quoted string or literal is octets, NIL is None, a list is a tuple.
Value = str | bytes | None | tuple["Value", ...]

# BODYSTRUCTURE of real mail nests below 20; deeper is an attack on whoever walks the answer.
MAX_DEPTH = 60

# Groups: ( ) quoted literal atom.
_TOKEN = re.compile(
    rb'[ \t\r\n]*(?:(\()|(\))|"([^"\\]*(?:\\.[^"\\]*)*)"|~?\{(\d{1,20})\+?\}(?=\r?\n)'
    rb"|((?:BODY|BINARY)(?:\.[A-Z]+)?\[[^\]]*\](?:<\d+>)?|[^ \t\r\n()\"]+))",
    re.IGNORECASE | re.DOTALL,
)
_OPEN, _CLOSE, _QUOTED, _LITERAL, _ATOM = range(1, 6)
_STATUS_NAMES = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH"})
_STATUS = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH)(?: +\[([^\] ]+) ?([^\]]*)\])?(?: +(.*))?", re.IGNORECASE | re.DOTALL)
_UNTAGGED = re.compile(rb"\* +(?:(\d{1,19}) +)?([A-Za-z][A-Za-z0-9._-]*)")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_NIL = frozenset({"NIL", "nil", "Nil"})
_UIDS = re.compile(r"\d{1,19}(?::\d{1,19})?(?:,\d{1,19}(?::\d{1,19})?)*")
_SEARCH = re.compile(rb"\* +SEARCH(?P<uids>(?: +\d{1,19})*)(?: +\(MODSEQ \d+\))? *", re.IGNORECASE)
# LIST and STATUS as most servers write them, in one look: an account's fifty come with every sync, news or not.
_PLAIN = {
    "STATUS": re.compile(rb" ([^\s\"()\[{]+)() \(([^\"()\[{\t\r\n\v\f]*)\)\r?\n?"),
    "LIST": re.compile(rb" \(([^\"()\[{\t\r\n\v\f]*)\) \"([^\"\\])\" ([^\s\"()\[{]+)\r?\n?"),
}


# Longer lines of a listing are not kept: a hostile server's would fill the memory.
_REMEMBERED_OCTETS = 256

# No response that can be read has these values.
UNREADABLE: tuple[Value, ...] = ((), (), ())


@dataclass(frozen=True, slots=True)
class Status:
    """A status response: OK, NO, BAD, BYE or PREAUTH with its response code (RFC 9051 7.1)."""

    name: str
    code: str = ""
    argument: str = ""
    text: str = field(default="", repr=False)


@quick_to_make
@dataclass(frozen=True, slots=True)
class Data:
    """An untagged response that is no status: its kind, leading number, and values."""

    kind: str
    number: int = 0
    values: tuple[Value, ...] = field(default=(), repr=False)


def protocol_error(what: str) -> ServerError:
    """Make the error for an answer that cannot be read; it never quotes the answer."""
    return ServerError(f"the mail server's answer cannot be read: {what}", code="protocol")


def read_status(text: bytes) -> Status:
    """Read what follows the tag, such as `OK [READ-ONLY] done`."""
    match = _STATUS.fullmatch(text.rstrip(b"\r\n"))
    if match is None:
        raise protocol_error("no status response")
    name, code, argument, rest = (group or b"" for group in match.groups())
    return Status(
        name=name.decode("ascii").upper(),
        code=code.decode("ascii", "replace").upper(),
        argument=argument.decode("ascii", "replace"),
        text=rest.decode("utf-8", "replace"),
    )


def read_untagged(pieces: Sequence[bytes]) -> Status | Data:
    """Read a response that begins with `* `."""
    match = _UNTAGGED.match(pieces[0])
    if match is None:
        raise protocol_error("no untagged response")
    kind = match[2].decode("ascii").upper()
    if match[1] is None and kind in _STATUS_NAMES:
        return read_status(b"".join(pieces)[match.start(2) :])
    values = _read_plain(kind, pieces, match.end()) or read_values(pieces, start=match.end())
    return Data(kind, int(match[1] or 0), values)


def read_listed(pieces: Sequence[bytes]) -> Status | Data:
    """Read a response of a listing; one that cannot be read stands for itself alone, with its kind if that can."""
    if len(pieces) == 1 and len(pieces[0]) <= _REMEMBERED_OCTETS:
        return _read_known(pieces[0])
    return _read_listed(pieces)


# Where nothing is new, the same hundred lines come with every sync of an account.
@lru_cache(maxsize=1024)
def _read_known(line: bytes) -> Status | Data:
    return _read_listed([line])


def _read_listed(pieces: Sequence[bytes]) -> Status | Data:
    try:
        return read_untagged(pieces)
    except ServerError:
        match = _UNTAGGED.match(pieces[0])
        return Data(match[2].decode("ascii").upper() if match else "", values=UNREADABLE)


def read_values(pieces: Sequence[bytes], *, start: int = 0) -> tuple[Value, ...]:
    """Read the values of a response, from an offset of its first piece on."""
    levels: list[list[Value]] = [[]]
    for index in range(0, len(pieces), 2):
        at = start
        for match in _TOKEN.finditer(pieces[index], start):
            if match.start() != at:
                break
            at = match.end()
            if match.lastindex == _ATOM:  # most are
                text = str(match[_ATOM], "utf-8", "replace")
                levels[-1].append(None if text in _NIL else text)
            else:
                _take(levels, match, pieces, index)
        if pieces[index][at:].strip():
            raise protocol_error("no token")
        start = 0
    if len(levels) != 1:
        raise protocol_error("unbalanced parentheses")
    return tuple(levels[0])


def read_uids(text: Value) -> UidSet:
    """Read a set of uids such as `1:5,9`."""
    if not isinstance(text, str) or not _UIDS.fullmatch(text):
        raise protocol_error("no uid set")
    return UidSet.parse(text)


def read_search(pieces: Sequence[bytes]) -> UidSet:
    """Read SEARCH or ESEARCH (RFC 4731): the uids found."""
    match = _SEARCH.fullmatch(pieces[0].rstrip(b"\r\n"))
    if match is not None:
        return UidSet.of(map(int, match["uids"].split()))
    response = read_untagged(pieces)
    if not isinstance(response, Data) or response.kind != "ESEARCH":
        raise protocol_error("no search result")
    return read_uids(found) if (found := pairs(response.values).get("ALL")) else UidSet()


def pairs(values: Sequence[Value]) -> dict[str, Value]:
    """Answer what follows each atom; names in upper case. Right for lists of name-value pairs."""
    return {name.upper(): value for name, value in pairwise(values) if isinstance(name, str)}


def number(value: Value) -> int:
    """Read a number atom."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    raise protocol_error("no number")


def _read_plain(kind: str, pieces: Sequence[bytes], start: int) -> tuple[Value, ...]:
    """Answer what `read_values` would; nothing for what is not written plainly."""
    plain = _PLAIN.get(kind)
    found = plain.fullmatch(pieces[0], start) if plain is not None and len(pieces) == 1 else None
    if found is None:
        return ()
    first, delimiter, last = found.groups()
    return (_atoms(first), delimiter, *_atoms(last)) if delimiter else (*_atoms(first), _atoms(last))


def _atoms(text: bytes) -> tuple[Value, ...]:
    return tuple([None if one in _NIL else one for one in str(text, "utf-8", "replace").split(" ") if one])


def _take(levels: list[list[Value]], match: re.Match[bytes], pieces: Sequence[bytes], index: int) -> None:
    kind = match.lastindex
    if kind == _QUOTED:
        octets = match[_QUOTED]
        levels[-1].append(_ESCAPED.sub(rb"\1", octets) if b"\\" in octets else octets)
    elif kind == _LITERAL:
        if index + 1 >= len(pieces) or pieces[index][match.end() :].strip():
            raise protocol_error("literal out of place")
        levels[-1].append(pieces[index + 1])
    elif kind == _OPEN:
        if len(levels) > MAX_DEPTH:
            raise protocol_error("too deeply nested")
        levels.append([])
    else:
        _close(levels)


def _close(levels: list[list[Value]]) -> None:
    if len(levels) == 1:
        raise protocol_error("unbalanced parentheses")
    done = tuple(levels.pop())
    levels[-1].append(done)
