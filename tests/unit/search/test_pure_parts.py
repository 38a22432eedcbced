"""The pure parts of search: scores, snippets, cursors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.words import words
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.query.read import read
from mailhelper_core.search.cursor import Cursor, read_cursor, write_cursor
from mailhelper_core.search.rank import MAX_RANKED_TESTS, rank, ranked_tests
from mailhelper_core.search.snippet import SNIPPET_CHARACTERS, Needle, make_snippet, needles

BANK = Is("any", ":", "bank")

keys = st.none() | st.tuples(st.integers(-(2**50), 2**50) | st.text(), st.integers(0, 2**50))
cursors = st.builds(
    Cursor,
    st.integers(0, 2**50),
    keys,
    st.none() | st.integers(0, 2**50),
    st.none() | st.tuples(st.integers(0, 99), st.integers(0, 2**50), st.integers(0, 2**50)),
)


def test_the_best_field_of_each_word_counts_once() -> None:
    hits = [(BANK, "subject", {1, 2}), (BANK, "sender", {1, 3, 9}), (Is("any", ":", "x"), "sender", {1})]

    assert rank([1, 2, 3, 4], hits) == {1: 12, 2: 8, 3: 4, 4: 0}


def test_what_is_excluded_or_is_no_word_does_not_count() -> None:
    tests = ranked_tests(read("bank -loan has:tag subject:x from:* from:me from~y (from:z OR body:w)"))

    assert [(leaf.value, field) for leaf, field in tests] == [
        ("bank", "subject"), ("bank", "sender"), ("bank", "recipients"), ("x", "subject"), ("z", "sender"),
    ]  # fmt: skip


def test_a_long_query_is_ranked_by_its_first_words() -> None:
    tests = ranked_tests(read(" ".join(f"w{number}" for number in range(50))))

    assert len({leaf for leaf, _ in tests}) == MAX_RANKED_TESTS


def test_a_snippet_is_the_beginning_where_nothing_is_found() -> None:
    snippet = make_snippet(1, "Dear\n Ada, " + "x" * 500, [Needle(("bank",))])

    assert snippet.text.startswith("Dear Ada, xxx")
    assert len(snippet.text) == SNIPPET_CHARACTERS + 1
    assert snippet.marks == ()


def test_needles_are_the_words_looked_for_in_the_text() -> None:
    assert needles(read('Größe -x subject:"second rem"* from:bob tag:y body~z (a OR a)')) == (
        Needle(("grosse",)), Needle(("second", "rem"), prefix=True), Needle(("a",)),
    )  # fmt: skip


@given(st.lists(st.sampled_from(("bank", "BANKER", "Größe", "a-bank", "\n", "x" * 50))).map(" ".join))
def test_marks_lie_on_hits(text: str) -> None:
    snippet = make_snippet(1, text, [Needle(("bank",)), Needle(("gro",), prefix=True)])

    for start, end in snippet.marks:
        assert {"bank", "grosse"} & set(words(snippet.text[start:end]))
    if {"bank", "grosse"} & set(words(text)):
        assert snippet.marks
    assert list(snippet.marks) == sorted(snippet.marks)


@given(cursors)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    text = write_cursor(cursor, "query", "newest")

    assert read_cursor(text, "query", "newest") == cursor
    assert text.isascii()
    assert not set("+/=") & set(text)


@given(st.text() | st.binary().map(lambda data: write_cursor(Cursor(1), data.hex(), "x")))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        read_cursor(text, "query", "newest")
