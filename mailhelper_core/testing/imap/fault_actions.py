"""What can go wrong with a command: each action turns the responses of a healthy server into those of a broken one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from mailhelper_core.testing.protocol.responses import (
    Close,
    Done,
    Fetched,
    Pause,
    Prompt,
    Raw,
    Response,
    Untagged,
    Watch,
    encode,
    status,
)
from mailhelper_core.testing.wire.encode import Literal

Where = OneOf["line", "literal", "tag"]


class Action:
    """Leaves everything as it is; the actions below change one thing each."""

    __slots__ = ()

    def before(self) -> Iterable[Response]:
        """Answer what is sent before the command runs; a Done or a Close keeps it from running."""
        return ()

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Answer what is sent in place of the response, the index-th of the command (from 0)."""
        return (response,)


@dataclass(frozen=True, slots=True)
class Interrupt(Action):
    """Stop at a place: close the connection, or say nothing for `seconds` and go on.

    `at`: "line" inside the response number `response` of the command, "literal" inside its first literal,
    "tag" before the tagged answer. `after`: how many bytes of that line or literal still go out.
    """

    at: Where = "tag"
    after: int = 0
    response: int = 0
    seconds: float | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Cut the response in two at the place, if it is in this one."""
        if not self._is_here(response, index):
            return (response,)
        data = encode(response, tag)
        cut = self._cut(response, data)
        stop = Close() if self.seconds is None else Pause(self.seconds)
        return (Raw(data[:cut]), stop, Raw(data[cut:]))

    def _is_here(self, response: Response, index: int) -> bool:
        if self.at == "tag":
            return isinstance(response, Done)
        return index == self.response

    def _cut(self, response: Response, data: bytes) -> int:
        if self.at == "tag":
            return 0
        start = data.index(b"}\r\n") + 3 if self.at == "literal" and b"}\r\n" in data else 0
        return start + self.after


@dataclass(frozen=True, slots=True)
class Answer(Action):
    """Do nothing, and refuse the command with a tagged NO or BAD, or claim OK."""

    kind: OneOf["OK", "NO", "BAD"] = "NO"
    text: str = "Refused"
    code: str | None = None

    def before(self) -> Iterable[Response]:
        """Answer the end."""
        return (Done(self.kind, self.text, self.code),)


@dataclass(frozen=True, slots=True)
class Bye(Action):
    """Say BYE and close the connection instead of running the command."""

    text: str = "Going away"
    code: str | None = None

    def before(self) -> Iterable[Response]:
        """Answer the goodbye."""
        return (status("BYE", self.text, self.code), Close())


@dataclass(frozen=True, slots=True)
class WrongTag(Action):
    """Answer the command under another tag."""

    tag: str = "XYZZY"

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Change the tag of the tagged answer."""
        return (replace(response, tag=self.tag) if isinstance(response, Done) else response,)


@dataclass(frozen=True, slots=True)
class LyingLiteral(Action):
    """Announce literals as `by` bytes longer (or shorter, when negative) than they are."""

    by: int
    uid: int | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Change what the literals announce."""
        if not _is_of(response, self.uid):
            return (response,)
        return (_map_literals(response, lambda value: Literal(value.data, len(value.data) + self.by)),)


@dataclass(frozen=True, slots=True)
class NilBody(Action):
    """Send NIL where a body was asked for."""

    uid: int | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Replace the literals."""
        return (_map_literals(response, lambda _: b"NIL") if _is_of(response, self.uid) else response,)


@dataclass(frozen=True, slots=True)
class MissingMessage(Action):
    """Leave a message out of the answer, as if it had been expunged a moment ago."""

    uid: int

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Drop the FETCH of the message."""
        return () if isinstance(response, Fetched) and _is_of(response, self.uid) else (response,)


@dataclass(frozen=True, slots=True)
class MissingItem(Action):
    """Leave an item such as `UID` or `FLAGS` out of every FETCH response."""

    name: str
    uid: int | None = None

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Drop the item."""
        if not isinstance(response, Fetched) or not _is_of(response, self.uid):
            return (response,)
        items = tuple(item for item in response.items if item[0] != self.name.encode())
        return (replace(response, items=items),)


@dataclass(frozen=True, slots=True)
class ExtraLines(Action):
    """Send untagged lines (without `* `) that nobody asked for, `times` over, before the tagged answer."""

    lines: tuple[bytes, ...]
    times: int = 1

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Put the lines before the end."""
        if isinstance(response, Done):
            yield from (Untagged(line) for _ in range(self.times) for line in self.lines)
        yield response


@dataclass(frozen=True, slots=True)
class SendInstead(Action):
    """Send these bytes instead of the command's first response, and drop the others up to the tagged one."""

    data: bytes

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Replace the first response."""
        if index == 0:
            return (Raw(self.data), *([response] if isinstance(response, Done) else []))
        return (response,) if isinstance(response, Done | Watch) else ()  # who waits must go on waiting


@dataclass(frozen=True, slots=True)
class Trickle(Action):
    """Send slowly."""

    per_second: float

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        """Pace the bytes."""
        if not isinstance(response, Untagged | Fetched | Done | Prompt):
            return (response,)
        paced = Raw(encode(response, tag), self.per_second)
        return (replace(response, text=b""), paced) if isinstance(response, Prompt) else (paced,)


@dataclass(frozen=True, slots=True)
class Call(Action):
    """Do something to the store just before the command runs, such as `mailbox.renumber`."""

    do: Callable[[], object]

    def before(self) -> Iterable[Response]:
        """Do it and send nothing."""
        self.do()
        return ()


def _is_of(response: Response, uid: int | None) -> bool:
    return isinstance(response, Fetched) and uid in (None, response.uid)


def _map_literals(response: Response, change: Callable[[Literal], bytes | Literal]) -> Response:
    if not isinstance(response, Fetched):
        return response
    items = tuple((name, change(value) if isinstance(value, Literal) else value) for name, value in response.items)
    return replace(response, items=items)
