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
    node, inside = root, root
    for at, number in enumerate(numbers):
        if inside.is_multipart and number <= len(inside.children):
            node = inside.children[number - 1]
            inside = node.children[0] if node.is_message else node
        elif number == 1 and not inside.is_multipart and (inside is root or node.is_message) and at + 1 == len(numbers):
            return inside  # the text of a message that has no parts is its part 1
        else:
            return None
    return node


def _parse(raw: bytes, start: int, end: int, *, default: str, depth: int) -> Part:
    body = header_end(raw, start, end)
    header = BytesHeaderParser(policy=compat32).parsebytes(raw[start:body])
    if header["Content-Type"] is None:
        header.set_default_type(default)
    media_type = header.get_content_type()
    if media_type == "message/rfc822" or media_type.startswith("multipart/"):
        if depth == _MAX_DEPTH:
            return Part(start, body, end, header, "application/octet-stream")
        return Part(start, body, end, header, media_type, _children(raw, (body, end), header, media_type, depth))
    return Part(start, body, end, header, media_type)


def _children(raw: bytes, span: tuple[int, int], header: EmailMessage, media_type: str, depth: int) -> tuple[Part, ...]:
    if media_type == "message/rfc822":
        return (_parse(raw, *span, default="text/plain", depth=depth + 1),)
    default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
    # RFC 3501 section 9: a multipart has at least one part; where there is none, servers show an empty text.
    spans = _split(raw, span, _boundary(header)) or [(span[1], span[1])]
    return tuple(_parse(raw, start, end, default=default, depth=depth + 1) for start, end in spans)


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
    delimiter = re.compile(rb"(?:\r?\n|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)\r?\n?")
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for match in delimiter.finditer(raw, *span):
        if opened is not None:
            spans.append((opened, max(opened, match.start())))
        opened = match.end()
        if match.group(1):
            return spans
    if opened is not None:
        spans.append((opened, span[1]))
    return spans
