"""What a server sends, as values: command handlers yield them, faults rewrite them, the connection writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailhelper_core.testing.wire.encode import Literal


@dataclass(frozen=True, slots=True)
class Untagged:
    """`* ` and a line."""

    line: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A FETCH response; body sections are Literals, everything else is ready-made bytes."""

    number: int
    uid: int
    items: tuple[tuple[bytes, bytes | Literal], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a command; the connection puts the tag in front."""

    status: str
    text: str
    code: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """`+ ` and a text; if it `reads`, the handler receives the client's next line."""

    text: bytes = b""
    reads: bool = True


@dataclass(frozen=True, slots=True)
class Watch:
    """Nothing is sent: wait until the client writes a line or the mailbox changes; the handler receives either."""


@dataclass(frozen=True, slots=True)
class StartTls:
    """From here on the connection speaks TLS."""


@dataclass(frozen=True, slots=True)
class Compress:
    """From here on the connection is compressed (RFC 4978)."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are, at most `per_second` of them in a second."""

    data: bytes
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Send nothing for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection without another word."""


Response = Untagged | Fetched | Done | Prompt | Watch | StartTls | Compress | Raw | Pause | Close


class Refused(Exception):
    """A command that ends with NO; `code` is the response code."""

    def __init__(self, text: str, code: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def ok(text: str, code: str | None = None) -> Done:
    """Answer the good end of a command."""
    return Done("OK", text, code)


def status(kind: str, text: str, code: str | None = None) -> Untagged:
    """Answer an untagged OK, NO, BAD or BYE."""
    return Untagged(_resp_text(kind, text, code))


def encode(response: Response, tag: str) -> bytes:
    """Answer the bytes of a response; those that send nothing have none."""
    match response:
        case Untagged(line):
            return b"* %s\r\n" % line
        case Fetched(number, _, items):
            return b"* %d FETCH (%s)\r\n" % (number, b" ".join(_items(items)))
        case Done(kind, text, code, other_tag):
            return (other_tag or tag).encode() + b" " + _resp_text(kind, text, code) + b"\r\n"
        case Prompt(text, _):
            return b"+ %s\r\n" % text
        case Raw(data):
            return data
        case _:
            return b""


def body_bytes(response: Response) -> int:
    """Answer how many bytes of message text the response carries."""
    if not isinstance(response, Fetched):
        return 0
    return sum(len(value.data) for _, value in response.items if isinstance(value, Literal))


def _items(items: Iterable[tuple[bytes, bytes | Literal]]) -> Iterable[bytes]:
    for name, value in items:
        yield b"%s %s" % (name, value.encode() if isinstance(value, Literal) else value)


def _resp_text(kind: str, text: str, code: str | None) -> bytes:
    return (f"{kind} [{code}] {text}" if code else f"{kind} {text}").encode()
