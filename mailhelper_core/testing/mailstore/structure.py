"""Find the MIME parts of a message by their byte offsets, so that a section can be served without re-encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message as EmailMessage
from email.parser import BytesHeaderParser
from email.policy import compat32

# Deeper nesting than this is served as one opaque part: real mail stays below 10, and recursion must end.
_MAX_DEPTH = 50
_HEADER_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Part:
    """One entity: header (with its blank line) in [start, body), content in [body, end)."""

    start: int
    body: int
    end: int
    header: EmailMessage
    media_type: str
    children: tuple[Part, ...] = ()

    @property
    def is_multipart(self) -> bool:
        """Say whether the children are body parts of a multipart."""
        return self.media_type.startswith("multipart/")

    @property
    def is_message(self) -> bool:
        """Say whether the one child is an embedded message."""
        return self.media_type == "message/rfc822"


def parse_structure(raw: bytes) -> Part:
    """Answer the tree of parts of a message; broken MIME becomes plain text or opaque parts."""
    return _parse(raw, 0, len(raw), default="text/plain", depth=0)


def header_end(raw: bytes, start: int = 0, end: int | None = None) -> int:
    """Answer where the body begins: after the first blank line, or at the end when there is none."""
    limit = len(raw) if end is None else end
    blank = re.compile(rb"\r?\n").match(raw, start, limit)
    if blank:
        return blank.end()
    found = _HEADER_END.search(raw, start, limit)
    return found.end() if found else limit


def locate(root: Part, numbers: tuple[int, ...]) -> Part | None:
    """Answer the part with these numbers (RFC 3501 section 6.4.5), the message itself for none."""
    node = root
    for number in numbers:
        inside = node.children[0] if node.is_message and node is not root and node.children else node
        if inside.is_multipart and number <= len(inside.children):
            node = inside.children[number - 1]
        elif number == 1 and not inside.is_multipart:
            node = inside
        else:
            return None
    return node


def _parse(raw: bytes, start: int, end: int, *, default: str, depth: int) -> Part:
    body = header_end(raw, start, end)
    header = BytesHeaderParser(policy=compat32).parsebytes(raw[start:body])
    if header["Content-Type"] is None:
        header.set_default_type(default)
    media_type = header.get_content_type()
    children = _children(raw, (body, end), header, media_type, depth) if depth < _MAX_DEPTH else ()
    if not children and (media_type == "message/rfc822" or media_type.startswith("multipart/")):
        media_type = "text/plain" if depth < _MAX_DEPTH else "application/octet-stream"
    return Part(start, body, end, header, media_type, children)


def _children(raw: bytes, span: tuple[int, int], header: EmailMessage, media_type: str, depth: int) -> tuple[Part, ...]:
    if media_type == "message/rfc822":
        return (_parse(raw, *span, default="text/plain", depth=depth + 1),)
    if not media_type.startswith("multipart/"):
        return ()
    default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    return tuple(
        _parse(raw, start, end, default=default, depth=depth + 1) for start, end in _split(raw, span, _boundary(header))
    )


def _boundary(header: EmailMessage) -> bytes:
    try:
        boundary = header.get_boundary("")
    except ValueError:  # a broken RFC 2231 parameter
        boundary = ""
    return (boundary or "").encode("utf-8", "surrogateescape")


def _split(raw: bytes, span: tuple[int, int], boundary: bytes) -> list[tuple[int, int]]:
    """Answer the spans between the delimiter lines (RFC 2046 section 5.1.1)."""
    if not boundary:
        return []
    delimiter = re.compile(rb"(?:\A|\r?\n|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)\r?\n?")
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    view = raw[: span[1]]
    for match in delimiter.finditer(view, span[0]):
        if opened is not None:
            spans.append((opened, max(opened, match.start())))
        opened = match.end()
        if match.group(1):
            return spans
    if opened is not None:
        spans.append((opened, span[1]))
    return spans
