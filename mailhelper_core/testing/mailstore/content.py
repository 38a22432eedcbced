"""The bytes of a message with the offsets that FETCH asks for again and again, found once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mailhelper_core.testing.mailstore.structure import Part, header_end, locate, parse_structure

_FIELD = re.compile(rb"([^\s:]+)[ \t]*:.*(?:\r?\n[ \t].*)*\r?\n?")


@dataclass(frozen=True)
class Content:
    """What never changes about a message: its bytes and an id that copies share (RFC 8474 EMAILID)."""

    raw: bytes
    email_id: str

    @cached_property
    def header_end(self) -> int:
        """The offset of the first byte of the body."""
        return header_end(self.raw)

    @cached_property
    def structure(self) -> Part:
        """The tree of MIME parts, parsed at the first question about it."""
        return parse_structure(self.raw)

    @property
    def header(self) -> bytes:
        """The header with its blank line."""
        return self.raw[: self.header_end]

    @property
    def text(self) -> bytes:
        """Everything behind the header."""
        return self.raw[self.header_end :]

    def field(self, name: str) -> bytes | None:
        """Answer the first field of that name, unfolded, without parsing the message; None if there is none."""
        return next(self.fields(name), None)

    def fields(self, name: str) -> Iterator[bytes]:
        """Yield all fields of that name."""
        pattern = rb"(?mi)^%s[ \t]*:(.*(?:\r?\n[ \t].*)*)" % re.escape(name.encode("utf-8", "replace"))
        for match in re.finditer(pattern, self.header):
            yield re.sub(rb"\r?\n", b"", match[1]).strip()

    def part(self, numbers: tuple[int, ...]) -> bytes | None:
        """Answer the content of the part with these numbers, None if there is no such part."""
        part = locate(self.structure, numbers)
        return None if part is None else self.raw[part.body : part.end]

    def part_header(self, numbers: tuple[int, ...]) -> bytes | None:
        """Answer the MIME header of that part."""
        part = locate(self.structure, numbers)
        return None if part is None else self.raw[part.start : part.body]

    def embedded(self, numbers: tuple[int, ...]) -> Part | None:
        """Answer the message inside that message/rfc822 part."""
        part = locate(self.structure, numbers)
        return part.children[0] if part is not None and part.is_message else None


def choose_fields(header: bytes, names: frozenset[bytes], *, inverted: bool = False) -> bytes:
    """Answer those fields of the header (names in upper case; the others when inverted), then a blank line."""
    kept = [match.group() for match in _FIELD.finditer(header) if (match.group(1).upper() in names) is not inverted]
    return b"".join(kept) + b"\r\n"
