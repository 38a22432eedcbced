"""IMAP responses: octets to typed values, and nothing but the protocol error for whatever else comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.pieces import read_pieces
from mailhelper_core.server.imap.response import (
    MAX_DEPTH,
    Data,
    Status,
    number,
    read_search,
    read_status,
    read_uids,
    read_untagged,
    read_values,
)
from mailhelper_core.server.imap.stream import Stream
from tests.unit.server.tolerance import only_protocol_errors

# Octets that look like IMAP more often than chance would have it.
SHAPED = st.lists(
    st.sampled_from(
        [b"* ", b"1 ", b"FETCH ", b"(", b")", b"UID ", b"FLAGS ", b"\\Seen ", b'"', b"\\", b"{3}\r\n", b"NIL",
         b"BODY[", b"] ", b"[", b"OK ", b"99999999999999999999 ", b"\xff", b"ESEARCH ", b"ALL ", b"1:5,", b"MODSEQ "]
    ) | st.binary(max_size=4)
).map(b"".join)  # fmt: skip


def test_list_response_gives_attributes_delimiter_and_name() -> None:
    response = read_untagged([b'* LIST (\\HasNoChildren \\Sent) "/" "Sent \\"Mail\\""\r\n'])

    assert response == Data("LIST", 0, (("\\HasNoChildren", "\\Sent"), b"/", b'Sent "Mail"'))


def test_nil_is_told_apart_from_its_quoted_spelling() -> None:
    response = read_untagged([b'* LIST () NIL "NIL"\r\n'])

    assert response == Data("LIST", 0, ((), None, b"NIL"))


def test_literals_come_from_the_pieces_between() -> None:
    response = read_untagged([b"* 3 FETCH (BODY[] {3}\r\n", b"a)b", b" UID 7)\r\n"])

    assert response == Data("FETCH", 3, (("BODY[]", b"a)b", "UID", "7"),))


def test_section_with_blanks_is_one_atom() -> None:
    response = read_untagged([b'* 1 FETCH (BODY[HEADER.FIELDS (DATE "X Y")]<0> "Date: now")\r\n'])

    assert response == Data("FETCH", 1, (('BODY[HEADER.FIELDS (DATE "X Y")]<0>', b"Date: now"),))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"OK [READ-ONLY] done\r\n", Status("OK", "READ-ONLY", "", "done")),
        (b"no [copyuid 1 2:3 4:5]", Status("NO", "COPYUID", "1 2:3 4:5", "")),
        (b"BAD", Status("BAD")),
        (b"OK [PERMANENTFLAGS (\\Seen \\*)] Limited", Status("OK", "PERMANENTFLAGS", "(\\Seen \\*)", "Limited")),
        (b"OK no code [at the end]", Status("OK", "", "", "no code [at the end]")),
    ],
)
def test_status_response_gives_code_and_argument(line: bytes, status: Status) -> None:
    assert read_status(line) == status


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"* SEARCH 4 2 3\r\n", "2:4"),
        (b"* SEARCH\r\n", ""),
        (b"* SEARCH 2 (MODSEQ 917)\r\n", "2"),
        (b'* ESEARCH (TAG "M1") UID ALL 1:5,9\r\n', "1:5,9"),
        (b'* ESEARCH (TAG "M1") UID\r\n', ""),
    ],
)
def test_search_results_of_both_kinds_become_uids(line: bytes, found: str) -> None:
    assert read_search([line]) == UidSet.parse(found)


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(ServerError):
        read_untagged([b"* 1 FETCH " + b"(" * (MAX_DEPTH + 2) + b")" * (MAX_DEPTH + 2)])


@pytest.mark.parametrize("value", ["", "-1", "1" * 5000, "٣", None, b"1", ("1",)])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ServerError):
        number(value)  # type: ignore[arg-type]


@given(st.lists(SHAPED | st.binary(), min_size=1, max_size=5))
def test_readers_raise_nothing_but_the_protocol_error(pieces: list[bytes]) -> None:
    for read in (read_untagged, read_search):
        with only_protocol_errors():
            read(pieces)


@given(st.text() | st.binary())
def test_uid_sets_raise_nothing_but_the_protocol_error(text: str | bytes) -> None:
    with only_protocol_errors():
        read_uids(text)


def test_recorded_dialogues_of_real_servers_can_be_read(shared_data: Path) -> None:
    unreadable = []

    for path in sorted((shared_data / "imap_dialogues").rglob("*.txt")):
        recording = _Recording(path.read_bytes())
        try:
            while recording.is_going_on():
                pieces = read_pieces(recording.stream)
                if pieces[0].startswith(b"* "):
                    read_untagged(pieces)
        except ServerError:
            unreadable.append(path.name)

    # Its literal is 3 octets longer than it says.
    assert unreadable == ["headers.1+unsolicited-info.txt"]


class _Recording:
    """A socket that plays back what a server once sent; the files lost their CRs, the literals count them."""

    def __init__(self, data: bytes) -> None:
        self.data = re.sub(rb"\r?\n", b"\r\n", data.rstrip() + b"\n")
        self.stream = Stream(self, timeout=1.0)  # type: ignore[arg-type]

    def is_going_on(self) -> bool:
        return bool(self.data or self.stream.pending)

    def settimeout(self, timeout: float) -> None:
        pass

    def recv(self, size: int) -> bytes:
        chunk, self.data = self.data[:size], self.data[size:]
        return chunk

    def close(self) -> None:
        pass


WORDS = st.sampled_from(
    [b"box", b"NIL", b"nil", b"\\Sent", b"12", b"a.b/c", b"caf\xc3\xa9", b"\xff", b"a\xc2\xa0b", b'"q\\"x"', b'"/"',
     b"{3}", b"BODY[", b"[", b"(", b")", b"()", b" ", b"\t", b"\x0b", b"", b"a\\b", b'"\\\\"',
     b"~{1}", b"*", b"%", b"\r\n"]
)  # fmt: skip


@given(
    kind=st.sampled_from([b"LIST", b"STATUS"]),
    line=st.one_of(
        st.lists(WORDS, max_size=8).map(b" ".join),
        st.tuples(WORDS, st.lists(WORDS, max_size=4).map(b" ".join)).map(lambda one: b"%s (%s)" % one),
        st.tuples(st.lists(WORDS, max_size=3).map(b" ".join), WORDS, WORDS).map(lambda one: b"(%s) %s %s" % one),
        st.tuples(st.lists(WORDS, max_size=3).map(b" ".join), WORDS).map(lambda one: b'(%s) "." %s' % one),
    ),
    end=st.sampled_from([b"\r\n", b"\n", b"", b" \r\n"]),
)
@settings(max_examples=1_000)
def test_what_is_written_plainly_is_read_as_all_else(kind: bytes, line: bytes, end: bytes) -> None:
    piece = b"* " + kind + b" " + line + end

    assert outcome(lambda: read_untagged([piece]).values) == outcome(lambda: read_values([piece], start=2 + len(kind)))


def outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except ServerError as exc:
        return exc.code
