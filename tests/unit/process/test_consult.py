"""What a model says becomes opinions: its confidence is that of the category."""

from __future__ import annotations

import pytest

from mailhelper_core.egress.gate import Answer
from mailhelper_core.process.combine import combine, pool
from mailhelper_core.process.consult import read_opinions


def _said(confidence: float | None, spam: str) -> Answer:
    data = {"category": "finance", "spam": spam, "urgency": 3, "importance": 1}
    return Answer(data if confidence is None else {**data, "confidence": confidence}, "local:fast", "1")


@pytest.mark.parametrize("confidence", [0.0, 0.1, 0.4, 0.9, 1.0, None])
def test_a_no_never_makes_spam_likelier_and_a_yes_always_does(confidence: float | None) -> None:
    (no,) = [one for one in read_opinions(_said(confidence, "no")) if one.kind == "spam"]
    (yes,) = [one for one in read_opinions(_said(confidence, "yes")) if one.kind == "spam"]

    assert pool([no])["yes"] < 0.5 < pool([yes])["yes"]


@pytest.mark.parametrize("confidence", [0.0, 0.4, 0.6])
def test_that_it_is_unsure_of_the_category_says_nothing_of_the_other_questions(confidence: float) -> None:
    said = {one.kind: one.confidence for one in read_opinions(_said(confidence, "no")) if one.kind != "category"}

    assert said == {one.kind: one.confidence for one in read_opinions(_said(None, "no")) if one.kind != "category"}


def test_a_model_that_is_unsure_of_the_category_leaves_it_open_and_answers_the_rest() -> None:
    verdict = combine(read_opinions(_said(0.4, "no")))

    assert (verdict.category, verdict.urgency, verdict.importance) == (None, 3, 1)
