"""A whole message becomes one value: text, HTML, attachments, calendar, status."""

from __future__ import annotations

import base64
import tracemalloc
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailhelper_core.errors import NotFoundError
from mailhelper_core.mime.parse import attachment_bytes, parse, parse_headers
from mailhelper_core.mime.structure import Limits
from mailhelper_core.model.mail.message import Address

HEAD = b"From: Ada <ada@example.org>\r\nSubject: hello\r\n"


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    """Make a multipart body with its Content-Type; each part holds its own fields."""
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n{body}--{boundary}--\r\n"


def part(media_type: str, body: str, *, fields: str = "") -> str:
    return f"Content-Type: {media_type}\r\n{fields}\r\n{body}"


def mail(content: str) -> bytes:
    return HEAD + content.encode()


def test_a_mail_written_by_the_standard_library_is_read() -> None:
    written = EmailMessage()
    written["From"] = "Jürgen Müller <juergen@example.org>"
    written["To"] = "Ada <ada@example.org>, team: a@x.org, b@x.org;"
    written["Subject"] = "Rückfrage zum Vertrag"
    written["Date"] = "Mon, 23 Nov 2026 11:00:00 +0100"
    written["Message-ID"] = "<1@example.org>"
    written["In-Reply-To"] = "<0@example.org>"
    written["References"] = "<a@example.org> <0@example.org>"
    written.set_content("Grüße\n")
    written.add_alternative("<p>Grüße</p>", subtype="html")
    written.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Übersicht.pdf")

    parsed = parse(written.as_bytes())

    assert parsed.from_ == (Address("Jürgen Müller", "juergen@example.org"),)
    assert [address.addr_spec for address in parsed.to] == ["ada@example.org", "a@x.org", "b@x.org"]
    assert parsed.subject == "Rückfrage zum Vertrag"
    assert parsed.sent_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert (parsed.message_id, parsed.in_reply_to) == ("1@example.org", "0@example.org")
    assert parsed.references == ("a@example.org", "0@example.org")
    assert (parsed.text.strip(), (parsed.html or "").strip(), parsed.snippet) == ("Grüße", "<p>Grüße</p>", "Grüße")
    assert [(a.part, a.filename, a.media_type, a.size) for a in parsed.attachments] == [
        ("2", "Übersicht.pdf", "application/pdf", 4)
    ]
    assert (parsed.parse_status, parsed.problems) == ("ok", ())


def test_html_alone_gives_text() -> None:
    parsed = parse(mail(part("text/html; charset=utf-8", "<p>Hello <b>Ada</b></p><p>Bye</p>")))

    assert parsed.text == "Hello Ada\n\nBye"
    assert parsed.html == "<p>Hello <b>Ada</b></p><p>Bye</p>"


def test_plain_text_is_preferred_to_html() -> None:
    parsed = parse(
        mail(multipart("alternative", part("text/plain", "the plain"), part("text/html", "<p>the html</p>")))
    )

    assert parsed.text.strip() == "the plain"
    assert parsed.attachments == ()


def test_blank_plain_text_gives_way_to_html() -> None:
    parsed = parse(mail(multipart("alternative", part("text/plain", " "), part("text/html", "<p>the html</p>"))))

    assert parsed.text == "the html"


def test_the_footer_of_a_list_does_not_hide_an_html_body() -> None:
    parsed = parse(mail(multipart("mixed", part("text/html", "<p>the body</p>"), part("text/plain", "the <footer>"))))

    assert parsed.text.split() == ["the", "body", "the", "<footer>"]
    assert "the body" in (parsed.html or "")
    assert "the &lt;footer&gt;" in (parsed.html or "")


def test_pictures_that_the_html_shows_are_inline() -> None:
    image = base64.b64encode(b"PNG").decode()
    fields = "Content-Transfer-Encoding: base64\r\nContent-ID: <{}@x>\r\n"
    parsed = parse(
        mail(
            multipart(
                "related",
                part("text/html", '<img src="cid:logo@x">'),
                part("image/png", image, fields=fields.format("logo")),
                part("image/png", image, fields=fields.format("other")),
            )
        )
    )

    assert [(a.part, a.content_id, a.inline, a.size) for a in parsed.attachments] == [
        ("2", "logo@x", True, 3),
        ("3", "other@x", False, 3),
    ]


