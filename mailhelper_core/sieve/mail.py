"""What a script may know: of the mail (a protocol, so that a caller reads only what is asked for), and around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple, Protocol

from mailhelper_core.model.mail.message import Address


class BodyPart(NamedTuple):
    """One leaf of the MIME tree: its type such as `text/plain`, and its content, decoded to text, its line ends LF.

    Of an enclosed `message/rfc822` it is the header; what that holds follows as parts of their own. Of a multipart
    it is the text before its parts, and once more that behind them (RFC 5173 5.2).
    """

    media_type: str
    text: str


class SieveMail(Protocol):
    """One mail. Values of header fields are decoded, unfolded, and without blanks at their ends."""

    @property
    def size(self) -> int:
        """Octets, with CRLF."""
        ...

    def header(self, name: str) -> Sequence[str]:
        """Answer the values of a field, by its name in lower case, in the order of the mail."""
        ...

    def addresses(self, name: str) -> Sequence[Sequence[Address]]:
        """Answer the addresses of each such field."""
        ...

    def envelope(self, part: str) -> Sequence[Address]:
        """Answer what the server noted as `from` or `to`; nothing where it is unknown."""
        ...

    def raw_body(self) -> str:
        """Answer all behind the header, undecoded."""
        ...

    def body_text(self) -> Sequence[str]:
        """Answer the texts that a reader would see, each part by itself."""
        ...

    def body_parts(self) -> Sequence[BodyPart]:
        """Answer the parts of the MIME tree, from the first to the last."""
        ...


def with_lf(text: str) -> str:
    """Answer the text with LF for CRLF: how a script or a mail is stored says nothing about what stands in it."""
    return text.replace("\r\n", "\n")


def never_seen(_handle: str, _unique_id: str) -> bool:
    """Say of no mail that it was seen before."""
    return False


# Answers the texts of the groups of the first hit, the whole first, or None. Raises ValueError for a bad pattern.
FindGroups = Callable[[str], Sequence[str] | None]
CompileRegex = Callable[[str], FindGroups]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a script may ask besides the mail."""

    now: datetime  # aware
    time_zone: tzinfo = UTC
    mailboxes: frozenset[str] = frozenset()  # names of those that exist
    special_uses: frozenset[tuple[str, str]] = frozenset()  # (mailbox, special use in lower case), such as \junk
    facts: frozenset[str] = frozenset()  # flags that are no wishes but facts: setflag leaves those there are
    was_seen: Callable[[str, str], bool] = never_seen  # (handle, id), for `duplicate`
