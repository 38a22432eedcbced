"""Keywords: one spelling each, packed and unpacked without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.keyword import (
    SYSTEM_KEYWORDS,
    is_keyword,
    normalize_keyword,
    normalize_keywords,
    pack_keywords,
    unpack_keywords,
)

KEYWORDS = st.frozensets(
    st.sampled_from(SYSTEM_KEYWORDS) | st.from_regex(r"[$a-z][a-z0-9_-]{0,8}", fullmatch=True), max_size=8
)


@given(KEYWORDS)
def test_packing_loses_nothing(keywords: frozenset[str]) -> None:
    assert unpack_keywords(*pack_keywords(keywords)) == keywords


@given(st.text(max_size=20))
def test_normalizing_twice_changes_nothing_more(name: str) -> None:
    once = normalize_keyword(name)

    assert once is None or normalize_keyword(once) == once


@pytest.mark.parametrize(
    ("given_name", "canonical"),
    [("\\SEEN", "\\Seen"), ("Junk", "$Junk"), ("NonJunk", "$NotJunk"), ("$forwarded", "$Forwarded"), ("Work", "work")],
)
def test_spellings_of_one_keyword_are_one(given_name: str, canonical: str) -> None:
    assert normalize_keyword(given_name) == canonical


@pytest.mark.parametrize("name", ["\\Recent", "\\*", "", "two words", "ü", "a(b", "x" * 101, "a\x00"])
def test_what_a_server_cannot_store_is_no_keyword(name: str) -> None:
    assert normalize_keyword(name) is None
    assert normalize_keywords([name]) == frozenset()
    assert not is_keyword(name)
