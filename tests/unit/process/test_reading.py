"""Cues: words and phrases that speak for a kind of mail, wherever they are looked for."""

from __future__ import annotations

import pytest

from mailhelper_core.process.reading import reading
from mailhelper_core.process.reading.index import KNOWN_WORDS, CueIndex, cues_of
from mailhelper_core.process.reading.reading import find_cues


def test_a_phrase_is_found_where_its_words_stand_together():
    assert "notification" in find_cues(["please", "do", "not", "reply", "to", "this"])
    assert "notification" not in find_cues(["not", "to", "you", "do", "they", "reply"])


def test_the_same_words_give_the_same_cues_again():
    said = ["dear", "reader", "your", "invoice", "and", "the", "table", "stand", "below"]

    assert find_cues(said) == find_cues(said)


def test_what_is_remembered_of_words_answers_as_looking_each_up_again():
    said = ["die", "rechnungen", "zur", "grundsteuer", "per", "post", "fur", "den", "tisch", "rechnung", "post"]
    one = CueIndex(cues_of(LISTED, "any"))

    first, again = one.find(said), one.find(said)

    assert (
        sorted(cue.text for cue in first)
        == sorted(cue.text for cue in again)
        == ["*steuer", "per post", "rechnung*", "rechnung*"]
    )
    assert one.silent == 6


def test_words_with_a_cue_are_remembered_up_to_a_bound():
    one = CueIndex(cues_of(LISTED, "any"))
    for number in range(KNOWN_WORDS + 10):
        one.find([f"rechnung{number}"])

    assert len(one._speaking) <= KNOWN_WORDS
    assert [cue.text for cue in one.find(["rechnung1"])] == ["rechnung*"]


def test_words_without_a_cue_are_remembered_up_to_a_bound():
    for number in range(KNOWN_WORDS + 10):
        find_cues([f"silent{number}"])

    assert reading._index().silent <= KNOWN_WORDS
    assert find_cues(["invoice", "silent1"]) == {"finance": 1}


LISTED = "rechnung*, *steuer, überfällig!, per post, lade ... ein"


@pytest.mark.parametrize(
    ("said", "cue"),
    [
        ("die rechnungen liegen bei", "rechnung*"),
        ("zur grundsteuer", "*steuer"),
        ("uberfallig seit montag", "überfällig"),
        ("UEBERFAELLIG", "überfällig"),
        ("er kommt per post", "per post"),
        ("ich lade dich und deine ganze familie ein", "lade ... ein"),
    ],
)
def test_a_cue_is_found_as_a_word_a_beginning_an_ending_a_phrase_and_around_other_words(said, cue):
    assert [one.text for one in CueIndex(cues_of(LISTED, "any")).find(said.lower().split())] == [cue]


@pytest.mark.parametrize(
    "said",
    ["die abrechnung", "steuern sparen", "per luftpost", "post per boten", "ein lade", f"lade {'sehr ' * 20}ein", ""],
)
def test_what_only_looks_like_a_cue_is_none(said):
    assert CueIndex(cues_of(LISTED, "any")).find(said.split()) == []


def test_a_word_speaks_once_for_a_group_and_a_mark_or_a_second_word_makes_a_cue_sure():
    found = CueIndex([*cues_of("rechnung*, rechnung!, zur rechnung", "bill")]).find(["rechnung"])

    assert [(one.text, one.sure) for one in found] == [("rechnung", True)]
    assert [one.sure for one in cues_of("rechnung!, zur rechnung, betrag", "bill")] == [True, True, False]
