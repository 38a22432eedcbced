"""How sure a tag is: a probability that its examples vouch for, the usual one where there are few of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.ai.learner.features import features_of
from mailhelper_core.ai.tagging.sureness import USUAL, Judged, _judged, probability, scale_of, sureness
from mailhelper_core.ai.tagging.tags import TagExamples
from tests.unit.ai.examples import letter, offer

judged = st.builds(Judged, st.floats(-30, 30), st.booleans(), st.booleans())
scores = st.floats(-30, 30)


@given(st.lists(judged, max_size=60), scores, scores)
def test_a_higher_score_is_never_less_likely(found: list[Judged], one: float, other: float) -> None:
    scale = scale_of(found)

    assert probability(min(one, other), scale) <= probability(max(one, other), scale)


@given(st.lists(judged, max_size=60))
def test_the_order_of_the_examples_does_not_matter(found: list[Judged]) -> None:
    scale, again = scale_of(found), scale_of(found[::-1])

    assert (scale.slope, scale.offset) == pytest.approx((again.slope, again.offset), abs=1e-6)


@given(st.lists(st.builds(Judged, st.floats(-30, 0), st.booleans(), st.booleans()), max_size=20))
def test_what_is_never_suggested_says_nothing(found: list[Judged]) -> None:
    assert scale_of(found) == USUAL


def test_without_evidence_a_high_score_is_a_guess() -> None:
    assert probability(6.0, USUAL) < 0.5


@pytest.mark.parametrize("score", [1.0, 4.0, 8.0])
def test_what_proved_wrong_makes_less_sure_and_what_proved_right_surer(score: float) -> None:
    right, wrong = ([Judged(5.0, belongs, True)] * 20 for belongs in (True, False))

    chances = [probability(score, scale_of(found)) for found in (wrong, wrong[:2], [], right[:2], right)]

    assert chances == sorted(chances)
    assert len({*chances}) == len(chances)


def test_many_answers_outweigh_what_is_usual() -> None:
    found = [Judged(6.0, number % 10 > 0, True) for number in range(200)]

    assert probability(6.0, scale_of(found)) == pytest.approx(0.9, abs=0.02)


def test_untagged_mail_says_half_of_what_a_refusal_says() -> None:
    untagged, refused = ([Judged(5.0, False, is_tagged)] * count for is_tagged, count in ((False, 20), (True, 10)))

    assert scale_of(untagged).offset == pytest.approx(scale_of(refused).offset)


def test_mail_that_bears_two_tags_is_no_mistake_of_either() -> None:
    both = TagExamples([features_of(letter(number)) for number in range(8)])
    offers = TagExamples([features_of(offer(number)) for number in range(8)])

    found = _judged({"one": both, "two": both, "offers": offers}, [])

    assert {name: sorted(one.belongs for one in every) for name, every in found.items()} == {
        "one": [False] * 8 + [True] * 8, "two": [False] * 8 + [True] * 8, "offers": [False] * 16 + [True] * 8,
    }  # fmt: skip


def test_nothing_is_set_that_is_less_likely_than_the_budget_says() -> None:
    tags = {
        "letters": TagExamples([features_of(letter(number)) for number in range(40)]),
        "offers": TagExamples([features_of(offer(number)) for number in range(40)]),
    }

    found = sureness(tags, [], 0.1)["letters"]

    assert found.sets_from is not None
    assert found.sets_from >= 0.9
