"""The pure parts of search: scores, snippets, cursors."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.words import word_spans, words
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


PIECES = ("bank", "BANKER", "Größe", "a-bank", "\n", " ", "/", "x" * 50, "x" * 170, "契約", "はｶﾞ", "ﾞ", "½", "e\u0301")
WANTED = [Needle(("bank",)), Needle(("gro",), prefix=True), Needle(("契", "約")), Needle(("x" * 170,))]
FOUND = ("bank", "grosse", "x" * 170)


def _is_cut(shown: str, text: str) -> bool:
    """Say whether a hit has more characters than a snippet, and this is how it begins."""
    line = " ".join(text.split())
    hits = (line[start:end] for word, start, end in word_spans(line) if word.startswith(("gro", *FOUND)))
    return len(shown) == SNIPPET_CHARACTERS and any(hit.startswith(shown) for hit in hits)


@given(st.lists(st.sampled_from(PIECES)), st.sampled_from(("", " ")))
@example(["ﾞ", "Größe", "bank"], "")
@example(["bank", "x" * 170, "ﾞ", "bank"], "")
@example(["bank", "x" * 170, "ﾞ", "Größe", "bank"], "")
def test_marks_lie_on_hits(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    snippet = make_snippet(1, text, WANTED)

    there = words(text)
    for start, end in snippet.marks:
        marked = words(snippet.text[start:end])
        # What comes of one piece of the text is marked as a whole, also the lone sign before a word.
        is_hit = (
            set(FOUND) & set(marked) or any(word.startswith("gro") for word in marked) or marked[:2] == ["契", "約"]
        )
        assert is_hit or _is_cut(snippet.text[start:end], text)
    if set(FOUND) & set(there) or any(word.startswith("gro") for word in there) or "契 約" in " ".join(there):
        assert snippet.marks
    assert list(snippet.marks) == sorted(snippet.marks)
    assert len(snippet.text) <= SNIPPET_CHARACTERS + 2


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("これは長い文章です。" * 40 + "契約を更新してください。" + "これは長い文章です。" * 40, "契約", ["契約"]),
        ("契約" * 200, "契約", ["契約"] * 80),
        ("https://x.example/" + "a1-" * 100 + "invoice/" + "b2-" * 100, "invoice", ["invoice"]),
        ("see https://x.example/" + "a1-" * 10 + "invoice/" + "b2-" * 100, "invoice", ["invoice"]),
        ("y" * 300 + " end", "y*", ["y" * 160]),
    ],
)
def test_a_hit_in_a_run_without_blanks_is_shown_and_marked(text: str, query: str, marked: list[str]) -> None:
    snippet = make_snippet(1, text, needles(read(query)))

    assert [snippet.text[start:end] for start, end in snippet.marks] == marked


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
