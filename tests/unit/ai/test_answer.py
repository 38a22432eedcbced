"""A model's answer becomes data or an AnswerError, whatever it is."""

from __future__ import annotations

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.ai.answer import AnswerError, is_refusal, read_answer
from mailhelper_core.ai.prompts.read import prompt

SCHEMA = prompt("classify").schema
GOOD = {
    "category": "people",
    "spam": "no",
    "urgency": 1,
    "importance": 2,
    "confidence": 0.5,
    "reason": "asks {a} thing",
}


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "Sure! Here it is:\n{}\nHope that helps.",
        "<think>is it {{spam}}?</think>{}",
        "<think>is it <reasoning>{{spam}}?</THINK>{}",
        "<reasoning>it is {}",
        '{{"thoughts": 1}} {}',
        "{}{{",
    ],
)
def test_the_object_is_found_in_what_stands_around_it(around: str) -> None:
    assert read_answer(around.format(json.dumps(GOOD)), SCHEMA) == GOOD


def test_a_trailing_comma_is_forgiven() -> None:
    assert read_answer(json.dumps(GOOD)[:-1] + ",}", SCHEMA) == GOOD


@pytest.mark.parametrize(
    "change",
    [
        {"category": "lottery"},
        {"urgency": 4},
        {"urgency": "1"},
        {"urgency": True},
        {"confidence": 2},
        {"confidence": "high"},
        {"reason": 7},
        {"reason": "x" * 201},
        {"spam": None},
    ],
)
def test_what_is_not_in_the_schema_is_refused_in_words_that_quote_nothing(change: dict[str, object]) -> None:
    with pytest.raises(AnswerError) as caught:
        read_answer(json.dumps(GOOD | change), SCHEMA)

    assert "lottery" not in str(caught.value)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(AnswerError, match="lacks urgency"):
        read_answer(json.dumps({key: value for key, value in GOOD.items() if key != "urgency"}), SCHEMA)


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        found = read_answer(text, SCHEMA)
    except AnswerError:
        return
    assert found["spam"] in ("yes", "no")


@pytest.mark.parametrize("text", ["{" * 100_000, "[" * 50_000, '{"a":' * 20_000, "x" * 200_000])
def test_nested_and_endless_answers_are_refused(text: str) -> None:
    with pytest.raises(AnswerError):
        read_answer(text, SCHEMA)


@pytest.mark.parametrize("number", ["1" * 400, "-" + "9" * 400, "1" * 5_000, "1e999", "NaN"])
def test_a_number_of_any_length_is_refused_like_any_other(number: str) -> None:
    with pytest.raises(AnswerError):
        read_answer(json.dumps(GOOD).replace("0.5", number), SCHEMA)


@pytest.mark.parametrize("text", ["<think>" * 14_000, "</think>" + "<think>" * 12_000, "<think></reasoning>" * 5_000])
def test_thoughts_without_end_cost_no_more_than_others(text: str) -> None:
    began = process_time()
    with pytest.raises(AnswerError):
        read_answer(text, SCHEMA)

    assert process_time() - began < 0.5  # it took five seconds


def test_a_refusal_is_told_from_an_answer() -> None:
    assert is_refusal("I'm sorry, but I can't help with that.")
    assert not is_refusal(json.dumps(GOOD | {"reason": "I'm sorry"}))
