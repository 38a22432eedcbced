"""Break sound mails the way real ones are broken; each function is one kind of damage."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailhelper_core.testing.generator.header import fold

_LONG_LINE = 30_000
_HUGE_FIELD = 60_000


def _without(name: str) -> Callable[[bytes], bytes]:
    field = re.compile(rb"(?mi)^" + name.encode() + rb":.*\r\n(?:[ \t].*\r\n)*")
    return lambda raw: field.sub(b"", raw, count=1)


def _with_body(content_type: bytes, encoding: bytes, body: bytes) -> Callable[[bytes], bytes]:
    """Replace the body and what describes it."""

    def damage(raw: bytes) -> bytes:
        header = _split(raw)[0]
        for name in ("Content-Type", "Content-Transfer-Encoding"):
            header = _without(name)(header)
        fields = b"Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n" % (content_type, encoding)
        return header + fields + b"\r\n" + body

    return damage


def _split(raw: bytes) -> tuple[bytes, bytes]:
    header, _, body = raw.partition(b"\r\n\r\n")
    return header + b"\r\n", body


def _nul_bytes(raw: bytes) -> bytes:
    header, body = _split(raw)
    return header + b"\r\n" + body[:40] + b"\0\0" + body[40:] + b"\0"


def _raw_8bit_header(raw: bytes) -> bytes:
    return b"Subject: Gr\xfc\xdfe aus M\xfcnchen\r\n" + _without("Subject")(raw)


def _nested(raw: bytes) -> bytes:
    """Forward the mail as an attachment of an attachment of an attachment."""
    for depth in range(3):
        header = _split(raw)[0]
        for name in ("Content-Type", "Content-Transfer-Encoding"):
            header = _without(name)(header)
        boundary = b"nested-%d-=_cut" % depth
        part = b"--%s\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--%s--\r\n" % (boundary, raw, boundary)
        text = b"--%s\r\nContent-Type: text/plain\r\n\r\nFYI\r\n" % boundary
        raw = header + b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n' % boundary + text + part
    return raw


def _unfinished(raw: bytes) -> bytes:
    header, body = _split(_nested(raw))
    return header + b"\r\n" + body[: len(body) * 2 // 3]


def _long_line(raw: bytes) -> bytes:
    body = b"word " * (_LONG_LINE // 5)
    return _with_body(b"text/plain; charset=utf-8", b"8bit", body + b"\r\n")(raw)


def _huge_header(raw: bytes) -> bytes:
    ids = " ".join(f"<{number:08d}.part@example.org>" for number in range(_HUGE_FIELD // 28))
    return fold(f"References: {ids}").encode() + b"\r\n" + _without("References")(raw)


def _lying_date(raw: bytes) -> bytes:
    return b"Date: Thu, 32 Foo 2102 25:61:00 +9999\r\n" + _without("Date")(raw)


def _bare_line_feeds(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def _empty_body(raw: bytes) -> bytes:
    return _split(raw)[0] + b"\r\n"


def _two_senders(raw: bytes) -> bytes:
    return b"From: somebody.else@example.net\r\n" + raw


ODDITIES: dict[str, Callable[[bytes], bytes]] = {
    "missing Message-ID": _without("Message-ID"),
    "missing Date": _without("Date"),
    "lying Date": _lying_date,
    "broken base64": _with_body(b"text/plain; charset=utf-8", b"base64", b"SGVsbG8gd29ybGQ*~~=!\r\nabc=de\r\n"),
    "unknown charset": _with_body(b"text/plain; charset=x-unheard-of", b"8bit", b"Caf\xe9 um zehn?\r\n"),
    "lying charset": _with_body(b"text/plain; charset=us-ascii", b"8bit", "Grüße aus Köln\r\n".encode()),
    "NUL bytes": _nul_bytes,
    "8-bit header": _raw_8bit_header,
    "nested messages": _nested,
    "unfinished multipart": _unfinished,
    "empty body": _empty_body,
    "long line": _long_line,
    "huge header": _huge_header,
    "bare line feeds": _bare_line_feeds,
    "two From fields": _two_senders,
}
DUPLICATE = "duplicate Message-ID"
