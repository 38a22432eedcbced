"""One message in one mailbox: an immutable record that a change replaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailhelper_core.testing.mailstore.content import Content

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What the store holds about a message; `mod_seq` is that of its last change."""

    uid: int
    content: Content
    flags: frozenset[str]
    internal_date: datetime
    mod_seq: int

    @property
    def raw(self) -> bytes:
        """The message as it was appended, byte for byte."""
        return self.content.raw

    @property
    def size(self) -> int:
        """RFC822.SIZE in octets."""
        return len(self.content.raw)
