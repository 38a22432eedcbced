"""What goes into a command line: nothing an owner names can break out of its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient import imap_utf7

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.command import (
    MAX_SET_CHARACTERS,
    Literal,
    decode_name,
    encode_name,
    flags,
    known_uids,
    string,
    uid_sets,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1).filter(
    lambda name: name.upper() != "INBOX"
)
SETS = st.lists(st.tuples(st.integers(1, 2**32), st.integers(0, 50)), max_size=60).map(
    lambda pairs: UidSet.of_ranges((first, first + more) for first, more in pairs)
)


@given(NAMES)
def test_names_come_back_from_the_wire(name: str) -> None:
    assert decode_name(encode_name(name)) == name


@given(NAMES)
def test_names_are_encoded_as_imapclient_does(name: str) -> None:
    assert encode_name(name) == imap_utf7.encode(name)


@given(st.binary())
def test_any_octets_have_a_name(raw: bytes) -> None:
    assert "\0" not in decode_name(raw)


@pytest.mark.parametrize("raw", [b"inbox", b"INBOX", b"InBox"])
def test_inbox_has_one_spelling(raw: bytes) -> None:
    assert decode_name(raw) == "INBOX"


@pytest.mark.parametrize("name", ["", "a\r\nA1 LOGOUT", "a\nb", "a\0b", "\ud800"])
def test_names_that_could_break_out_are_refused(name: str) -> None:
    with pytest.raises(InvalidError):
        string(encode_name(name))


@given(st.binary())
def test_strings_are_quoted_so_that_they_end_where_they_end(octets: bytes) -> None:
    if b"\0" in octets:
        with pytest.raises(InvalidError):
            string(octets)
        return

    written = string(octets)

    if isinstance(written, Literal):
        assert written.data == octets
    else:
        assert re.fullmatch(rb'"(?:[ !#-\[\]-~]|\\["\\])*"', written)
        assert re.sub(rb"\\(.)", rb"\1", written[1:-1]) == octets


@pytest.mark.parametrize("keyword", ["a b", "a)", "\\Recent", "ä", "", "a\r\n"])
def test_what_is_no_keyword_is_refused(keyword: str) -> None:
    with pytest.raises(InvalidError):
        flags({keyword})


@given(SETS, st.integers(1, 200))
def test_sets_are_cut_without_loss_and_within_their_limits(uids: UidSet, at_most: int) -> None:
    parts = list(uid_sets(uids, at_most=at_most))

    assert all(0 < len(part) <= at_most for part in parts)
    assert all(len(str(part)) <= MAX_SET_CHARACTERS for part in parts)
    assert [uid for part in parts for uid in part] == list(uids)


def test_sets_of_a_whole_mailbox_stay_one_range() -> None:
    assert [str(part) for part in uid_sets(UidSet.parse("1:4294967295"), at_most=2**32)] == ["1:4294967295"]


@given(st.sets(st.integers(1, 2**32), min_size=1, max_size=400), st.integers(0, 3000))
def test_known_uids_hold_all_and_fit_a_line(uids: set[int], even: int) -> None:
    held = UidSet.of(uids | set(range(2, 2 * even, 2)))

    known = known_uids(held)

    assert not held - known
    assert len(str(known)) <= MAX_SET_CHARACTERS
