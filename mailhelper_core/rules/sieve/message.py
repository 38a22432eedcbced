"""A stored message as a Sieve test sees it: its decoded header fields, its text, its size."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.mime.header import read_addresses
from mailhelper_core.model.mail.message import Address, MessageDetail
from mailhelper_core.sieve.mail import BodyPart


class StoredMail:
    """A message of the store. Envelope and raw octets are not there: scripts that ask for them are not carried out."""

    def __init__(self, message: MessageDetail) -> None:
        self._message = message
        self._headers: dict[str, tuple[str, ...]] = {}

    @property
    def size(self) -> int:
        """Octets, as on the server."""
        return self._message.size

    def header(self, name: str) -> Sequence[str]:
        """Answer the decoded values of a field."""
        found = self._headers.get(name)
        if found is None:
            found = self._headers[name] = self._message.header(name)
        return found

    def addresses(self, name: str) -> Sequence[Sequence[Address]]:
        """Answer the addresses of each such field."""
        return [read_addresses(value) for value in self.header(name)]

    def envelope(self, _part: str) -> Sequence[Address]:
        """Answer nothing: the envelope is not stored."""
        return ()

    def raw_body(self) -> str:
        """Answer nothing: the octets are not at hand."""
        return ""

    def body_text(self) -> Sequence[str]:
        """Answer the text that one reads."""
        return (self._message.text,) if self._message.text else ()

    def body_parts(self) -> Sequence[BodyPart]:
        """Answer nothing: the octets are not at hand."""
        return ()
