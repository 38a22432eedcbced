"""The parts of a mail as `body` asks for them (RFC 5173 5.2): the tree of RFC 2046 to the letter, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from mailhelper_core.mime.decode import decode_transfer, find_codec, read_content_type, read_encoding, read_parameters
from mailhelper_core.mime.header import HeaderBlock, header_end, scan
from mailhelper_core.mime.html.text import html_to_text
from mailhelper_core.sieve.mail import BodyPart, with_lf

MESSAGE = "message/rfc822"
# Real mail nests at most 10 deep, and has some hundred parts at most.
_MAX_DEPTH = 50
_MAX_PARTS = 1_000
# The text types, and the one type of HTML that is not called so.
_XHTML = "application/xhtml+xml"
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_TITLE_WITHIN = 20_000
_TAG = re.compile(r"<[^<>]*>")


class _Split(NamedTuple):
    """A multipart: the text before its parts, the parts, and the text behind them; None where there is none."""

    prologue: bytes
    parts: list[bytes]
    epilogue: bytes | None


def read_parts(raw: bytes, block: HeaderBlock) -> Iterator[BodyPart]:
    """Yield all parts of a mail with this header; a part that ends in its header has no body, and is none."""
    if block.body_start < len(raw) or header_end(raw)[0] < len(raw):
        yield from _entity(block, raw[block.body_start :], 0, "text/plain")


def readable(part: BodyPart) -> str | None:
    """Answer the text that one reads in a part; None for a part without any."""
    if part.media_type not in ("text/html", _XHTML):
        return part.text if part.media_type.startswith("text/") else None
    title = _TITLE.search(part.text, 0, _TITLE_WITHIN)
    text = " ".join([unescape(title[1]) if title else "", html_to_text(part.text)]).strip()
    # Blanks between tags are a text that one does not see, and no empty one.
    return text or (" " if _TAG.sub("", part.text) else "")


def _entity(block: HeaderBlock, body: bytes, depth: int, default: str) -> Iterator[BodyPart]:
    content_type = block.text("content-type") or default
    media_type, charset, _, _ = read_content_type(content_type)
    written = content_type.partition(";")[0].strip().lower()
    if written.startswith("multipart/") and depth < _MAX_DEPTH:
        yield from _multipart(written, _split(body, read_parameters(content_type).get("boundary", "")), depth)
        return
    content, _ = decode_transfer(body, read_encoding(block.text("content-transfer-encoding")))
    if media_type != MESSAGE or depth >= _MAX_DEPTH:
        yield BodyPart(media_type, _text(content, charset))
        return
    end, start = header_end(content)
    yield BodyPart(media_type, _text(content[:end]))
    if end < start:
        yield from _entity(scan(content[:start]), content[start:], depth + 1, "text/plain")


def _multipart(media_type: str, split: _Split, depth: int) -> Iterator[BodyPart]:
    """RFC 5173 5.2: of a multipart the texts around its parts are looked at, each by itself."""
    yield BodyPart(media_type, _text(split.prologue))
    inner = MESSAGE if media_type == "multipart/digest" else "text/plain"
    for part in split.parts:
        end, start = header_end(part)
        if end < start:
            yield from _entity(scan(part[:start]), _without_line_end(part[start:]), depth + 1, inner)
    if split.epilogue:
        yield BodyPart(media_type, _text(split.epilogue))


def _split(body: bytes, boundary: str) -> _Split:
    """RFC 2046 5.1.1; parts come with the line end that belongs to the delimiter behind them."""
    if not boundary:
        return _Split(body, [], None)
    name = re.escape(boundary.encode("latin-1", "replace"))
    delimiter = re.compile(rb"^--%b(--)?[ \t]*(?:\r?\n|\Z)" % name, re.MULTILINE)
    parts: list[bytes] = []
    prologue: bytes | None = None
    at = 0
    for found in delimiter.finditer(body):
        piece = body[at : found.start()]
        if prologue is None:
            prologue = _without_line_end(piece)
        elif len(parts) < _MAX_PARTS:
            parts.append(piece)
        at = found.end()
        if found[1]:
            return _Split(prologue, parts, body[at:])
    if prologue is None:
        return _Split(body, [], None)
    return _Split(prologue, [*parts[: _MAX_PARTS - 1], body[at:] + b"\r\n"], None)


def _text(octets: bytes, charset: str = "") -> str:
    """RFC 5228 2.7.2: what its charset does not explain equals nothing."""
    return with_lf(octets.decode(find_codec(charset) or "utf-8", "replace"))


def _without_line_end(octets: bytes) -> bytes:
    return octets.removesuffix(b"\n").removesuffix(b"\r")
