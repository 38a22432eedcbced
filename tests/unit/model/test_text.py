"""The choke point for text: both databases must accept what comes out."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.text import clean_header, clean_text

# Hypothesis leaves surrogates out unless asked for.
any_text = st.text(st.characters() | st.sampled_from("\x00\r\n\t\x0b\ud800\udc00\udfff\u202e\u2028é😀"))


@given(any_text)
def test_clean_text_is_idempotent_and_encodes(value: str) -> None:
    cleaned = clean_text(value)

    assert clean_text(cleaned) == cleaned
    assert not {char for char in cleaned.encode().decode() if char < " "} - {"\t", "\n"}


@given(any_text)
def test_clean_header_is_idempotent_and_one_line(value: str) -> None:
    cleaned = clean_header(value)

    assert clean_header(cleaned) == cleaned
    assert clean_text(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1
    assert cleaned == cleaned.strip()


@given(any_text)
def test_sqlite_returns_what_was_cleaned(value: str) -> None:
    cleaned = clean_text(value)

    with closing(sqlite3.connect(":memory:")) as database:
        stored = database.execute("SELECT ?", (cleaned,)).fetchone()[0]

    assert stored == cleaned


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\t\n")))
def test_clean_text_keeps_what_is_clean(value: str) -> None:
    assert clean_text(value) == value


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x00b\x0b\x1b[31m", "ab[31m"),
        ("lone \ud800 high", "lone \ufffd high"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("pair \ud83d\ude00", "pair 😀"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_clean_text_repairs(value: str, cleaned: str) -> None:
    assert clean_text(value) == cleaned


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (" folded\r\n\tvalue ", "folded  value"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u2028b\x85c", "a b c"),
        ("\x00", ""),
    ],
)
def test_clean_header_repairs(value: str, cleaned: str) -> None:
    assert clean_header(value) == cleaned
