"""Mutated mail: whatever the octets are, parsing answers, and the answers agree with each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.mime.html.safe import safe_html
from mailhelper_core.mime.html.text import html_to_text
from mailhelper_core.mime.identity import header_fields, match_key, reference_hashes
from mailhelper_core.mime.parse import attachment_bytes, parse, parse_body, parse_headers
from mailhelper_core.mime.quote import split_reply
from mailhelper_core.mime.structure import Limits
from tests.unit.mime.strings import unclean

SEEDS = (
    b"From: Ada <ada@x.org>\r\nTo: a@x.org, team: b@x.org;\r\nDate: Mon, 23 Nov 2026 11:00:00 +0100\r\n"
    b"Message-ID: <1@x.org>\r\nReferences: <0@x.org> <a@x.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"X-Spam-Status: No, score=-1.0\r\n\r\nHello\r\n\r\nOn 1.1.2026 Ada <a@x> wrote:\r\n> old\r\n-- \r\nAda\r\n",
    b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: multipart/alternative;\n'
    b" boundary=c\n\n--c\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n"
    b"\nGr=FC=DFe\n--c\nContent-Type: text/html\n\n<p style='font-size:0'>a<b>b</b></p>\n--c--\n--b\n"
    b"Content-Type: application/pdf; name*=utf-8''a%20b.pdf\nContent-Disposition: attachment;\n filename=a.pdf\n"
    b"Content-Transfer-Encoding: base64\n\nJVBERg==\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\nin\n--b--\n",
    b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
    b"Content-Type: text/html; charset=utf-7\n\n<div><img src=cid:a><a href='javascript:x'>x</a>+AGE-</div>",
)
TOKENS = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b"\0", b"--b", b"--b--", b"--c\n", b"=?utf-8?b?", b"?=", b"\n\n", b": ", b"; ", b'"', b"<",
     b">", b"(", b"\\", b"boundary=", b"charset=", b"message/rfc822", b"multipart/digest", b"base64", b"x-uuencode",
     b"\xff\xfe", b"\xed\xa0\x80", b"=", b"%", b"*0*=", b"unicode_escape", b"-- \n", b"From:", b"\n ", b"<!--"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Take a small mail and cut, double, replace and insert."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        piece = draw(TOKENS | st.binary(max_size=8) | st.just(raw[start:end] * 2))
        raw = raw[:start] + piece + raw[end:]
    return raw


@given(mutated() | st.binary(max_size=400))
def test_any_octets_are_read(raw: bytes) -> None:
    parsed, fields = parse(raw), parse_headers(raw)

    assert unclean(parsed) == []
    assert unclean(fields) == []
    assert (fields.subject, fields.from_, fields.sent_at) == (parsed.subject, parsed.from_, parsed.sent_at)
    assert parse(raw) == parsed
    assert parse_body(raw) == (parsed.text, parsed.html)
    for attachment in parsed.attachments:
        assert len(attachment_bytes(raw, attachment.part)) == attachment.size


@given(mutated() | st.binary(max_size=400), st.integers(0, 60), st.integers(0, 60))
def test_what_is_stored_does_not_depend_on_what_is_shown(raw: bytes, text_chars: int, html_chars: int) -> None:
    for limits in (Limits(), Limits(text_chars=text_chars, html_chars=html_chars)):
        shown, stored = parse(raw, limits=limits), parse(raw, limits=limits, is_shown=False)

        assert stored.headers == ()
        assert replace(stored, headers=shown.headers, html=shown.html) == shown


@given(mutated() | st.binary(max_size=400))
def test_any_octets_have_an_identity_and_parts_to_show(raw: bytes) -> None:
    parsed = parse(raw)

    assert len(match_key(header_fields(raw), datetime(2026, 11, 23, tzinfo=UTC))) == 16
    assert len(reference_hashes(parsed.message_id, parsed.in_reply_to, parsed.references)) <= 22
    assert split_reply(parsed.text).own is not None
    assert html_to_text(safe_html(parsed.html or "")) is not None
