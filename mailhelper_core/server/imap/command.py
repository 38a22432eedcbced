"""Write IMAP commands: mailbox names, strings, flags and uid sets as octets that cannot break out. Pure."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.keyword import SYSTEM_KEYWORDS, is_keyword
from mailhelper_core.model.source.uidset import UidSet

# Dovecot takes 64 KiB a line, others 8 KiB (RFC 7162 4 suggests 8,192 octets).
MAX_SET_CHARACTERS = 8_000
INBOX = "INBOX"

_FORBIDDEN = re.compile("[\r\n\0]")
_PRINTABLE = re.compile("[ -~]*")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_NOT_DIRECT = re.compile("[^ -~]+|&")


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets that travel with their length in front."""

    data: bytes = field(repr=False)


Part = bytes | Literal
Command = tuple[Part, ...]


def name_of(command: Command) -> bytes:
    """Answer which command it is, `SELECT` or `UID STORE`, upper case."""
    words = command[0].upper().split(b" ", 2) if isinstance(command[0], bytes) else [b""]
    return b" ".join(words[:2]) if words[0] == b"UID" else words[0]


def encode_name(name: str) -> bytes:
    """Encode a mailbox name in modified UTF-7 (RFC 3501 5.1.3)."""
    if name and name.isascii() and name.isprintable() and "&" not in name:  # nearly all, and fifty with every sync
        return name.encode("ascii")
    if not name or _FORBIDDEN.search(name):
        raise InvalidError("a mailbox name needs characters, and no line ends or NULs", code="mailbox_name")
    try:
        return _NOT_DIRECT.sub(_shift, name).encode("ascii")
    except UnicodeEncodeError as exc:
        raise InvalidError("a mailbox name has a broken character", code="mailbox_name") from exc


def decode_name(raw: bytes) -> str:
    """Decode a mailbox name; what is no modified UTF-7 stays as it stands."""
    try:
        name = raw.decode("ascii")
        if "&" in name:
            name = _SHIFTED.sub(_unshift, name)
    except ValueError:
        name = raw.decode("utf-8", "replace")
    return INBOX if name.upper() == INBOX else name.replace("\0", "")


def string(octets: bytes) -> Part:
    """Write a quoted string, or a literal where a quoted string cannot say it."""
    if b"\0" in octets:
        raise InvalidError("a NUL cannot be sent to a mail server", code="nul")
    if len(octets) > 1000 or any(octet < 0x20 or octet > 0x7E for octet in octets):
        return Literal(octets)
    return b'"%s"' % octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def flags(keywords: Iterable[str]) -> bytes:
    """Write a list of flags."""
    for keyword in keywords:
        if keyword not in SYSTEM_KEYWORDS and not is_keyword(keyword):
            raise InvalidError("this name cannot be a keyword", code="keyword")
    return "({})".format(" ".join(sorted(keywords))).encode("ascii")


def uid_sets(uids: UidSet, *, at_most: int) -> Iterator[UidSet]:
    """Cut a set into sets that fit a command line and hold at most so many uids each."""
    ranges: list[tuple[int, int]] = []
    count = characters = 0
    for first, last in uids.ranges:
        while first <= last:
            if ranges and (count >= at_most or characters > MAX_SET_CHARACTERS - 40):
                yield UidSet(tuple(ranges))
                ranges, count, characters = [], 0, 0
            end = min(last, first + at_most - count - 1)
            ranges.append((first, end))
            count += end - first + 1
            characters += len(str(first)) + len(str(end)) + 2
            first = end + 1
    if ranges:
        yield UidSet(tuple(ranges))


def known_uids(uids: UidSet) -> UidSet:
    """Answer a set that holds these uids and fits a command line, closing the smallest gaps first."""
    ranges = uids.ranges
    while len(str(UidSet(ranges))) > MAX_SET_CHARACTERS:
        gaps = sorted(b[0] - a[1] for a, b in pairwise(ranges))
        limit = gaps[len(gaps) // 2]
        merged = [ranges[0]]
        for first, last in ranges[1:]:
            if first - merged[-1][1] <= limit:
                merged[-1] = (merged[-1][0], last)
            else:
                merged.append((first, last))
        ranges = tuple(merged)
    return UidSet(ranges)


def _shift(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    # The wanted base64 has `,` for `/` and no padding.
    base64 = b2a_base64(match[0].encode("utf-16-be"), newline=False).rstrip(b"=").decode("ascii")
    return f"&{base64.replace('/', ',')}-"


def _unshift(match: re.Match[str]) -> str:
    if not match[1]:
        return "&"
    base64 = match[1].replace(",", "/")
    return a2b_base64(base64 + "=" * (-len(base64) % 4)).decode("utf-16-be")
