"""The parts of a message: a pre-scan that bounds the work, the fast parser, the lenient one where it refuses."""

from __future__ import annotations

import email
import email.message
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import fast_mail_parser

from mailhelper_core.mime.decode import (
    decode_transfer,
    read_content_type,
    read_disposition,
    read_encoding,
    read_parameters,
)
from mailhelper_core.mime.header import HeaderBlock, scan
from mailhelper_core.mime.outline import MAX_NESTED, Outline, read_outline
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.quick import quick_to_make


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may cost; beyond it the rest is left out and the message is `partial`."""

    # The fast parser's own limit is 100 MiB; accounts cap at 30 MB long before.
    message_bytes: int = 100_000_000
    # Mail clients write at most a few dozen parts; a digest of a busy list some hundred.
    parts: int = 1_000
    # Real mail nests at most 10 deep.
    depth: int = 50
    # The fast parser's time grows with their square: 2,000 cost 6 ms.
    encoded_words: int = 2_000
    # Lines times open boundaries is what the lenient parser's time grows with; 30 MB of attachments is 800,000.
    lenient_steps: int = 1_200_000
    # More than anybody reads; search indexes far less.
    text_chars: int = 1_000_000
    html_chars: int = 2_000_000


@quick_to_make
@dataclass(frozen=True, slots=True)
class Part:
    """One node of the MIME tree; `path` is the IMAP part number (RFC 9051 6.4.5), content is transfer-decoded."""

    path: str
    media_type: str
    charset: str
    method: str
    disposition: str
    filename: str
    content_id: str
    content: bytes = field(repr=False)
    children: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """The tree of one message and what had to be repaired or left out."""

    root: Part
    problems: tuple[str, ...]


class _RefusedError(Exception):
    """The fast parser cannot tell enough about this message."""


def read_structure(raw: bytes, header: HeaderBlock, limits: Limits) -> Structure | None:
    """Answer the parts of the message with this header; None when no parser finds its way."""
    problems: list[str] = []
    end = min(len(raw), limits.message_bytes)
    if end < len(raw):
        problems.append("message-cut")
    if not header.text("content-type").lower().startswith("multipart/"):
        return _read_single(raw[header.body_start : end], header, problems)
    start, boundary = header.body_start, _boundary(header)
    outline = read_outline(raw, start, end, boundary, parts=limits.parts, depth=limits.depth)
    problems += outline.problems
    message = b"".join((_mime_header(header), memoryview(raw)[start : outline.end]))  # one copy of a large mail
    root = _read_fast(message, outline, problems, limits) or _read_lenient(message, outline, problems, limits)
    if root and not root.children and (guess := _GUESS.search(raw, start, outline.end)):
        problems.append("boundary-guessed")
        outline = read_outline(raw, start, outline.end, guess[1], parts=limits.parts, depth=limits.depth)
        problems += outline.problems
        head = b'content-type: multipart/mixed; boundary="%b"\r\n\r\n' % guess[1]
        root = _read_lenient(head + raw[start : outline.end], outline, problems, limits)
    return Structure(root, tuple(dict.fromkeys(problems))) if root else None


def _read_single(body: bytes, header: HeaderBlock, problems: list[str]) -> Structure:
    """Read a message without parts: no parser is needed, only its transfer encoding."""
    content, damaged = decode_transfer(body, read_encoding(header.text("content-transfer-encoding")))
    if damaged:
        problems.append("transfer-damaged")
    root = _make_part(
        "1", header.text("content-type"), header.text("content-disposition"), header.text("content-id"), content
    )
    return Structure(root, tuple(problems))


# A delimiter that was not announced: a line of two dashes above a MIME field.
_GUESS = re.compile(rb"^--([^\r\n\"]{1,200})\r?\nContent-[A-Za-z-]{1,40}:", re.MULTILINE | re.IGNORECASE)
# The longest that is of use: a file name in pieces (RFC 2231).
_MAX_FIELD_CHARS = 10_000


def _boundary(header: HeaderBlock) -> bytes:
    return read_parameters(header.text("content-type")).get("boundary", "").encode("utf-8", "replace")


def _mime_header(header: HeaderBlock) -> bytes:
    """Write a header with the MIME fields only, so that no other field can confuse or slow a parser."""
    names = ("content-type", "content-transfer-encoding", "content-disposition", "content-id")
    lines = [f"{name}: {value[:_MAX_FIELD_CHARS]}\r\n" for name in names if (value := header.first(name))]
    return "".join([*lines, "\r\n"]).encode("latin-1")


# ----------------------------------------------------------------------------------------- fast parser


# And nothing else: neither uuencode nor a name with something beside it, be it a blank.
_FAST_DECODES = ("base64", "quoted-printable")


def _read_fast(message: bytes, outline: Outline, problems: list[str], limits: Limits) -> Part | None:
    if outline.nested > MAX_NESTED or message.count(b"=?") > limits.encoded_words:
        problems.append("fast-parser-avoided")
        return None
    try:
        tree = fast_mail_parser.parse_email_tree(message, mode="lazy")
        return _from_node(tree, "", limits)
    except (fast_mail_parser.ParseError, _RefusedError, ValueError):
        problems.append("fast-parser-refused")
        return None


def _from_node(node: fast_mail_parser.PyLazyMimePart, path: str, limits: Limits, default: str = "") -> Part:
    fields = {name.lower(): values[0][:_MAX_FIELD_CHARS] for name, values in node.headers.items()}
    content_type = fields.get("content-type") or default
    children: tuple[Part, ...] = ()
    content = b""
    if node.is_message or not content_type.lower().startswith("multipart/"):
        content = _fast_content(node, fields.get("content-transfer-encoding", ""))
    else:
        nodes = node.children
        if not nodes or path.count(".") > limits.depth:
            raise _RefusedError
        inner = _default_type(content_type)
        children = tuple([_from_node(child, _inner_path(path, n), limits, inner) for n, child in enumerate(nodes, 1)])
    disposition, content_id = fields.get("content-disposition", ""), fields.get("content-id", "")
    return _make_part(path or "1", content_type, disposition, content_id, content, children)


def _fast_content(node: fast_mail_parser.PyLazyMimePart, transfer: str) -> bytes:
    content = node.content or b""
    if transfer.lower() in _FAST_DECODES:
        return content
    return decode_transfer(content, read_encoding(transfer))[0]


def _default_type(content_type: str) -> str:
    """Answer what a part without Content-Type is (RFC 2046 5.1.5)."""
    return "message/rfc822" if content_type.lower().startswith("multipart/digest") else "text/plain"


def _inner_path(path: str, number: int) -> str:
    return f"{path}.{number}" if path else str(number)


# -------------------------------------------------------------------------------------- lenient parser


class _OpaqueMessage(email.message.Message):
    """A message part of the standard library that does not look into forwarded messages."""

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        return "text/plain" if kind.startswith("message/") else kind


def _read_lenient(message: bytes, outline: Outline, problems: list[str], limits: Limits) -> Part | None:
    end = len(message)
    while _lines(message, end) * (outline.depth + 1) > limits.lenient_steps:
        end //= 2
    if end < len(message):
        problems.append("message-cut")
    try:
        root = email.message_from_bytes(message[:end], _OpaqueMessage)
        return _from_message(root, "", problems)
    except Exception:  # noqa: BLE001 - the standard library raises a dozen kinds on one bad message
        problems.append("structure-unreadable")
        return None


def _lines(message: bytes, end: int) -> int:
    # What ends in CR alone is a line of its own to the lenient parser.
    return message.count(b"\n", 0, end) + message.count(b"\r", 0, end) - message.count(b"\r\n", 0, end)


def _from_message(node: email.message.Message, path: str, problems: list[str], default: str = "") -> Part:
    header = scan("".join(f"{name}: {value}\n" for name, value in node.raw_items()).encode("utf-8", "surrogateescape"))
    content_type = header.text("content-type") or default
    children: tuple[Part, ...] = ()
    content = b""
    payload = node.get_payload()
    if isinstance(payload, list):
        inner = _default_type(content_type)
        children = tuple(
            [_from_message(child, _inner_path(path, n), problems, inner) for n, child in enumerate(payload, 1)]
        )
    else:
        if content_type.lower().startswith("multipart/"):
            problems.append("boundary-missing")
            content_type = "text/plain"
        content = _lenient_content(node, header, problems)
    disposition, content_id = header.text("content-disposition"), header.text("content-id")
    return _make_part(path or "1", content_type, disposition, content_id, content, children)


def _lenient_content(node: email.message.Message, header: HeaderBlock, problems: list[str]) -> bytes:
    del node["content-transfer-encoding"]  # else get_payload decodes, less tolerantly than decode_transfer
    payload = node.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    content, damaged = decode_transfer(octets, read_encoding(header.text("content-transfer-encoding")))
    if damaged:
        problems.append("transfer-damaged")
    return content


# ----------------------------------------------------------------------------------------------- parts


def _make_part(
    path: str, content_type: str, disposition: str, content_id: str, content: bytes, children: tuple[Part, ...] = ()
) -> Part:
    # Cut, for what was read is remembered for the next mail.
    media_type, charset, method, name = read_content_type(content_type[:_MAX_FIELD_CHARS])
    kind, filename = read_disposition(disposition) if disposition else ("", "")
    return Part(
        path=path,
        media_type=media_type,
        charset=charset,
        method=method,
        disposition=kind,
        filename=filename or name,
        content_id=clean_header(content_id).strip("<> ")[:998] if content_id else "",
        content=content,
        children=children,
    )


# ------------------------------------------------------------------------------------------ which is read


def walk(part: Part) -> Iterator[Part]:
    """Answer all leaves, in order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from walk(child)


