"""More that can go wrong: actions that spoil single lines and FETCH answers of a healthy server."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.protocol.responses import Close, Done, Fetched, Raw, Response, Untagged, encode
from mailhelper_core.testing.wire.encode import Literal

_COUNTS = re.compile(rb"(?<=MESSAGES )\d+|(?<=UNSEEN )\d+|\d+(?= EXISTS)")
_FOUND = re.compile(rb"(?<=^SEARCH)[ \d]+| (?:ALL|MIN|MAX) [\d:,]+")


@dataclass(frozen=True, slots=True)
class Ending(Action):
    """Do everything, and end with another answer."""

    kind: OneOf["OK", "NO", "BAD"] = "NO"
    code: str | None = None
    text: str = "So it ends"

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Change the tagged answer."""
        return (Done(self.kind, self.text, self.code) if isinstance(response, Done) else response,)


@dataclass(frozen=True, slots=True)
class EndAt(Action):
    """Refuse the command in the middle: instead of this message, and of all that follow it."""

    uid: int
    kind: OneOf["NO", "BAD"] = "NO"
    code: str | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """End at the message."""
        here = isinstance(response, Fetched) and response.uid == self.uid
        return (Done(self.kind, "So it ends", self.code) if here else response,)


@dataclass(frozen=True, slots=True)
class CutAt(Action):
    """Close the connection instead of telling of this message."""

    uid: int

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Stop inside the message's line."""
        here = isinstance(response, Fetched) and response.uid == self.uid
        return (Raw(b"* "), Close()) if here else (response,)


@dataclass(frozen=True, slots=True)
class Unbalanced(Action):
    """Leave the last parenthesis of a message's FETCH out."""

    uid: int

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Cut the end of the line."""
        if not isinstance(response, Fetched) or response.uid != self.uid:
            return (response,)
        return (Raw(encode(response, tag).removesuffix(b")\r\n") + b"\r\n"),)


@dataclass(frozen=True, slots=True)
class Twice(Action):
    """Say everything twice but the end."""

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Double the response."""
        return (response,) if isinstance(response, Done) else (response, response)


@dataclass(frozen=True, slots=True)
class Apart(Action):
    """Tell each item of a message in a response of its own, the last first, each with the uid."""

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Cut the response."""
        if not isinstance(response, Fetched):
            return (response,)
        uid = tuple(item for item in response.items if item[0] == b"UID")
        others = [item for item in reversed(response.items) if item[0] != b"UID"]
        return [replace(response, items=(*uid, item)) for item in others]


@dataclass(frozen=True, slots=True)
class WithItem(Action):
    """Give an item of every FETCH, or of one message's, another value."""

    name: bytes
    value: bytes
    uid: int | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Replace the value."""
        if not isinstance(response, Fetched) or self.uid not in (None, response.uid):
            return (response,)
        items = tuple((name, self.value if name == self.name else value) for name, value in response.items)
        return (replace(response, items=items),)


@dataclass(frozen=True, slots=True)
class CutBody(Action):
    """Send only the first octets of a body; `says_so`: as the partial answer of which nobody asked for the rest."""

    uid: int | None = None
    octets: int = 0
    says_so: bool = False

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Cut the literals."""
        if not isinstance(response, Fetched) or self.uid not in (None, response.uid):
            return (response,)
        items = tuple(self._cut(*item) if isinstance(item[1], Literal) else item for item in response.items)
        return (replace(response, items=items),)

    def _cut(self, name: bytes, value: bytes | Literal) -> tuple[bytes, Literal]:
        data = value.data if isinstance(value, Literal) else value
        return name + b"<0>" if self.says_so else name, Literal(data[: self.octets])


@dataclass(frozen=True, slots=True)
class Lines(Action):
    """Change untagged lines that hold a word: replace it, or leave the line out (`by` None)."""

    word: bytes
    by: bytes | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Replace the word."""
        if not isinstance(response, Untagged) or self.word not in response.line:
            return (response,)
        return () if self.by is None else (Untagged(response.line.replace(self.word, self.by)),)


@dataclass(frozen=True, slots=True)
class After(Action):
    """Send bytes in one go with the end of the command."""

    data: bytes

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Append the bytes."""
        return (Raw(encode(response, tag) + self.data),) if isinstance(response, Done) else (response,)


@dataclass(frozen=True, slots=True)
class Mutated(Action):
    """Change, drop or insert one byte in every untagged line, the same ones for the same seed."""

    seed: int = 0

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Mutate the line."""
        if not isinstance(response, Untagged | Fetched):
            return (response,)
        chance = random.Random(f"{self.seed}:{index}")  # noqa: S311 - repeatable on purpose
        data = encode(response, tag)
        at = chance.randrange(len(data))
        by = chance.choice((b"", bytes([chance.randrange(256)]), data[at : at + 1] + bytes([chance.randrange(256)])))
        return (Raw(data[:at] + by + data[at + 1 :]),)


@dataclass(frozen=True, slots=True)
class Emptied(Action):
    """Pretend that there are no messages: counts are 0, searches find nothing, FETCH answers nothing."""

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Take the messages out of the line."""
        if isinstance(response, Fetched):
            return ()
        if not isinstance(response, Untagged):
            return (response,)
        line = response.line
        if line.startswith((b"SEARCH", b"ESEARCH")):
            return (Untagged(_FOUND.sub(b"", line)),)
        return (Untagged(_COUNTS.sub(b"0", line)),)
