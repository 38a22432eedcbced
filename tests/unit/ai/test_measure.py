"""Calibration and figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.ai.learner.calibrate import FIRST_SLOPE, Scale, fit_scale, probabilities
from mailhelper_core.ai.learner.measure import chance_of_luck, quality
from mailhelper_core.ai.needs import learnable, needs


def test_scores_that_promise_too_much_are_taken_down() -> None:
    drawn = np.random.default_rng(1)
    truth = drawn.random(4_000)
    labels = (drawn.random(4_000) < truth).astype(int)
    boastful = 8 * np.log(truth / (1 - truth))[:, None]

    scale = fit_scale(boastful, list(labels))

    figures = quality(probabilities(boastful, scale), list(labels))
    assert figures.calibration_error < 0.02


@pytest.mark.parametrize(("held_back", "off"), [(16, 0.08), (500, 0.04)])
def test_levels_are_no_surer_than_right_after_few_corrections(held_back: int, off: float) -> None:
    drawn = np.random.default_rng(2)
    odds = drawn.normal(size=(4_000, 3)) * 2
    chances = probabilities(odds, Scale(1.0))
    labels = [int(drawn.choice(3, p=row)) for row in chances]
    boastful = odds / 0.06  # as three levels score after 80 corrections

    found = [probabilities(boastful, fit_scale(boastful[at : at + held_back], labels[at : at + held_back]))
             for at in range(0, 3_500, 500)]  # fmt: skip

    assert np.mean([quality(one, labels).calibration_error for one in found]) < off


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-40, 40), st.integers(0, 1)), max_size=30))
def test_a_scale_keeps_the_order_of_scores(found: list[tuple[float, int]]) -> None:
    scale = fit_scale(np.array([[score] for score, _ in found]).reshape(len(found), 1), [label for _, label in found])

    chance = probabilities(np.array([[-1.0], [0.0], [1.0]]), scale)[:, 1]

    assert chance[0] < chance[1] < chance[2]


def test_without_held_back_examples_the_usual_scale_holds() -> None:
    assert fit_scale(np.zeros((0, 1)), []) == Scale(FIRST_SLOPE, 0.0)
    assert fit_scale(np.zeros((0, 3)), []).slope < fit_scale(np.zeros((0, 10)), []).slope < FIRST_SLOPE


def test_shares_of_many_labels_add_up() -> None:
    chance = probabilities(np.array([[1.0, -2.0, 3.0]]), Scale())

    assert chance.sum() == pytest.approx(1)


def test_coverage_begins_with_the_surest_answers() -> None:
    chance = np.array([[0.01, 0.99]] * 9 + [[0.45, 0.55]])

    figures = quality(chance, [1] * 9 + [0])

    assert figures.coverage[0].y == 1
    assert figures.coverage[-1].y == pytest.approx(0.9)


@pytest.mark.parametrize(("better", "worse", "luck"), [(0, 0, 1.0), (5, 0, 1 / 32), (1, 1, 0.75)])
def test_luck_is_that_of_a_fair_coin(better: int, worse: int, luck: float) -> None:
    assert chance_of_luck(better, worse) == pytest.approx(luck)


def test_needs_name_the_answer_that_is_missing() -> None:
    found = needs(["yes"] * 10_000, ("no", "yes"))

    assert (found.count, found.labels) == (3, ("no",))


def test_nothing_said_needs_two_answers_three_times() -> None:
    assert needs([], ("1", "2", "3")).count == 6
    assert needs([], ()).count == 6


def test_rare_answers_are_not_learned() -> None:
    assert learnable(["a"] * 3 + ["b"] * 2 + ["c"] * 5) == ("a", "c")