def test_part_paths_are_imap_part_numbers() -> None:
    inner = multipart("alternative", part("text/plain", "a"), part("text/html", "b"), boundary="i")
    report = part("application/pdf", "x", fields="Content-Disposition: attachment; filename=x.pdf\r\n")
    nested = multipart("mixed", part("image/png", "y"), report, boundary="n")
    raw = mail(multipart("mixed", inner, nested, report))

    parsed = parse(raw)

    assert [a.part for a in parsed.attachments] == ["2.1", "2.2", "3"]
    assert attachment_bytes(raw, "2.1") == b"y"
    assert attachment_bytes(raw, 1) == b"x"


def test_a_mail_that_is_one_file_has_part_1() -> None:
    raw = mail(part("application/pdf; name=a.pdf", "JVBERg==", fields="Content-Transfer-Encoding: base64\r\n"))

    assert [(a.part, a.filename, a.size) for a in parse(raw).attachments] == [("1", "a.pdf", 4)]
    assert attachment_bytes(raw, "1") == b"%PDF"


@pytest.mark.parametrize("wrong", ["9", "", "1.1", 5, -1])
def test_a_part_that_is_not_there_is_not_found(wrong: str | int) -> None:
    with pytest.raises(NotFoundError):
        attachment_bytes(mail(part("text/plain", "hi")), wrong)


def test_a_forwarded_message_is_one_attachment_and_lends_its_text() -> None:
    inner = "Subject: inner\r\nContent-Type: text/plain\r\n\r\nwords of the other\r\n"
    raw = mail(multipart("mixed", part("message/rfc822", inner)))

    parsed = parse(raw)

    assert parsed.text.strip() == "words of the other"
    assert [(a.part, a.media_type) for a in parsed.attachments] == [("1", "message/rfc822")]
    assert attachment_bytes(raw, "1").startswith(b"Subject: inner\r\n")


def test_parts_of_a_digest_are_messages() -> None:
    parsed = parse(mail(multipart("digest", "\r\nSubject: one\r\n\r\nfirst", "\r\nSubject: two\r\n\r\nsecond")))

    assert [a.media_type for a in parsed.attachments] == ["message/rfc822", "message/rfc822"]
    assert parsed.text.strip() == "first"


def test_an_invitation_is_found_with_its_method() -> None:
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    parsed = parse(
        mail(multipart("alternative", part("text/plain", "come"), part("text/calendar; method=REQUEST", calendar)))
    )

    assert (parsed.calendar or "").startswith("BEGIN:VCALENDAR\nMETHOD:REQUEST")
    assert parsed.facts.calendar_method == "REQUEST"
    assert parsed.attachments == ()


def test_a_calendar_without_method_is_published() -> None:
    assert parse(mail(part("text/calendar", "BEGIN:VCALENDAR"))).facts.calendar_method == "PUBLISH"


def test_a_method_in_any_case_is_found() -> None:
    assert parse(mail(part("text/calendar", "begin:vcalendar\nmethod:request\n"))).facts.calendar_method == "REQUEST"


def test_of_related_parts_the_first_that_can_be_read_is_the_body() -> None:
    parts = part("image/png", "PNG"), part("text/html", "<p>hello</p>", fields="Content-ID: <root>\r\n")

    parsed = parse(mail(multipart('related; start="<root>"', *parts)))

    assert (parsed.text, parsed.html) == ("hello", "<p>hello</p>")
    assert [attachment.part for attachment in parsed.attachments] == ["1"]


@pytest.mark.parametrize("encoding", ["base64 (RFC 2045)", "base64;"])
def test_a_body_is_decoded_with_something_behind_its_encoding(encoding: str) -> None:
    content = part("text/plain", "aGVsbG8=", fields=f"Content-Transfer-Encoding: {encoding}\r\n")

    assert parse(mail(content)).text == "hello"
    assert parse(mail(multipart("mixed", content))).text == "hello"


