"""The parts of a mail as Sieve's `body` sees them; Pigeonhole's answers are tested against these too."""

from __future__ import annotations

import time

import pytest

from mailhelper_core.rules.sieve.mail import RawMail

HEAD = "From: a@example.org\r\nMIME-Version: 1.0\r\n"


def mail(content_type: str, body: str, *, encoding: str = "7bit") -> RawMail:
    fields = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return RawMail(f"{HEAD}{fields}\r\n{body}".encode())


def parts(content_type: str, body: str) -> list[tuple[str, str]]:
    return [(part.media_type, part.text) for part in mail(content_type, body).body_parts()]


MIXED = "multipart/mixed; boundary=b"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            "before\r\n--b\r\n\r\none\r\n--b--\r\nbehind",
            [("multipart/mixed", "before"), ("text/plain", "one"), ("multipart/mixed", "behind")],
        ),
        ("--b\r\n\r\none\r\n--b--\r\n", [("multipart/mixed", ""), ("text/plain", "one")]),
        ("--b\r\n\r\none", [("multipart/mixed", ""), ("text/plain", "one")]),
        ("--b\r\n\r\n\r\n--b--", [("multipart/mixed", ""), ("text/plain", "")]),
        ("--b\r\n\r\n--b--", [("multipart/mixed", ""), ("text/plain", "")]),
        ("--b\r\nContent-Type: text/html\r\n--b--", [("multipart/mixed", "")]),
        ("--bb\r\n\r\none\r\n-- b", [("multipart/mixed", "--bb\n\none\n-- b")]),
        ("--b \r\n\r\none\r\n--b--\t\r\n", [("multipart/mixed", ""), ("text/plain", "one")]),
        ("--b\n\none\n--b--\n", [("multipart/mixed", ""), ("text/plain", "one")]),
    ],
)
def test_the_texts_around_parts_are_parts_of_the_multipart(body: str, found: list[tuple[str, str]]) -> None:
    assert parts(MIXED, body) == found


def test_a_multipart_without_a_boundary_is_one_text() -> None:
    assert parts("multipart/mixed", "--b\r\n\r\none") == [("multipart/mixed", "--b\n\none")]


def test_of_an_enclosed_mail_the_header_counts_and_its_parts() -> None:
    inner = 'Subject: in\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n\r\ntwo\r\n--c--\r\n'

    found = parts(MIXED, f"--b\r\nContent-Type: Message/RFC822\r\n\r\n{inner}--b--\r\n")

    assert [kind for kind, _ in found] == ["multipart/mixed", "message/rfc822", "multipart/mixed", "text/plain"]
    assert found[1][1].startswith("Subject: in\n")
    assert found[3][1] == "two"


def test_a_digest_holds_mails() -> None:
    found = parts("multipart/digest; boundary=b", "--b\r\n\r\nSubject: in\r\n\r\ntwo\r\n--b--")

    assert found == [("multipart/digest", ""), ("message/rfc822", "Subject: in\n"), ("text/plain", "two")]


def test_what_a_charset_does_not_explain_is_no_letter() -> None:
    octets = "Café".encode("latin-1")
    raw = f"{HEAD}Content-Type: text/plain; charset=%s\r\n\r\n"

    (known,) = RawMail((raw % "iso-8859-1").encode() + octets).body_parts()
    (unknown,) = RawMail((raw % "x-unheard-of").encode() + octets).body_parts()

    assert (known.text, unknown.text) == ("Café", "Caf\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize(
    ("content_type", "body", "texts"),
    [
        ("text/html", "<p>one</p>", ["one"]),
        ("application/xhtml+xml", "<p>one</p>", ["one"]),
        ("text/html", "<p><br></p>", [""]),
        ("text/html", "<p><br></p>\r\n", [" "]),
        ("text/html", "", [""]),
        ("text/plain", "\r\n", ["\n"]),
        ("text/csv", "a,b", ["a,b"]),
        ("image/png", "one", []),
    ],
)
def test_the_text_that_one_reads(content_type: str, body: str, texts: list[str]) -> None:
    assert mail(content_type, body).body_text() == texts


def test_a_mail_that_ends_in_its_header_has_no_part() -> None:
    assert RawMail(b"Subject: x\r\n").body_parts() == ()


def test_deep_and_many_parts_take_no_long_time() -> None:
    deep = "".join(f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(5_000))
    began = time.process_time()

    assert len(parts('multipart/mixed; boundary="0"', deep)) <= 60
    assert len(parts(MIXED, "--b\r\n\r\n" * 100_000)) <= 1_001

    assert time.process_time() - began < 2


@pytest.mark.parametrize("encoding", ["base64 (x)", "base64;", '"base64"', "BASE64\t"])
def test_a_body_is_decoded_whatever_stands_beside_the_name_of_its_encoding(encoding: str) -> None:
    (part,) = mail("text/plain", "aGFsbG8=\r\n", encoding=encoding).body_parts()

    assert part.text == "hallo"
