"""What a tsquery is widened to finds all that it finds."""

from __future__ import annotations

import pytest

from mailhelper_core.store.search.text_query import TextField, phrase, widened, without


@pytest.mark.parametrize(
    ("field", "words", "prefix", "wide"),
    [
        ("subject", ["a", "b"], False, "('a' & 'b')"),
        ("any", ["a", "b"], False, "('a' & 'b')"),
        ("subject", ["a"], False, "('a')"),
        ("sender", ["a", "b"], True, "('a' & 'b':*)"),
        ("any", ["a"], False, ""),
        ("any", ["a"], True, ""),
    ],
)
def test_fields_and_phrases_are_widened_to_words(field: TextField, words: list[str], prefix: object, wide: str) -> None:
    assert widened(phrase("postgresql", field, words, prefix=bool(prefix)).exact) == wide


def test_what_excludes_is_left_as_it_is() -> None:
    query = without("postgresql", phrase("postgresql", "any", ["a"]), phrase("postgresql", "subject", ["b"]))

    assert widened(query.exact) == ""
