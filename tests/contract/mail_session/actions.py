"""More that can go wrong with a command than the bundled server knows by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.protocol.responses import Done, Fetched, Raw, Response, Untagged, encode


@dataclass(frozen=True, slots=True)
class Ending(Action):
    """Do everything, and end with another answer."""

    kind: str = "NO"
    code: str | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        return (Done(self.kind, "So it ends", self.code) if isinstance(response, Done) else response,)


@dataclass(frozen=True, slots=True)
class Unbalanced(Action):
    """Leave the last parenthesis of a FETCH out."""

    uid: int

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        if not isinstance(response, Fetched) or response.uid != self.uid:
            return (response,)
        return (Raw(encode(response, tag).removesuffix(b")\r\n") + b"\r\n"),)


@dataclass(frozen=True, slots=True)
class Twice(Action):
    """Say everything twice but the end."""

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        return (response,) if isinstance(response, Done) else (response, response)


@dataclass(frozen=True, slots=True)
class WithItem(Action):
    """Give an item of every FETCH another value."""

    name: bytes
    value: bytes

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        if not isinstance(response, Fetched):
            return (response,)
        items = tuple((name, self.value if name == self.name else value) for name, value in response.items)
        return (replace(response, items=items),)


@dataclass(frozen=True, slots=True)
class Lines(Action):
    """Change untagged lines that hold a word: replace it, or leave the line out (`by` None)."""

    word: bytes
    by: bytes | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        if not isinstance(response, Untagged) or self.word not in response.line:
            return (response,)
        return () if self.by is None else (Untagged(response.line.replace(self.word, self.by)),)


@dataclass(frozen=True, slots=True)
class After(Action):
    """Send octets in one go with the end of the command."""

    data: bytes

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        return (Raw(encode(response, tag) + self.data),) if isinstance(response, Done) else (response,)
