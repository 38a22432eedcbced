"""Read a client's command, token by token, from the bytes of the whole command with its literals in place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from mailhelper_core.testing.wire.encode import MONTHS
from mailhelper_core.testing.wire.sequence import SequenceSet
from mailhelper_core.testing.wire.utf7 import decode_mailbox

T = TypeVar("T")

_ATOM = re.compile(rb"""[^\x00-\x20\x7f-\xff(){%*"\\\]]+""")
_ASTRING_ATOM = re.compile(rb"""[^\x00-\x20\x7f-\xff(){%*"\\]+""")
_LIST_ATOM = re.compile(rb"""[^\x00-\x20\x7f-\xff(){"\\]+""")
_FLAG = re.compile(rb"""\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+""")
_QUOTED = re.compile(rb'"((?:[^"\\\r\n]|\\["\\])*)"')
_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}\r\n")
_NUMBER = re.compile(rb"\d+")
_SEQUENCE = re.compile(rb"[\d:*,]+")


class WireError(ValueError):
    """The client's bytes break the grammar: the answer is a tagged BAD."""


class Scanner:
    """A position in a command's bytes that only moves forward."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def at_end(self) -> bool:
        """Say whether everything was read."""
        return self._at >= len(self._data)

    def end(self) -> None:
        """Insist that everything was read."""
        if not self.at_end():
            raise WireError("Unexpected extra arguments")

    def rest(self) -> bytes:
        """Answer all that is left."""
        rest, self._at = self._data[self._at :], len(self._data)
        return rest

    def peek(self) -> bytes:
        """Answer the next byte without taking it; empty at the end."""
        return self._data[self._at : self._at + 1]

    def accept(self, token: bytes) -> bool:
        """Take the token if it comes next, whatever its case."""
        if self._data[self._at : self._at + len(token)].upper() != token.upper():
            return False
        self._at += len(token)
        return True

    def expect(self, token: bytes) -> None:
        """Take the token or fail."""
        if not self.accept(token):
            raise WireError(f"Expected {token!r}")

    def space(self) -> None:
        """Take the one space between arguments."""
        self.expect(b" ")

    def atom(self) -> str:
        """Take an atom."""
        return self._match(_ATOM, "an atom").decode("ascii")

    def keyword(self) -> str:
        """Take an atom that names something, in upper case."""
        return self.atom().upper()

    def number(self) -> int:
        """Take an unsigned number of at most 63 bits (RFC 7162 section 7)."""
        number = int(self._match(_NUMBER, "a number"))
        if number >= 2**63:
            raise WireError("Number too large")
        return number

    def sequence_set(self) -> SequenceSet:
        """Take a sequence set."""
        text = self._match(_SEQUENCE, "a sequence set").decode("ascii")
        try:
            return SequenceSet.parse(text)
        except ValueError as error:
            raise WireError("Invalid sequence set") from error

    def flag(self) -> str:
        r"""Take a flag: a keyword or one with a leading backslash."""
        return self._match(_FLAG, "a flag").decode("ascii")

    def flags(self) -> list[str]:
        """Take a parenthesized list of flags."""
        return self.group(Scanner.flag)

    def string(self) -> bytes:
        """Take a quoted string or a literal."""
        if self.peek() == b'"':
            quoted = self._match(_QUOTED, "a quoted string")
            return re.sub(rb"\\(.)", rb"\1", quoted[1:-1], flags=re.DOTALL)
        return self.literal()

    def literal(self) -> bytes:
        """Take a literal with its announcement."""
        head = self._match(_LITERAL, "a string")
        size = int(head[1 : head.index(b"}")].rstrip(b"+"))
        data = self._data[self._at : self._at + size]
        if len(data) != size:
            raise WireError("Literal ends early")
        self._at += size
        return data

    def astring(self) -> bytes:
        """Take an atom or a string."""
        if self.peek() in (b'"', b"{"):
            return self.string()
        return self._match(_ASTRING_ATOM, "a string")

    def mailbox(self) -> str:
        """Take a mailbox name and decode it; INBOX comes out in upper case whatever was typed."""
        return _mailbox_name(self.astring())

    def list_pattern(self) -> str:
        """Take a mailbox pattern of LIST, with its % and *."""
        wire = self.string() if self.peek() in (b'"', b"{") else self._match(_LIST_ATOM, "a pattern")
        return _mailbox_name(wire)

    def date(self) -> date:
        """Take a date of SEARCH, `1-Feb-2024`, quoted or not."""
        day, month, year = _split_date(self.astring())
        try:
            return date(int(year), month, int(day))
        except ValueError as error:
            raise WireError("Invalid date") from error

    def date_time(self) -> datetime:
        """Take the date and time of APPEND, `" 1-Feb-2024 10:00:00 +0100"`."""
        day, month, rest = _split_date(self.string())
        try:
            return datetime.strptime(f"{day}-{month}-{rest}", "%d-%m-%Y %H:%M:%S %z")
        except ValueError as error:
            raise WireError("Invalid date") from error

    def group(self, read: Callable[[Scanner], T]) -> list[T]:
        """Take a parenthesized list whose members `read` takes."""
        self.expect(b"(")
        members: list[T] = []
        while not self.accept(b")"):
            if members:
                self.space()
            members.append(read(self))
        return members

    def _match(self, pattern: re.Pattern[bytes], what: str) -> bytes:
        match = pattern.match(self._data, self._at)
        if match is None:
            raise WireError(f"Expected {what}")
        self._at = match.end()
        return match.group()


def _mailbox_name(wire: bytes) -> str:
    if wire.upper() == b"INBOX":
        return "INBOX"
    try:
        return decode_mailbox(wire)
    except ValueError as error:
        raise WireError("Mailbox name is not modified UTF-7") from error


def _split_date(wire: bytes) -> tuple[str, int, str]:
    """Answer day, month and the rest; by table, as strptime's %b follows the host program's locale."""
    try:
        day, month, rest = wire.decode("ascii").strip().split("-", 2)
        return day, MONTHS.index(month.title()) + 1, rest
    except ValueError as error:
        raise WireError("Invalid date") from error
