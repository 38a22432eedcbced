"""FETCH responses: the usual shapes by one expression, all others by the parser, with the same result."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap import fetched
from mailhelper_core.server.imap.fetched import Fetched, read_date, read_fetched
from tests.unit.server.tolerance import only_protocol_errors

# NIL is left out: as an atom it is no flag.
FLAG = st.sampled_from(["\\Seen", "\\Flagged", "\\Recent", "$Junk", "NonJunk", "Work", "caf\xe9", "\\*"])
LIMIT = st.integers(0, 2**63 - 1)
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "UID": LIMIT.map(str),
        "FLAGS": st.lists(FLAG).map(lambda flags: f"({' '.join(flags)})"),
        "MODSEQ": LIMIT.map("({})".format),
        "RFC822.SIZE": LIMIT.map(str),
        "INTERNALDATE": st.sampled_from(['"17-Jul-1996 02:44:25 -0700"', '"nonsense"', '""']),
        "X-GM-MSGID": LIMIT.map(str),
        "X-GM-THRID": LIMIT.map(str),
        "X-GM-LABELS": st.lists(st.sampled_from(['"\\\\Inbox"', "Work", '"A b"', '"M&APw-ller"', "{"])).map(
            lambda labels: f"({' '.join(labels)})"
        ),
        "EMAILID": st.from_regex(r"\([A-Za-z0-9_-]{1,30}\)", fullmatch=True),
    },
)


def test_metadata_of_dovecot_is_read() -> None:
    pieces = [
        b'* 1 FETCH (UID 7 FLAGS (\\Seen Work) INTERNALDATE " 7-Jul-1996 02:44:25 -0700" RFC822.SIZE 99 MODSEQ (4) '
        b"BODY[HEADER.FIELDS (MESSAGE-ID DATE)] {2}\r\n",
        b"\r\n",
        b")\r\n",
    ]

    assert read_fetched(pieces) == Fetched(
        uid=7,
        keywords=frozenset({"\\Seen", "work"}),
        mod_seq=4,
        size=99,
        received_at=" 7-Jul-1996 02:44:25 -0700",
        body=b"\r\n",
        has_section=True,
    )


def test_numbers_of_gmail_are_read_whatever_labels_are_among_them() -> None:
    found = read_fetched(
        [
            b"* 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 1278455344230334866 "
            rb'X-GM-LABELS ("\\Inbox" "\\Sent" Important "M&APw-ller" "a b") UID 4 RFC822.SIZE 9)' + b"\r\n"
        ]
    )

    assert found == Fetched(
        uid=4,
        size=9,
        remote_id="1278455344230334866",
        thread_id="1278455344230334865",
    )


def test_body_before_uid_is_read() -> None:
    found = read_fetched([b"* 1 FETCH (BODY[] {2}\r\n", b"hi", b" UID 7)\r\n"])

    assert found == Fetched(uid=7, body=b"hi", has_section=True)


def test_long_lists_of_flags_are_read_and_not_kept() -> None:
    tracemalloc.start()
    try:
        for uid in range(1, 31):
            flags = b" ".join(b"flag-%d-%d" % (uid, one) for one in range(2_000))
            found = read_fetched([b"* 1 FETCH (UID %d FLAGS (%s))\r\n" % (uid, flags)])
            assert found is not None
            assert f"flag-{uid}-7" in (found.keywords or ())
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 1_000_000


@pytest.mark.parametrize("body", [b"NIL", b'""'])
def test_section_without_literal_is_told_from_none(body: bytes) -> None:
    found = read_fetched([b"* 1 FETCH (UID 7 BODY[] %s)\r\n" % body])

    assert found is not None
    assert found.has_section
    assert found.body == (None if body == b"NIL" else b"")


@pytest.mark.parametrize("line", [b"* 1 FETCH (UID 7 FLAGS (\\Seen)\r\n", b"* 1 FETCH (UID)\r\n", b"* 1 FETCH\r\n"])
def test_broken_responses_are_refused(line: bytes) -> None:
    with pytest.raises(ServerError):
        read_fetched([line])


@pytest.mark.parametrize("line", [b"* 1 EXISTS\r\n", b"* OK 1 FETCH\r\n", b"* 1 FETCHED ()\r\n"])
def test_other_responses_are_none(line: bytes) -> None:
    assert read_fetched([line]) is None


@given(ATTRIBUTES, st.none() | st.binary(), st.randoms(use_true_random=False))
def test_the_expression_and_the_parser_agree(attributes: dict[str, str], body: bytes | None, random: object) -> None:
    names = list(attributes)
    random.shuffle(names)  # type: ignore[attr-defined]
    text = " ".join(f"{name} {attributes[name]}" for name in names)
    pieces = [f"* 3 FETCH ({text})\r\n".encode()]
    if body is not None:
        pieces = [f"* 3 FETCH ({text} BODY[] {{{len(body)}}}\r\n".replace("( ", "(").encode(), body, b")\r\n"]

    assert read_fetched(pieces) == fetched._unusual(pieces)


@given(st.lists(st.binary(), min_size=1, max_size=3), st.binary(max_size=30))
def test_readers_raise_nothing_but_the_protocol_error(pieces: list[bytes], start: bytes) -> None:
    pieces[0] = b"* 1 FETCH (" + start + pieces[0]

    with only_protocol_errors():
        read_fetched(pieces)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (" 1-JAN-2000 00:00:00 +0000", datetime(2000, 1, 1, tzinfo=UTC)),
        ("31-Feb-2000 00:00:00 +0000", None),
        ("01-Jan-0000 00:00:00 +0000", None),
        ("01-Jan-0001 00:00:00 +1400", None),
        ("01-Jan-2000 00:00:00 +9999", None),
        ("01-Foo-2000 00:00:00 +0000", None),
        ("garbage", None),
        (None, None),
    ],
)
def test_internal_date_is_utc_or_nothing(text: str | None, moment: datetime | None) -> None:
    assert read_date(text) == moment


@pytest.mark.parametrize("name", ["EMAILID", "THREADID"])
def test_an_identity_longer_than_one_may_be_is_none(name: str) -> None:
    for count, is_one in ((255, True), (256, False), (5_000, False)):
        found = read_fetched([b"* 1 FETCH (UID 1 %s (%s))\r\n" % (name.encode(), b"a" * count)])

        assert found is not None
        assert bool(found.remote_id or found.thread_id) == is_one


def test_a_part_of_a_section_is_not_the_section() -> None:
    found = read_fetched([b"* 1 FETCH (UID 7 BODY[]<0> {3}\r\n", b"abc", b")\r\n"])

    assert (found, found and found.body) == (Fetched(uid=7), None)
