"""Metadata that come in pieces: whatever is told in how many responses, a message is told once, with all of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.server.imap import together
from mailhelper_core.server.imap.fetched import Fetched
from mailhelper_core.server.imap.together import Together, joined

WHOLE = Fetched(7, frozenset({"work"}), 5, 99, "1-Jan-2026 00:00:00 +0000", "id", b"Subject: x\r\n\r\n", True, "thread")
FIELDS = ("keywords", "mod_seq", "size", "received_at", "remote_id", "body", "thread_id")


def said(names: list[str]) -> Fetched:
    """Answer a response that tells so many things."""
    part = Fetched(WHOLE.uid, **{name: getattr(WHOLE, name) for name in names})
    return part._replace(has_section="body" in names)


@given(st.permutations(FIELDS), st.lists(st.integers(1, 6), max_size=6, unique=True).map(sorted))
def test_a_message_that_is_told_in_pieces_is_told_whole(names: list[str], cuts: list[int]) -> None:
    gathered = Together()
    bounds = [0, *cuts, len(names)]
    parts = [said(names[first:last]) for first, last in pairwise(bounds)]

    found = [whole for part in parts if (whole := gathered.add(part)) is not None]

    # What is not waited for may come after all the others.
    late = set(names[names.index(max(("keywords", "size", "received_at", "body"), key=names.index)) :])
    assert len(found) == 1
    assert gathered.rest() == []
    for name in set(FIELDS) - late:
        assert getattr(found[0], name) == getattr(WHOLE, name)


@given(st.permutations(FIELDS), st.integers(1, 6))
def test_the_later_of_two_responses_counts_where_it_says_something(names: list[str], cut: int) -> None:
    assert joined(said(names[:cut]), said(names[cut:])) == WHOLE
    assert joined(WHOLE, said(names[:cut])) == joined(said(names[:cut]), WHOLE) == WHOLE
    assert joined(WHOLE, Fetched(7, frozenset(), 6)).keywords == frozenset()


def test_what_is_enough_is_told_at_the_end_and_the_rest_is_not() -> None:
    gathered = Together()
    gathered.add(said(["size", "body"]))
    gathered.add(said(["size", "keywords"])._replace(uid=8))

    assert gathered.rest() == [said(["size", "body"])]


def test_headers_that_wait_are_bounded() -> None:
    gathered = Together()
    large = said(["body"])._replace(body=b"x" * (together.WAITING_BYTES // 4))

    for uid in range(1, 9):
        assert gathered.add(large._replace(uid=uid)) is None

    assert len(gathered._parts) == 4
    assert gathered.add(said(["size"])._replace(uid=1)) is None
    assert gathered._octets <= together.WAITING_BYTES
