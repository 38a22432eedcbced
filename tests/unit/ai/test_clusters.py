"""Groups of mail that belongs together, and their names."""

from __future__ import annotations

from mailhelper_core.ai.learner.features import features_of
from mailhelper_core.ai.tagging.clusters import LEAST_MEMBERS, groups, name_of
from tests.unit.ai.examples import letter, message, offer

CLUB = "the sailing club meets at the harbour for the regatta"


def test_mail_of_one_kind_is_a_group_and_a_message_is_in_one_at_most() -> None:
    mails = [message(f"regatta {number}", CLUB) for number in range(8)] + [
        offer(number) if number % 2 else letter(number) for number in range(20)
    ]

    found = groups([features_of(one) for one in mails])

    assert found[0] == list(range(8))
    assert len({one for members in found for one in members}) == sum(map(len, found))


def test_fewer_than_a_handful_are_no_group() -> None:
    assert groups([features_of(message("regatta", CLUB))] * (LEAST_MEMBERS - 1)) == []
    assert groups([]) == []


def test_a_group_is_named_by_words_that_others_have_not() -> None:
    inside = [["the", "sailing", "club", str(number)] for number in range(6)]
    everywhere = [*inside, *[["the", "budget", "report"]] * 20]

    assert set(name_of(inside, everywhere).split()) == {"sailing", "club"}


def test_without_a_word_of_its_own_a_group_has_no_name() -> None:
    assert name_of([["the", "and"]] * 6, [["the", "and"]] * 30) == ""
