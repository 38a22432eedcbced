"""A mail as a Sieve script sees it: from its raw bytes, each part of it read when it is first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from mailhelper_core.mime.decode import decode_field
from mailhelper_core.mime.header import HeaderBlock, read_addresses, scan
from mailhelper_core.model.mail.message import Address
from mailhelper_core.rules.sieve.body import read_parts, readable
from mailhelper_core.sieve.mail import BodyPart, with_lf

_BLANKS = " \t\r\n"


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
        return with_lf(self.raw[self._block.body_start :].decode("utf-8", "replace"))

    def body_text(self) -> Sequence[str]:
        """Answer the texts of the text parts, of HTML without its tags."""
        return [text for text in map(readable, self._parts) if text is not None]

    def body_parts(self) -> Sequence[BodyPart]:
        """Answer the parts of the MIME tree, those of enclosed mails too, and the texts around parts."""
        return self._parts

    @cached_property
    def _block(self) -> HeaderBlock:
        return scan(self.raw)

    @cached_property
    def _parts(self) -> tuple[BodyPart, ...]:
        return tuple(read_parts(self.raw, self._block))
