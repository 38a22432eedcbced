"""MIME parts by offset: the cuts are right on sound mail, and nothing fails on broken mail."""

from __future__ import annotations

import email

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.testing import MailboxGenerator
from mailhelper_core.testing.commands.body_structure import render_structure
from mailhelper_core.testing.commands.envelope import render_envelope
from mailhelper_core.testing.mailstore.content import Content, choose_fields
from mailhelper_core.testing.mailstore.structure import Part


def leaves(part: Part) -> list[Part]:
    if part.children:
        return [leaf for child in part.children for leaf in leaves(child)]
    return [part]


def test_parts_are_those_that_the_standard_library_finds() -> None:
    for mail in MailboxGenerator(1).mails(60):
        if mail.truth.oddity is not None or mail.truth.kind == "bounce":
            continue  # the standard library takes a delivery report apart; we serve it whole
        expected = [part for part in email.message_from_bytes(mail.raw).walk() if not part.is_multipart()]

        found = [
            (part.media_type, mail.raw[part.body : part.end]) for part in leaves(Content(mail.raw, "M1").structure)
        ]

        assert [media_type for media_type, _ in found] == [part.get_content_type() for part in expected]
        for (_, cut), part in zip(found, expected, strict=True):
            if cut.isascii():  # it decodes the others by their charset
                assert cut.decode() == part.get_payload()


FRAGMENTS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=a\r\n", b"Content-Type: message/rfc822\r\n", b"--a\r\n", b"--a--\r\n",
        b"\r\n", b"\n", b"--a", b"Content-Type: text/plain; charset*0*=x''%ff; name*=\xff\r\n",
        b"From: a@b, <>, x:;\r\n",
        b"Content-Type: multipart/mixed\r\n", b" folded\r\n", b"To: \xff\xfe <\xe4@example.org>\r\n",
        b"text\r\n", b"\0",
        b"Content-Disposition: attachment; filename=\"a\\\"b\"\r\n", b"Content-Type: multipart/mixed; boundary=\"\r\n",
    ]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=14).map(b"".join) | st.binary(max_size=120))
def test_any_bytes_have_a_structure_and_an_envelope(raw: bytes) -> None:
    content = Content(raw, "M1")

    assert render_structure(content, extended=True).startswith(b"(")
    assert render_envelope(content.structure.header).startswith(b"(")
    assert content.header + content.text == raw
    assert all(0 <= part.start <= part.body <= part.end <= len(raw) for part in leaves(content.structure))


def test_header_fields_are_chosen_with_their_folds() -> None:
    header = b"To: a\r\nSubject: one\r\n two\r\nX: y\r\n\r\n"

    assert choose_fields(header, frozenset({b"SUBJECT"})) == b"Subject: one\r\n two\r\n\r\n"
    assert choose_fields(header, frozenset({b"SUBJECT"}), inverted=True) == b"To: a\r\nX: y\r\n\r\n"


def test_groups_are_marked_in_the_envelope() -> None:
    header = Content(b"To: friends: a@x.test, B <b@x.test>;, c@x.test\r\nCc: undisclosed-recipients:;\r\n\r\n", "M1")

    envelope = render_envelope(header.structure.header)

    group = (
        b'((NIL NIL "friends" NIL)(NIL NIL "a" "x.test")("B" NIL "b" "x.test")(NIL NIL NIL NIL)(NIL NIL "c" "x.test"))'
    )
    assert group in envelope
    assert b'((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL))' in envelope
