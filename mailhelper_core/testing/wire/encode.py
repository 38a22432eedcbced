"""Write IMAP values: strings, mailbox names, times, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailhelper_core.testing.wire.utf7 import encode_mailbox

# RFC 3501 section 9: a quoted string holds 7-bit characters without CR, LF and NUL; longer ones are
# legal, but a server of the real world switches to literals at some length, and clients must cope.
_QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]{0,500}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Literal:
    """Bytes sent as a literal; `announced` is the size in the braces when a fault makes it lie."""

    data: bytes
    announced: int | None = None

    def encode(self) -> bytes:
        """Answer the announcement and the bytes."""
        size = len(self.data) if self.announced is None else self.announced
        return b"{%d}\r\n%s" % (size, self.data)


def string(data: bytes) -> bytes:
    """Write a string, quoted where the grammar allows it, else as a literal."""
    if _QUOTABLE.fullmatch(data):
        return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return Literal(data).encode()


def nstring(data: bytes | None) -> bytes:
    """Write a string, or NIL for None."""
    return b"NIL" if data is None else string(data)


def mailbox(name: str) -> bytes:
    """Write a mailbox name in modified UTF-7."""
    return string(encode_mailbox(name))


def group(members: Iterable[bytes]) -> bytes:
    """Write a parenthesized list."""
    return b"(" + b" ".join(members) + b")"


def flags(names: Iterable[str]) -> bytes:
    """Write a list of flags, sorted so that an answer can be compared."""
    return group(name.encode("utf-8") for name in sorted(names))


def date_time(moment: datetime) -> bytes:
    """Write an INTERNALDATE: English months whatever the locale, a day of two columns."""
    zone = moment.strftime("%z")[:5] or "+0000"
    text = f'"{moment.day:2d}-{MONTHS[moment.month - 1]}-{moment.year:04d} {moment:%H:%M:%S} {zone}"'
    return text.encode("ascii")
