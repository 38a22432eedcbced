"""Read a message: bytes in, a frozen ParsedMessage out; never raises, whatever the bytes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from itertools import accumulate

from mailhelper_core.errors import NotFoundError
from mailhelper_core.mime.attached import list_attachments
from mailhelper_core.mime.decode import decode_field
from mailhelper_core.mime.facts import read_facts
from mailhelper_core.mime.header import (
    MAX_ADDRESS_CHARS,
    HeaderBlock,
    read_addresses,
    read_date,
    read_id,
    read_references,
    scan,
)
from mailhelper_core.mime.html.text import html_to_text
from mailhelper_core.mime.quote import snippet
from mailhelper_core.mime.structure import Limits, Part, Structure, choose_bodies, read_structure, walk
from mailhelper_core.mime.texts import decode_parts
from mailhelper_core.model.mail.message import Address, Attachment, MailFacts, ParseStatus
from mailhelper_core.model.quick import quick_to_make

DEFAULT_LIMITS = Limits()
# A subject of 998 characters is what RFC 5322 allows in one line; field values above 10,000 are no reading matter.
_MAX_SUBJECT_CHARS = 998
_MAX_VALUE_CHARS = 10_000
# Without a header and with a NUL so early it is some other file, not text.
_PEEK_BYTES = 4_096
_LEFT_OUT = frozenset(
    {"header-cut", "fields-cut", "addresses-cut", "message-cut", "parts-cut", "depth-cut", "text-cut"}
)


_NO_FACTS = MailFacts()


@quick_to_make
@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """What one message says; every string is clean for both databases.

    `html` is decoded but not safe to show: see mime.html.safe.safe_html. `problems` are codes, never content.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    from_: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)
    html: str | None = field(default=None, repr=False)
    snippet: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    calendar: str | None = field(default=None, repr=False)
    facts: MailFacts = _NO_FACTS
    parse_status: ParseStatus = "ok"
    problems: tuple[str, ...] = ()


def parse(raw: bytes, *, limits: Limits = DEFAULT_LIMITS, is_shown: bool = True) -> ParsedMessage:
    """Read a whole message; what cannot be read is left out and named in `problems`.

    Without `is_shown` what only its reader sees is left out too: `headers`, and `html` where nothing else needs it.
    """
    raw, header = _open(raw)
    return _build(header, _content(raw, header, limits, is_shown=is_shown), is_shown=is_shown)


