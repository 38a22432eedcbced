"""A mail as a Sieve script sees it: from its raw bytes, each part of it read when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import unescape

from mailhelper_core.mime.decode import decode_field, decode_text
from mailhelper_core.mime.header import HeaderBlock, read_addresses, scan
from mailhelper_core.mime.html.text import html_to_text
from mailhelper_core.mime.structure import Limits, read_structure, walk
from mailhelper_core.model.mail.message import Address
from mailhelper_core.sieve.mail import BodyPart

_BLANKS = " \t\r\n"
# Mail within mail within mail; real ones are forwarded twice or three times.
_MAX_ENCLOSED = 10
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_TITLE_WITHIN = 20_000


class RawMail:
    """A mail in its octets. `sender` and `recipient` are the envelope, where they are known."""

    def __init__(self, raw: bytes, *, sender: str | None = None, recipient: str | None = None) -> None:
        self.raw = raw
        self._envelope = {"from": sender, "to": recipient}
        self._headers: dict[str, tuple[str, ...]] = {}
        self._addresses: dict[str, tuple[Sequence[Address], ...]] = {}

    @property
    def size(self) -> int:
        """Octets, each line end counted as CRLF."""
        return len(self.raw) + self.raw.count(b"\n") - self.raw.count(b"\r\n")

    def header(self, name: str) -> Sequence[str]:
        """Answer the decoded values of a field."""
        found = self._headers.get(name)
        if found is None:
            found = tuple(decode_field(value).strip(_BLANKS) for value in self._block.all(name))
            self._headers[name] = found
        return found

    def addresses(self, name: str) -> Sequence[Sequence[Address]]:
        """Answer the addresses of each such field."""
        found = self._addresses.get(name)
        if found is None:
            found = self._addresses[name] = tuple(map(read_addresses, self._block.all(name)))
        return found

    def envelope(self, part: str) -> Sequence[Address]:
        """Answer the envelope's address; an empty one is the null sender."""
        address = self._envelope.get(part)
        return () if address is None else (Address("", address),)

    def raw_body(self) -> str:
        """Answer all behind the header."""
        return self.raw[self._block.body_start :].decode("utf-8", "replace")

    def body_text(self) -> Sequence[str]:
        """Answer the texts of the text parts, of HTML without its tags."""
        return [_readable(part) for part in self._parts if part.media_type.startswith("text/")]

    def body_parts(self) -> Sequence[BodyPart]:
        """Answer the parts of the MIME tree, those of enclosed mails too."""
        return self._parts

    @cached_property
    def _block(self) -> HeaderBlock:
        return scan(self.raw)

    @cached_property
    def _parts(self) -> tuple[BodyPart, ...]:
        return tuple(_parts(self.raw, self._block, 0))


def _parts(raw: bytes, block: HeaderBlock, depth: int) -> Iterator[BodyPart]:
    structure = read_structure(raw, block, Limits())
    for part in walk(structure.root) if structure else ():
        if part.media_type != "message/rfc822" or depth == _MAX_ENCLOSED:
            yield BodyPart(part.media_type, decode_text(part.content, part.charset)[0])
            continue
        inner = scan(part.content)
        yield BodyPart(part.media_type, decode_text(part.content[: inner.body_start], "")[0])
        yield from _parts(part.content, inner, depth + 1)


def _readable(part: BodyPart) -> str:
    if part.media_type != "text/html":
        return part.text
    title = _TITLE.search(part.text, 0, _TITLE_WITHIN)
    return " ".join([unescape(title[1]) if title else "", html_to_text(part.text)]).strip()
