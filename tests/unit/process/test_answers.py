"""What a classifier answers is checked before it counts; what is wrong costs only its own message."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.extension import Classifier
from mailhelper_core.model.mind.opinion import Classification, Opinion, Urgency
from mailhelper_core.process.answers import MAX_REASON_CHARACTERS, MAX_REASONS, read_answers

CLASSIFIER = Classifier("sorter", lambda messages: [], kinds=("category", "urgency"), labels=("club",), version="7")


def test_an_opinion_is_stamped_with_who_said_it_whatever_it_claims():
    claimed = Opinion("category", "people", 0.9, ("greeting",), said_by="owner", version="99")

    answers = read_answers(CLASSIFIER, [claimed], 1)

    assert answers.opinions == ((Opinion("category", "people", 0.9, ("greeting",), "sorter", "7"),),)
    assert answers.problems == ()


def test_none_is_an_abstention_and_no_problem():
    answers = read_answers(CLASSIFIER, [None, ()], 2)

    assert answers.opinions == ((), ())
    assert answers.problems == ()


def test_several_opinions_are_kept_one_a_kind_the_surest():
    answers = read_answers(
        CLASSIFIER, [[Classification("people", 0.5), Urgency(2, 0.7), Classification("club", 0.6)]], 1
    )

    assert {(o.kind, o.value) for o in answers.opinions[0]} == {("category", "club"), ("urgency", "2")}


@pytest.mark.parametrize("answer", [None, 3, "text", iter([]), {"a": 1}, object()])
def test_an_answer_that_is_no_sequence_costs_the_whole_batch(answer):
    answers = read_answers(CLASSIFIER, answer, 2)

    assert answers.opinions == (None, None)
    assert len(answers.problems) == 1


def test_a_wrong_number_of_answers_costs_the_whole_batch():
    answers = read_answers(CLASSIFIER, [Classification("people", 0.9)], 2)

    assert answers.opinions == (None, None)
    assert answers.problems == ("answered 1 times for 2 messages",)


@pytest.mark.parametrize(
    "wrong",
    [
        "people",
        Classification("people", nan),
        Classification("people", inf),
        Classification("people", 1.01),
        Classification("people", -0.01),
        Classification("people", "0.9"),  # type: ignore[arg-type]
        Classification("no such label", 0.9),
        Classification("", 0.9),
        Opinion("category", 3, 0.9),  # type: ignore[arg-type]
        Opinion("spam", "yes", 0.9),
        Opinion("urgency", "4", 0.9),
        Opinion("category", "people", 0.9, reasons="greeting"),  # type: ignore[arg-type]
        Opinion("category", "people", 0.9, reasons=(3,)),  # type: ignore[arg-type]
        [Classification("people", 0.9), Urgency(9, 0.5)],
    ],
)
def test_a_wrong_opinion_costs_its_message_and_no_other(wrong):
    answers = read_answers(CLASSIFIER, [wrong, Classification("club", 0.8)], 2)

    assert answers.opinions[0] is None
    assert [o.value for o in answers.opinions[1]] == ["club"]
    assert len(answers.problems) == 1


def test_a_problem_never_quotes_what_was_answered():
    secret = "the whole text of a mail"

    answers = read_answers(CLASSIFIER, [Opinion(secret, secret, 2.0), Classification(secret, 0.5), secret], 3)

    assert secret not in " ".join(answers.problems)


def test_reasons_are_cleaned_and_bounded():
    wordy = Classification("people", 0.9, *(["\x00" + "x" * 999] * 99))

    said = read_answers(CLASSIFIER, [wordy], 1).opinions[0][0]

    assert len(said.reasons) == MAX_REASONS
    assert all(len(reason) == MAX_REASON_CHARACTERS and "\x00" not in reason for reason in said.reasons)


@dataclass
class Odd:
    """Not an Opinion, though it has fields."""

    kind: str = "category"


anything = st.recursive(
    st.none()
    | st.integers()
    | st.floats()
    | st.text()
    | st.builds(Odd)
    | st.builds(Classification, st.text(), st.floats()),
    lambda inner: st.lists(inner, max_size=3),
)


@given(anything, st.integers(0, 3))
def test_no_answer_makes_reading_it_fail(answer, count):
    answers = read_answers(CLASSIFIER, answer, count)

    assert len(answers.opinions) == count