def parse_body(raw: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[str, str | None]:
    """Answer the text and the HTML of a whole message as `parse` does, and nothing else: what showing it needs."""
    content = _content(*_open(raw), limits, is_shown=True)
    return content.text, content.html


def parse_headers(header_bytes: bytes) -> ParsedMessage:
    """Read a message of which only the header is at hand; the status is `headers_only`."""
    return replace(_build(_open(header_bytes)[1], _NOTHING), parse_status="headers_only")


def header_fields_of(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Answer the decoded header fields of a raw message."""
    return _read_headers(_open(raw)[1])


def attachment_bytes(raw: bytes, part: str | int, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Answer the decoded octets of a part: by its IMAP part number, or by its index among the attachments.

    Raises NotFoundError when the message has no such part.
    """
    raw, header = _open(raw)
    structure = read_structure(raw, header, limits)
    leaves = {leaf.path: leaf for leaf in walk(structure.root)} if structure else {}
    if structure and isinstance(part, int):
        attachments = _read_content(structure, limits, is_shown=False).attachments
        part = attachments[part].part if 0 <= part < len(attachments) else ""
    if part not in leaves:
        raise NotFoundError("The message has no such part.")
    return leaves[part].content


def _open(raw: bytes) -> tuple[bytes, HeaderBlock]:
    """Read the header, past a byte order mark and empty lines; lines that end in CR alone become lines."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    if raw.startswith((b"\r", b"\n", b"\xef\xbb\xbf")):
        raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return raw, scan(raw)


@dataclass(frozen=True, slots=True)
class _Content:
    """What the body of a message gives."""

    text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    calendar: str | None = None
    calendar_method: str = ""
    problems: tuple[str, ...] = ()


_NOTHING = _Content()
_UNREADABLE = _Content(problems=("structure-unreadable",))


def _build(header: HeaderBlock, content: _Content, *, is_shown: bool = True) -> ParsedMessage:
    from_ = read_addresses(header.first("from"))
    reply_to = read_addresses(header.first("reply-to"))
    sent_at = read_date(header.first("date"))
    problems = tuple(dict.fromkeys((*header.problems, *_header_problems(header, sent_at), *content.problems)))
    return ParsedMessage(
        message_id=read_id(header.first("message-id")),
        in_reply_to=read_id(header.first("in-reply-to")),
        references=read_references(header.all("references")),
        subject=header.text("subject")[:_MAX_SUBJECT_CHARS],
        from_=from_,
        sender=next(iter(read_addresses(header.first("sender"))), None),
        reply_to=reply_to,
        to=read_addresses(", ".join(header.all("to"))),
        cc=read_addresses(", ".join(header.all("cc"))),
        bcc=read_addresses(", ".join(header.all("bcc"))),
        sent_at=sent_at,
        headers=_read_headers(header) if is_shown else (),
        text=content.text,
        html=content.html,
        snippet=snippet(content.text) if content.text else "",
        attachments=content.attachments,
        calendar=content.calendar,
        facts=read_facts(header, from_=from_, reply_to=reply_to, calendar_method=content.calendar_method),
        parse_status=_status(problems) if problems else "ok",
        problems=problems,
    )


def _read_headers(header: HeaderBlock) -> tuple[tuple[str, str], ...]:
    if header.body_start < _MAX_VALUE_CHARS and header.is_plain:
        return header.fields
    return tuple([(name, decode_field(value[:_MAX_VALUE_CHARS])) for name, value in header.fields])


def _header_problems(header: HeaderBlock, sent_at: datetime | None) -> Iterator[str]:
    if len(header.all("from")) > 1:  # readers differ in which one they show
        yield "from-repeated"
    if sent_at is None and header.first("date"):
        yield "date-unreadable"
    if header.body_start > MAX_ADDRESS_CHARS and any(
        sum(map(len, header.all(name))) > MAX_ADDRESS_CHARS for name in ("from", "to", "cc", "bcc")
    ):
        yield "addresses-cut"


def _status(problems: tuple[str, ...]) -> ParseStatus:
    if "header-missing" in problems:
        return "raw_only"
    if "structure-unreadable" in problems:
        return "headers_only"
    return "repaired" if _LEFT_OUT.isdisjoint(problems) else "partial"


# ------------------------------------------------------------------------------------------------ body


def _content(raw: bytes, header: HeaderBlock, limits: Limits, *, is_shown: bool) -> _Content:
    if not header.fields and b"\0" in raw[:_PEEK_BYTES]:
        return _NOTHING
    structure = read_structure(raw, header, limits)
    return _UNREADABLE if structure is None else _read_content(structure, limits, is_shown=is_shown)


def _read_content(structure: Structure, limits: Limits, *, is_shown: bool) -> _Content:
    root = structure.root
    problems = list(structure.problems)
    texts, htmls = choose_bodies(root)
    chosen = {part.path for part in (*texts, *htmls)}
    if not chosen and (inner := _forwarded(root, limits)):
        texts, htmls = choose_bodies(inner)
    texts, htmls = _readable(texts, limits, problems), _readable(htmls, limits, problems)
    has_html = any([part.media_type == "text/html" for part in htmls])
    decoded = decode_parts((*texts, *htmls) if has_html else texts, limits, problems)
    text = "\n".join([_as_text(part, decoded.clean(part)) for part in texts])
    left = [leaf for leaf in walk(root) if leaf.path not in chosen]
    html = None
    # Whether it is too long, and which pictures it shows, is known without it of nearly all mail.
    if has_html and (is_shown or not text.strip() or any([leaf.content_id for leaf in left]) or decoded.may_be_long()):
        html = "\n".join([_as_html(part, decoded.clean(part)) for part in htmls])
    if html and not text.strip():
        text = html_to_text(html, is_clean=True)
    if len(text) > limits.text_chars or len(html or "") > limits.html_chars:
        problems.append("text-cut")
    calendar, method = _read_calendar(root, limits)
    return _Content(
        text=text[: limits.text_chars],
        html=html[: limits.html_chars] if html is not None else None,
        attachments=list_attachments(left, html or ""),
        calendar=calendar,
        calendar_method=method,
        problems=tuple(problems),
    )


def _readable(parts: tuple[Part, ...], limits: Limits, problems: list[str]) -> tuple[Part, ...]:
    """Leave out what stands behind more than anybody is shown: each part may be as long as that, and they are many."""
    before = accumulate((len(part.content) for part in parts), initial=0)
    kept = tuple([part for part, octets in zip(parts, before, strict=False) if octets <= limits.html_chars])
    if len(kept) < len(parts):
        problems.append("text-cut")
    return kept


def _forwarded(root: Part, limits: Limits) -> Part | None:
    """Answer the tree of the first forwarded message: what a mail without words of its own says."""
    for leaf in walk(root):
        if leaf.media_type == "message/rfc822":
            raw, header = _open(leaf.content)
            inner = read_structure(raw, header, limits)
            return inner.root if inner and any(choose_bodies(inner.root)) else None
    return None


def _as_text(part: Part, text: str) -> str:
    return html_to_text(text, is_clean=True) if part.media_type == "text/html" else text


def _as_html(part: Part, text: str) -> str:
    return text if part.media_type == "text/html" else f"<pre>{escape(text)}</pre>"


_METHOD = re.compile(r"^METHOD:([A-Za-z-]{1,20})", re.MULTILINE | re.IGNORECASE)


def _read_calendar(root: Part, limits: Limits) -> tuple[str | None, str]:
    """Answer the first calendar part and its method; PUBLISH where none is said (RFC 5546 1.4)."""
    for leaf in walk(root):
        if leaf.media_type in ("text/calendar", "application/ics"):
            calendar = decode_parts([leaf], limits, []).clean(leaf)[: limits.text_chars]
            match = _METHOD.search(calendar)
            method = match[1] if match else leaf.method[:20]
            return calendar, method.upper() or "PUBLISH"
    return None, ""