def choose_bodies(part: Part, *, is_first: bool = True) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Answer the parts to read as text and the parts to show as HTML (RFC 8621 4.1.4, in short)."""
    if not part.children:
        chosen = (part,) if _is_body(part, is_first=is_first) else ()
        return chosen, chosen
    is_alternative = part.media_type == "multipart/alternative"
    found = [choose_bodies(child, is_first=is_alternative or not n) for n, child in enumerate(part.children)]
    if part.media_type == "multipart/related":
        # The others are pictures that the first one shows; `start` may name another root (RFC 2387 3.2).
        return next((one for one in found if any(one)), ((), ()))
    if is_alternative:
        return _prefer([texts for texts, _ in found], "text/plain"), _prefer([htmls for _, htmls in found], "text/html")
    return tuple([one for texts, _ in found for one in texts]), tuple([one for _, htmls in found for one in htmls])


def _is_body(part: Part, *, is_first: bool) -> bool:
    if part.disposition == "attachment" or (part.filename and not is_first):
        return False
    is_only = part.path == "1" and part.media_type.startswith("text/") and part.media_type != "text/calendar"
    return part.media_type in ("text/plain", "text/html") or is_only


def _prefer(choices: list[tuple[Part, ...]], media_type: str) -> tuple[Part, ...]:
    """Answer the choice that holds the media type; else the last that holds anything (RFC 2046 5.1.4)."""
    for choice in choices:
        if any(part.media_type == media_type for part in choice):
            return choice
    return next((choice for choice in reversed(choices) if choice), ())
