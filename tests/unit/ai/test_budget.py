"""The budget of errors: what is set without asking has proved that it may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.ai.tagging.budget import automatic_from, worst_share

judged = st.lists(st.tuples(st.sampled_from([0.5, 0.7, 0.9, 0.99]), st.booleans()), max_size=200)


@given(judged, st.floats(0.01, 0.5))
def test_above_the_threshold_no_more_is_wrong_than_the_budget_allows(found: list[tuple[float, bool]], errors: float):
    least = automatic_from(found, errors)

    if least is not None:
        above = [right for chance, right in found if chance >= least]
        assert above.count(False) <= errors * len(above)


@given(judged)
def test_a_larger_budget_never_sets_fewer(found: list[tuple[float, bool]]):
    strict, generous = automatic_from(found, 0.05), automatic_from(found, 0.2)

    assert strict is None or (generous is not None and generous <= strict)


@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_few_right_answers_prove_no_small_share_of_errors(count: int):
    assert automatic_from([(0.99, True)] * count, 0.02) is None


def test_enough_right_answers_do():
    assert automatic_from([(0.99, True)] * 100, 0.02) == 0.99


def test_without_a_budget_nothing_is_set():
    assert automatic_from([(0.99, True)] * 10_000, 0.0) is None


@given(st.integers(0, 50), st.integers(1, 50))
def test_more_evidence_of_the_same_share_is_surer(wrong: int, more: int):
    count = wrong + more

    assert wrong / count <= worst_share(2 * wrong, 2 * count) <= worst_share(wrong, count) <= 1
