"""Render BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2) from the tree of MIME parts."""

from __future__ import annotations

import re
from email.message import Message as EmailMessage

from mailhelper_core.testing.commands.envelope import field_bytes, render_envelope
from mailhelper_core.testing.mailstore.content import Content
from mailhelper_core.testing.mailstore.structure import Part
from mailhelper_core.testing.wire import encode

_PARAMETER = re.compile(rb';[ \t]*([^\s=;]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;]*)')

Parameters = tuple[tuple[bytes, bytes], ...]
# RFC 2046 4.1.2: what text is in when it does not say.
_US_ASCII: Parameters = ((b"charset", b"us-ascii"),)


def render_structure(content: Content, *, extended: bool) -> bytes:
    """Answer the structure of a message; `extended` adds what BODYSTRUCTURE has over BODY."""
    return _part(content.raw, content.structure, extended=extended)


def _part(raw: bytes, part: Part, *, extended: bool) -> bytes:
    if part.is_multipart:
        return _multipart(raw, part, extended=extended)
    major, minor = part.media_type.split("/", 1)
    body = raw[part.body : part.end]
    fields = [
        _token(major),
        _token(minor),
        _parameters(part.header, "Content-Type", default=_US_ASCII if major == "text" else ()),
        encode.nstring(field_bytes(part.header, "Content-ID")),
        encode.nstring(field_bytes(part.header, "Content-Description")),
        _token((field_bytes(part.header, "Content-Transfer-Encoding") or b"7bit").decode("latin-1")),
        b"%d" % len(body),
    ]
    if part.is_message:
        embedded = part.children[0]
        fields += [render_envelope(embedded.header), _part(raw, embedded, extended=extended)]
    if part.is_message or major == "text":
        fields.append(b"%d" % body.count(b"\n"))
    if extended:
        fields += [encode.nstring(field_bytes(part.header, "Content-MD5")), *_extension(part.header)]
    return encode.group(fields)


def _multipart(raw: bytes, part: Part, *, extended: bool) -> bytes:
    children = b"".join(_part(raw, child, extended=extended) for child in part.children)
    fields = [children, _token(part.media_type.split("/", 1)[1])]
    if extended:
        fields += [_parameters(part.header, "Content-Type"), *_extension(part.header)]
    return encode.group(fields)


def _extension(header: EmailMessage) -> list[bytes]:
    disposition = b"NIL"
    kind = (field_bytes(header, "Content-Disposition") or b"").split(b";")[0].strip()
    if kind:
        disposition = encode.group([encode.string(kind.lower()), _parameters(header, "Content-Disposition")])
    location = encode.nstring(field_bytes(header, "Content-Location"))
    return [disposition, encode.nstring(field_bytes(header, "Content-Language")), location]


def _parameters(header: EmailMessage, name: str, default: Parameters = ()) -> bytes:
    """Answer the parameters as they stand: RFC 2231 forms stay encoded, as servers leave them."""
    value = field_bytes(header, name) or b""
    found = [(match[1], _unquoted(match[2].strip())) for match in _PARAMETER.finditer(value)]
    missing = [pair for pair in default if pair[0] not in {key.lower() for key, _ in found}]
    shown = [encode.string(text) for pair in (*found, *missing) for text in pair]
    return encode.group(shown) if shown else b"NIL"


def _unquoted(value: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", value[1:-1]) if value.startswith(b'"') else value


def _token(text: str) -> bytes:
    return encode.string(text.lower().encode("utf-8", "surrogateescape"))
