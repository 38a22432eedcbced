"""Waits grow, spread and stop growing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.work.backoff import MAX_DOUBLINGS, backoff

DRAWS = st.floats(0.0, 1.0, exclude_max=True)


@given(st.integers(0, 10_000), st.floats(0.1, 3600.0), DRAWS, st.integers(0, 20))
def test_a_wait_doubles_so_many_times_within_its_spread(failures: int, first: float, draw: float, most: int) -> None:
    wait = backoff(failures, first, draw, doublings=most)

    full = first * 2 ** min(max(failures - 1, 0), most)
    assert full * 0.5 <= wait <= full * 1.5
    assert backoff(failures + 1, first, draw, doublings=most) >= wait


def test_the_first_waits_are_one_two_and_four_minutes_and_the_last_an_hour() -> None:
    assert [backoff(failures, 60.0, 0.5) for failures in (1, 2, 3)] == [60.0, 120.0, 240.0]
    assert backoff(1_000, 60.0, 0.5) == 60.0 * 2**MAX_DOUBLINGS == 3_840.0
