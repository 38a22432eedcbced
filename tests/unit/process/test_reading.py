"""Cues: words and phrases that speak for a kind of mail, wherever they are looked for."""

from __future__ import annotations

from mailhelper_core.process.reading import reading
from mailhelper_core.process.reading.reading import KNOWN_WORDS, find_cues


def test_a_phrase_is_found_where_its_words_stand_together():
    assert "notification" in find_cues(["please", "do", "not", "reply", "to", "this"])
    assert "notification" not in find_cues(["not", "to", "you", "do", "they", "reply"])


def test_the_same_words_give_the_same_cues_again():
    said = ["dear", "reader", "your", "invoice", "and", "the", "table", "stand", "below"]

    assert find_cues(said) == find_cues(said)


def test_words_without_a_cue_are_remembered_up_to_a_bound():
    for number in range(KNOWN_WORDS + 10):
        find_cues([f"silent{number}"])

    assert len(reading._SILENT) <= KNOWN_WORDS
    assert find_cues(["invoice", "silent1"]) == {"finance": 1}
