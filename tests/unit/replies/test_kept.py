"""How much of a draft is kept: by words, and quickly, whatever the words are."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.replies.compose import kept


@pytest.mark.parametrize(
    ("made", "body", "low", "high"),
    [
        ("Dear Bob, Friday is fine. Ada", "Dear Bob, Friday is fine. Ada", 1, 1),
        ("Dear Bob, Friday is fine. Ada", "Dear Bob, Monday is fine. Ada", 0.7, 0.85),
        ("Dear Bob, Friday is fine. Ada", "No.", 0, 0),
        ("", "anything", 1, 1),
        (" ", "anything", 0, 0),
        ("你好，星期五可以。", "你好，星期六可以。", 0.8, 0.9),
    ],
)
def test_the_share_of_what_was_made_is_told(made: str, body: str, low: float, high: float) -> None:
    assert low <= kept(made, body) <= high


LONG = " ".join(f"word{number % 97}" for number in range(1_400))
EDITED = LONG.replace("word7 ", "other ")


@pytest.mark.parametrize(("made", "body"), [(LONG, EDITED), ("a " * 9_000, "a " * 8_999 + "b")])
def test_a_list_of_long_drafts_is_not_waited_for(made: str, body: str) -> None:
    began = process_time()
    kept(made, body)

    assert process_time() - began < 0.8