def test_long_fields_of_strangers_are_not_remembered() -> None:
    raws = [mail(part(f"text/plain; charset=x{n}; name=y{'z' * 500_000}{n}", "caf\xe9")) for n in range(20)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for raw in raws:
        parse(raw)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert after - before < 2_000_000


def test_damaged_base64_is_repaired() -> None:
    fields = "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.txt\r\n"
    raw = mail(multipart("mixed", part("text/plain", "hi"), part("text/plain", "aGVsbG8", fields=fields)))

    parsed = parse(raw)

    assert (parsed.parse_status, parsed.text.strip()) == ("repaired", "hi")
    assert "transfer-damaged" in parsed.problems
    assert attachment_bytes(raw, "2") == b"hello"


def test_an_unannounced_boundary_is_guessed() -> None:
    body = multipart("mixed", part("text/plain", "words")).replace("boundary=b", "boundary=other")

    parsed = parse(mail(body))

    assert parsed.text.strip() == "words"
    assert "boundary-guessed" in parsed.problems


def test_a_multipart_without_any_boundary_is_text() -> None:
    parsed = parse(mail("Content-Type: multipart/mixed\r\n\r\njust words\r\n"))

    assert (parsed.text.strip(), parsed.parse_status) == ("just words", "repaired")
    assert "boundary-missing" in parsed.problems


def test_octets_without_a_charset_are_guessed() -> None:
    parsed = parse(HEAD + b"\r\nGr\xfc\xdfe")

    assert (parsed.text, parsed.problems) == ("Grüße", ("charset-guessed",))


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"no header at all, just words"])
def test_mail_without_header_is_raw_only(raw: bytes) -> None:
    parsed = parse(raw)

    assert parsed.parse_status == "raw_only"
    assert parsed.text.strip() == raw.decode().strip()


def test_another_kind_of_file_gives_no_text() -> None:
    parsed = parse(b"\xd0\xcf\x11\xe0\0\0\0\0 not a mail")

    assert (parsed.parse_status, parsed.text) == ("raw_only", "")


@pytest.mark.parametrize("before", [b"\r\n\r\n", b"\xef\xbb\xbf", b"\n"])
def test_what_stands_before_the_header_is_skipped(before: bytes) -> None:
    assert parse(before + HEAD + b"\r\nhi").subject == "hello"


def test_lines_that_end_in_cr_alone_are_lines() -> None:
    parsed = parse(b"Subject: old\rFrom: a@b\r\rone\rtwo")

    assert (parsed.subject, parsed.text) == ("old", "one\ntwo")


def test_two_senders_are_noted() -> None:
    parsed = parse(b"From: a@x.org\r\nFrom: b@x.org\r\n\r\nhi")

    assert parsed.from_ == (Address("", "a@x.org"),)
    assert parsed.problems == ("from-repeated",)


def test_an_unreadable_date_is_noted() -> None:
    parsed = parse(b"From: a@x.org\r\nDate: Whenever\r\n\r\nhi")

    assert (parsed.sent_at, parsed.problems) == (None, ("date-unreadable",))


def test_long_text_is_cut_and_said_to_be_partial() -> None:
    parsed = parse(HEAD + b"\r\n" + b"a" * 100, limits=Limits(text_chars=10))

    assert (parsed.text, parsed.parse_status, parsed.problems) == ("a" * 10, "partial", ("text-cut",))


def test_headers_alone_give_the_same_fields() -> None:
    raw = mail("To: b@x.org\r\nX-Priority: 1\r\n\r\nwords")

    whole, fields = parse(raw), parse_headers(raw)

    assert fields.parse_status == "headers_only"
    assert fields.text == ""
    assert (fields.subject, fields.to, fields.headers, fields.facts) == (
        whole.subject,
        whole.to,
        whole.headers,
        whole.facts,
    )
