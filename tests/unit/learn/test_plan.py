"""When to train, whom to promote, when answers drift, and how far classifiers are relied on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.ai.learner.measure import chance_of_luck
from mailhelper_core.learn.chart import draw
from mailhelper_core.learn.plan import Rival, drifts, is_due, outcome
from mailhelper_core.model.extension import Classifier, Provided, Registry
from mailhelper_core.model.mind.learning import CurvePoint, Quality
from mailhelper_core.model.mind.opinion import Spam
from mailhelper_core.process.combine import combine
from mailhelper_core.process.reliability import learned_reliability, reliability
from mailhelper_core.store.mind.agreement import Agreement

LONG, SHORT = timedelta(minutes=5), timedelta(seconds=1)
LIVE = Rival(100, is_readable=True)


@pytest.mark.parametrize(
    ("waiting", "since", "due"), [(0, LONG, False), (1, SHORT, False), (1, LONG, True), (500, SHORT, True)]
)
def test_training_waits_for_a_pause_but_not_for_ever(waiting: int, since: timedelta, due: bool) -> None:
    assert is_due(waiting, since) is due


@pytest.mark.parametrize(
    ("live", "examples", "better", "worse", "said"),
    [
        (None, 10, 0, 0, "promoted"),
        (Rival(100, is_readable=False), 100, 0, 0, "promoted"),
        (LIVE, 110, 9, 1, "promoted"),
        (LIVE, 110, 6, 4, "shadow"),
        (LIVE, 110, 0, 0, "shadow"),
        (LIVE, 150, 0, 0, "promoted"),
        (LIVE, 300, 1, 9, "shadow"),
        (LIVE, 300, 0, 4, "shadow"),
        (LIVE, 300, 4, 13, "shadow"),
        (LIVE, 300, 4, 5, "promoted"),  # as likely as not luck: so much more was said
        (LIVE, 300, 5, 4, "promoted"),
    ],
)
def test_a_candidate_is_promoted_where_it_is_better(
    live: Rival | None, examples: int, better: int, worse: int, said: str
) -> None:
    luck, bad_luck = chance_of_luck(better, worse), chance_of_luck(worse, better)

    found = outcome(live, examples=examples, luck=luck, bad_luck=bad_luck, accuracy=0.9, baseline=0.5)

    assert found == said


def test_a_first_model_that_knows_no_more_than_the_usual_answer_waits() -> None:
    assert outcome(None, examples=9, luck=1, bad_luck=1, accuracy=0.5, baseline=0.8) == "shadow"


def test_few_answers_are_no_drift() -> None:
    assert not drifts(0.0, 0.9, 9)
    assert drifts(0.5, 0.9, 20)
    assert not drifts(0.88, 0.9, 200)


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0, 1), st.floats(0.1, 1))
def test_reliability_never_rises_above_where_it_began(count: int, agreed: int, sure: float, declared: float) -> None:
    found = learned_reliability(declared, Agreement(count, min(agreed, count), sure))

    assert 0 <= found <= declared


def test_a_classifier_that_is_often_wrong_loses_its_weight() -> None:
    assert learned_reliability(1.0, Agreement(100, 95, 0.9)) == 1
    assert learned_reliability(1.0, Agreement(100, 40, 0.9)) < 0.3


def test_reliability_holds_for_the_question_it_was_learned_of() -> None:
    said = replace(Spam(True, 0.9), said_by="heuristics")

    unsure = combine([said], reliability={"heuristics/spam": 0.2}).spam
    sure = combine([said], reliability={"heuristics/category": 0.2}).spam

    assert unsure is not None
    assert sure is not None
    assert unsure < sure


def test_the_picture_has_no_script() -> None:
    point = (CurvePoint(0.5, 0.6, 10),)

    svg = draw(Quality(10, 0.6, 0.2, 0.1, point, point))

    assert svg.count("<polyline") == 2
    assert "script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("declared", "cost", "weight"), [(None, "cpu", 1.0), (None, "llm", 0.7), (0.4, "llm", 0.4), (0, "cpu", 0)]
)
def test_a_weight_begins_where_the_classifier_says_else_with_its_cost(
    declared: float | None, cost: Any, weight: float
) -> None:
    provided = Provided("shop", Classifier("a", print, cost=cost, reliability=declared))
    registry = Registry(classifiers={"a": provided})

    assert reliability(registry, {})["a"] == weight
    # Seen to be right as often as it claims, it keeps that weight; wrong half of the time, it loses it.
    assert reliability(registry, {("a", "spam"): Agreement(100, 95, 0.9)})["a/spam"] == weight
    assert reliability(registry, {("a", "spam"): Agreement(100, 40, 0.9)})["a/spam"] <= 0.3 * weight
