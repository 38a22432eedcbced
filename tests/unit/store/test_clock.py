"""How far two clocks differ, as one question can tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.store.clock import MICROS_A_SECOND, seconds_ahead

TIMES = st.integers(0, 2**50)
WAITS = st.integers(0, 60 * MICROS_A_SECOND)


@given(TIMES, WAITS, WAITS, st.integers(-(10**9), 10**9))
def test_a_difference_is_told_but_for_the_time_that_the_answer_took(asked: int, to: int, back: int, ahead: int) -> None:
    before, after = asked + ahead, asked + to + back + ahead

    found = round(seconds_ahead(before, asked + to, after) * MICROS_A_SECOND)

    assert found == 0 or (found > 0) == (ahead > 0)
    assert abs(found) <= abs(ahead)
    assert abs(found) >= abs(ahead) - (to + back)
