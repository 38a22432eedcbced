"""Mails that were made to break parsers: deep, endless, lying about their size, charset or structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

HEAD = b"From: Eve <eve@example.org>\r\nTo: ada@example.org\r\nSubject: evil\r\nMessage-ID: <evil@example.org>\r\n"
TEXT = b"Content-Type: text/plain\r\n\r\nhello\r\n"


def evil_mails() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Answer (name, maker) for each; they are big, so each is made when it is needed."""
    yield from _STRUCTURES.items()
    yield from _HEADERS.items()
    for label in _CHARSETS:
        yield f"charset {label!r}", lambda label=label: _charset(label)
    for encoding in _TRANSFER_LIES:
        yield f"transfer {encoding[:20]!r}", lambda encoding=encoding: _transfer(encoding)
    for value in _TYPE_LIES:
        yield (
            f"type {value[:30]!r}",
            lambda value=value: HEAD + b"Content-Type: " + value + b"\r\n\r\n--b\r\n\r\nhi\r\n",
        )
    for date in _DATE_LIES:
        yield f"date {date[:30]!r}", lambda date=date: b"Date: " + date + b"\r\n" + HEAD + b"\r\nhello\r\n"
    yield from _HTML.items()


def nested_multiparts(depth: int) -> bytes:
    """Open `depth` multiparts, each in the one before."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )
    return HEAD + opened + TEXT


def many_parts(count: int) -> bytes:
    """Make one multipart with `count` parts."""
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nhi\r\n" * count + b"--b--\r\n"


def _forwarded(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: inner\r\n\r\nhello\r\n"


def _field(name: bytes, value: bytes) -> bytes:
    return name + b": " + value + b"\r\n" + HEAD + b"\r\nhello\r\n"


def _charset(label: bytes) -> bytes:
    body = b"caf\xe9 \\ud800 \\x00 +AGEAYgBj- =00 \x00 \xed\xa0\x80\r\n"
    word = b"=?" + label + b"?Q?caf=E9=ED=A0=80=00?="
    field = b"Content-Type: text/plain; charset=" + label + b"\r\nX-Word: " + word + b"\r\n"
    return HEAD + field + b"\r\n" + body


def _transfer(encoding: bytes) -> bytes:
    body = b"====A=B=\r\n=ZZ=\r\naGVsbG8\r\n***\r\nM\r\nend\r\n"
    return HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


def _html(markup: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + markup


def _in_part(fields: bytes) -> bytes:
    start = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    return HEAD + start + fields + b"\r\n\r\nhi\r\n--b--\r\n"


_WORD = b"=?utf-8?q?a?= "

_STRUCTURES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one NUL": lambda: b"\0",
    "only newlines": lambda: b"\r\n" * 1000,
    "only CR": lambda: b"\r" * 5_000_000,
    "only =": lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 5_000_000,
    "only base64 padding": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 5_000_000,
    "one line of 50 MB": lambda: HEAD + b"\r\n" + b"a" * 50_000_000,
    "50 nested": lambda: nested_multiparts(50),
    "500 nested": lambda: nested_multiparts(500),
    "20,000 nested": lambda: nested_multiparts(20_000),
    "20,000 nested, odd case": lambda: nested_multiparts(20_000).replace(b"boundary", b"bOuNdArY"),
    "20,000 forwarded": lambda: _forwarded(20_000),
    "forwarded in parts": lambda: many_parts(1) + _forwarded(300),
    "100,000 parts": lambda: many_parts(100_000),
    "100,000 parts, damaged": lambda: many_parts(100_000) + _in_part(b"Content-Transfer-Encoding: base64\r\n\r\nA"),
    "200,000 forwarded in a part": lambda: _in_part(b"Content-Type: message/rfc822\r\n\r\n" * 200_000),
    "200,000 parts in CR": lambda: _in_part(b"\r\nhi" + b"\r--b\r\rhi" * 200_000),
    "5,000,000 lines in CR": lambda: _in_part(b" X\r\n\r\n" + b"a\r" * 5_000_000),
    "100,000 parts, boundary in pieces": lambda: many_parts(100_000).replace(b"boundary=b", b"boundary*0=b", 1),
    "100,000 parts, boundary encoded": lambda: many_parts(100_000).replace(
        b"multipart/mixed; boundary=b", b"=?us-ascii?q?multipart/mixed;_boun=64ary=3Db?=", 1
    ),
    "100,000 parts, inner boundary in pieces": lambda: _in_part(
        b"Content-Type: multipart/mixed; boundary*0=c\r\n\r\n" + b"--c\r\n\r\nhi\r\n" * 100_000
    ),
    "100,000 parts, each begins with the boundary": lambda: (
        many_parts(1) + b"".join(b"--b%d\r\n\r\nhi\r\n" % number for number in range(100_000))
    ),
    "deep and damaged": lambda: nested_multiparts(45) + b"x\n" * 1_000_000,
    "boundary of no letters": lambda: HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\na\r\n--\r\n',
    "boundary within itself": lambda: nested_multiparts(2).replace(b"b1", b"b0"),
    "empty related": lambda: HEAD + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n",
    "a million lines of dashes": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--x\n" * 1_000_000
    ),
    "calendar without end": lambda: _in_part(
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nRRULE:FREQ=SECONDLY;COUNT=999999999\r\nMETHOD:REQUEST"
    ),
}
_HEADERS: dict[str, Callable[[], bytes]] = {
    "header of 5 MB": lambda: b"X-A: b\r\n" * 700_000 + HEAD + b"\r\nhello\r\n",
    "line of 1 MB": lambda: _field(b"X-Long", b"a" * 1_000_000),
    "subject of 1 MB": lambda: _field(b"Subject", b"a" * 1_000_000),
    "no end of header": lambda: HEAD + b"X-A: b\r\n" * 10_000,
    "folded 100,000 times": lambda: _field(b"X-Folded", b"a\r\n " * 100_000),
    "only folds": lambda: _field(b"X-Folded", b"\r\n " * 300_000),
    "no colon": lambda: b"a" * 3_000_000,
    "20,000 encoded words": lambda: _field(b"Subject", _WORD * 20_000),
    "20,000 encoded words in a part": lambda: _in_part(b"Subject: " + _WORD * 20_000),
    "20,000 labels": lambda: _field(b"Subject", b" ".join(b"=?x%d?q?a?=" % number for number in range(20_000))),
    "unterminated words": lambda: _field(b"Subject", b"=?utf-8?q?a" * 50_000),
    "words in words": lambda: _field(b"Subject", b"=?utf-8?q?=?utf-8?q?" * 50_000 + b"?="),
    "20,000 recipients": lambda: _field(b"To", b", ".join(b"a%d@example.org" % number for number in range(20_000))),
    "200,000 commas": lambda: _field(b"To", b"," * 200_000),
    "20,000 quotes": lambda: _field(b"To", b'"' * 20_001),
    "escaped quotes": lambda: _field(b"To", b'"' + b'\\"' * 100_000),
    "5,000 comments": lambda: _field(b"From", b"(" * 5_000 + b"a" + b")" * 5_000 + b" a@example.org"),
    "angles": lambda: _field(b"From", b"<" * 100_000),
    "at signs": lambda: _field(b"From", b"a@" * 50_000),
    "blanks before an angle": lambda: _field(b"From", b"a" + b" " * 100_000 + b"<"),
    "endless references": lambda: _field(b"References", b" ".join(b"<%d@x>" % number for number in range(80_000))),
    "open message id": lambda: _field(b"Message-ID", b"<"),
    "10,000 parameters": lambda: HEAD + b"Content-Type: text/plain" + b"; a=b" * 10_000 + b"\r\n\r\nhi\r\n",
    "10,000 pieces": lambda: (
        HEAD
        + b"Content-Type: text/plain"
        + b"".join(b"; name*%d=a" % number for number in range(10_000))
        + b"\r\n\r\nhi\r\n"
    ),
    "piece number of 5,000 digits": lambda: (
        HEAD + b"Content-Type: text/plain; name*" + b"9" * 5_000 + b"=a\r\n\r\nhi\r\n"
    ),
    "open parameter": lambda: HEAD + b'Content-Type: text/plain; name="' + b'\\"' * 100_000 + b"\r\n\r\nhi\r\n",
    "injected fields": lambda: _field(b"Subject", b"=?utf-8?q?a=0D=0ABcc:_x@example.org=00?="),
    "file names": lambda: _in_part(
        b'Content-Disposition: attachment; filename="../../etc/\xe2\x80\xaepasswd\0.exe"\r\n'
        b"Content-Type: application/pdf; name*=utf-8''a%0D%0Ab%00.pdf"
    ),
    "two senders": lambda: b"From: a@example.org\r\nFrom: b@example.org\r\n" + HEAD + b"\r\nhi\r\n",
    "raw 8-bit address": lambda: _field(b"From", b"J\xfcrgen <j\xfcrgen@\xff\xfe.example>"),
}
_CHARSETS = (
    b"rot13", b"zlib", b"hex", b"base64", b"idna", b"punycode", b"unicode_escape", b"raw_unicode_escape", b"utf-7",
    b"utf-16", b"utf-32", b"undefined", b"mbcs", b"oem", b"hz", b"iso-2022-jp", b"iso-2022-kr", b"x-unknown", b"\0",
    b"../../etc/passwd", b"..", b"utf-8\0", b"\xff", b"a" * 5_000, b"x-mac-cyrillic", b"windows-874", b"iso-8859-8-i",
    b"encodings", b"aliases", b"__init__",
)  # fmt: skip
_TRANSFER_LIES = (
    b"base64", b"quoted-printable", b"x-uuencode", b"7bit", b"binary", b"BASE64\0", b"gzip", b"\xff", b"b" * 10_000,
)  # fmt: skip
_TYPE_LIES = (
    b"", b"/", b"text", b"text/", b"multipart", b"multipart/mixed", b"multipart/mixed; boundary", b"multipart/x;=;",
    b"multipart/mixed; boundary=\xff", b"multipart/mixed; boundary*=utf-8''b", b"(comment) text/plain",
    b"message/rfc822", b"message/partial; total=1e9", b"text/html; charset=" + b'"' * 1000, b"a/b" * 1000,
    b";" * 50_000,
)  # fmt: skip
_DATE_LIES = (
    b"Whenever", b"<HR>", b"", b"\0", b"Mon, 30 Feb 2026 25:61:61 +9999", b"Fri, 1 Jan 0000 00:00:00 +0000",
    b"Fri, 31 Dec 9999 23:59:59 -2359", b"1 Jan 99999 00:00 GMT", b"9" * 5_000, b"1 Jan 2026 00:00:00 +" + b"9" * 100,
    b"1 Jan 102 10:00:00 +0000", b"2026-01-01T10:00:00Z", b"( (" * 1_000, b":" * 1_000, b"-1 -1 -1",
)  # fmt: skip
_HTML: dict[str, Callable[[], bytes]] = {
    "90 parts of 280 KB": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>hello</p>\r\n" * 20_000) * 90
    ),
    "100,000 div": lambda: _html(b"<div>" * 100_000 + b"deep"),
    "100,000 div closed": lambda: _html(b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000),
    "2,000,000 tags": lambda: _html(b"<b>x</b>" * 2_000_000),
    "open formatting": lambda: _html(
        b"<p>" + b"".join(b"<b a=%d>" % number for number in range(5_000)) + b"<p>x" * 5_000
    ),
    "formatting closed in comments": lambda: _html(
        b"<p>" + b"".join(b"<b a=%d><!--</b>-->" % number for number in range(5_000)) + b"<p>x" * 5_000
    ),
    "open comment": lambda: _html(b"<!--" * 500_000),
    "open tags": lambda: _html(b"<a " * 500_000),
    "open style": lambda: _html(b"<style>" * 300_000),
    "attributes": lambda: _html(b"<a " + b"x=y " * 500_000 + b">text</a>"),
    "open attribute": lambda: _html(b'<a x="' * 300_000),
    "one style": lambda: _html(b'<p style="' + b"font:" * 200_000 + b'">text</p>'),
    "tables in tables": lambda: _html(b"<table><tr><td>" * 50_000 + b"x"),
    "references": lambda: _html(b"&#x2;&#3;&#0;&#55296;&lt" * 100_000),
}
