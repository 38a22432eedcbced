"""Header blocks, addresses, ids and dates of good and bad mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.mime.header import read_addresses, read_date, read_id, read_references, scan
from mailhelper_core.model.mail.message import Address


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_fields_are_unfolded_and_in_order(end: bytes) -> None:
    raw = end.join([b"From: a@b", b"Subject: one", b"\ttwo", b"  three ", b"to:c@d", b"", b"body"])

    header = scan(raw)

    assert header.fields == (("From", "a@b"), ("Subject", "one two three"), ("to", "c@d"))
    assert raw[header.body_start :] == b"body"
    assert header.problems == ()


def test_only_blanks_at_the_end_of_a_value_go() -> None:
    raw = "To: ada@b.example \t\nSubject: voilà\n\n".encode()  # the letter's last octet alone is a no-break space

    header = scan(raw)

    assert header.first("to") == "ada@b.example"
    assert header.text("subject") == "voilà"


def test_lines_that_are_no_fields_are_skipped() -> None:
    header = scan(b"From eve Mon Jan 1\n>From: x\nnonsense\nSubject : s\n\nbody")

    assert header.fields == ((">From", "x"), ("Subject", "s"))
    assert header.problems == ()


def test_text_after_the_last_field_is_body_when_no_empty_line_ends_the_header() -> None:
    raw = b"From: a@b\nSubject: s\n folded\nThis is the body\nof the mail\n\nmore"

    header = scan(raw)

    assert header.problems == ("separator-missing",)
    assert raw[header.body_start :] == b"This is the body\nof the mail\n\nmore"


def test_mail_without_header_is_all_body() -> None:
    header = scan(b"just text\nand more\n\nend")

    assert (header.fields, header.body_start, header.problems) == ((), 0, ("header-missing",))


def test_many_fields_are_cut() -> None:
    header = scan(b"X: y\n" * 5_000 + b"\nbody")

    assert len(header.fields) == 1_000
    assert header.problems == ("fields-cut",)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("", []),
        ("ada@example.org", [("", "ada@example.org")]),
        ("Ada Lovelace <ada@example.org>", [("Ada Lovelace", "ada@example.org")]),
        ('"Doe, John" <j@x.org>, b@x.org', [("Doe, John", "j@x.org"), ("", "b@x.org")]),
        ('"a \\"b\\" c" <j@x.org>', [('a "b" c', "j@x.org")]),
        ("=?utf-8?q?Doe=2C_J=C3=BCrgen?= <j@x.org>", [("Doe, Jürgen", "j@x.org")]),
        ('"=?utf-8?q?J=C3=BCrgen?=" <j@x.org>', [("Jürgen", "j@x.org")]),
        ("team: a@x.org, B <b@x.org>; c@x.org", [("", "a@x.org"), ("B", "b@x.org"), ("", "c@x.org")]),
        ("undisclosed-recipients:;", []),
        ("j@x.org (John Doe)", [("John Doe", "j@x.org")]),
        ("Pete(A wonderful \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
        ("<@a.org,@b.org:j@x.org>", [("", "j@x.org")]),
        ("jack@lindsaar.com <test@lindsaar.net>", [("jack@lindsaar.com", "test@lindsaar.net")]),
        ("Big Bug bb@bug.com", [("Big Bug", "bb@bug.com")]),
        ('"john doe"@x.org', [("", '"john doe"@x.org')]),
        ("jdoe@test   . example", [("", "jdoe@test.example")]),
        ("j@[IPv6:2001:db8::1]", [("", "j@[IPv6:2001:db8::1]")]),
        ("J\xfcrgen <j\xfcrgen@x.org>", [("Jürgen", "jürgen@x.org")]),
        ("Nobody", [("Nobody", "")]),
        ("<>", []),
        (",,a@b,,", [("", "a@b")]),
        ("a@b; c@d", [("", "a@b"), ("", "c@d")]),
        ('"open <j@x.org>', [("open", "j@x.org")]),
        ("Ada\r\n <ada@x.org>", [("Ada", "ada@x.org")]),
    ],
)
def test_addresses_are_read(raw: str, found: list[tuple[str, str]]) -> None:
    assert read_addresses(raw) == tuple(Address(name, addr_spec) for name, addr_spec in found)


@given(st.text(st.sampled_from('ab@.<>"\\(),;: =?[]\xfc\x00'), max_size=60))
def test_any_address_field_can_be_read(raw: str) -> None:
    for address in read_addresses(raw):
        assert address.name or address.addr_spec


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("<a@b>", "a@b"),
        ("  <a@b> (comment)", "a@b"),
        ("a@b", "a@b"),
        ("<a b@c>", "ab@c"),
        ("<", ""),
        ("", ""),
        ("nonsense here", "nonsense"),
    ],
)
def test_ids_are_read(raw: str, found: str) -> None:
    assert read_id(raw) == found


def test_references_are_distinct_and_newest_last() -> None:
    assert read_references(["<a@x> <b@x>\t<a@x>", "<c@x>"]) == ("a@x", "b@x", "c@x")


def test_of_endless_references_the_first_and_the_last_19_stay() -> None:
    raw = " ".join(f"<{number}@x>" for number in range(5_000))

    found = read_references([raw])

    assert found == ("0@x", *(f"{number}@x" for number in range(4_981, 5_000)))


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("Mon, 23 Nov 2026 11:00:05 +0100", (2026, 11, 23, 10, 0, 5)),
        ("23 Nov 2026 11:00 -0130 (comment)", (2026, 11, 23, 12, 30, 0)),
        ("Mon, 23 Nov 2026 11:00:60 +0000", (2026, 11, 23, 11, 0, 59)),
        ("Mon, 23 Nov 26 11:00:00 GMT", (2026, 11, 23, 11, 0, 0)),
        ("23 Nov 126 11:00:00 +0000", (2026, 11, 23, 11, 0, 0)),
        ("Mon Nov 23 11:00:00 2026", (2026, 11, 23, 11, 0, 0)),
        ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", (1997, 11, 21, 15, 55, 6)),
        ("2026-11-23T11:00:00+01:00", (2026, 11, 23, 10, 0, 0)),
        ("Mon, 23 Nov 2026 11:00:00 -0000", (2026, 11, 23, 11, 0, 0)),
        ("Whenever", None),
        ("<HR>", None),
        ("", None),
        ("Mon, 30 Feb 2026 10:00:00 +0000", None),
        ("Mon, 30 Jun 3609 15:33:50 +0600", None),
        ("Thu, 13 Feb 1969 23:32:54 -0330", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)
def test_dates_are_read_or_refused(raw: str, found: tuple[int, int, int, int, int, int] | None) -> None:
    assert read_date(raw) == (datetime(*found, tzinfo=UTC) if found else None)


@given(st.text(st.sampled_from("0123456789 :+-,.()JanMonGMTZ"), max_size=40))
def test_any_date_field_can_be_read(raw: str) -> None:
    found = read_date(raw)

    assert found is None or found.tzinfo is UTC
