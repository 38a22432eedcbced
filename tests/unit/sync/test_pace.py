"""How much is asked for at once: little of a slow line, all of a fast one, and never nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.sync.pace import FIRST, LEAST, SECONDS, TELLING, Pace

AT_MOST = 2_000
counts = st.integers(1, 100_000)
speeds = st.floats(0.01, 1e6)
paces = st.one_of(st.just(Pace()), speeds.map(Pace))


def asked(missing: int, per_second: float) -> list[int]:
    """What is asked for, one after the other, over a line of so many messages a second."""
    pace, sizes = Pace(), []
    while missing:
        sizes.append(pace.size(missing, AT_MOST))
        missing -= sizes[-1]
        pace = pace.after(sizes[-1], sizes[-1] / per_second)
    return sizes


@given(paces, counts, st.integers(1, AT_MOST))
def test_some_are_asked_for_and_never_more_than_there_are_or_may_be(pace: Pace, missing: int, at_most: int) -> None:
    assert 1 <= pace.size(missing, at_most) <= min(missing, at_most)


@given(counts, speeds, speeds)
def test_a_faster_line_is_never_asked_for_less(missing: int, one: float, other: float) -> None:
    slow, fast = sorted((one, other))
    assert Pace(slow).size(missing, AT_MOST) <= Pace(fast).size(missing, AT_MOST)


@given(st.integers(1, 5_000), st.floats(1, 1e6))
def test_no_answer_but_the_first_takes_longer_than_it_shall(missing: int, per_second: float) -> None:
    first, *others = asked(missing, per_second)

    assert first <= FIRST
    assert all(size / per_second <= max(SECONDS, LEAST / per_second) + 0.01 for size in others)


@given(counts, st.floats(AT_MOST / SECONDS, 1e6))
def test_a_fast_line_costs_one_command_more_where_much_is_missing_and_none_else(
    missing: int, per_second: float
) -> None:
    least = -(-missing // AT_MOST)

    assert len(asked(missing, per_second)) <= least + (missing > FIRST)


@given(paces, st.integers(0, TELLING - 1), st.floats(0, 60))
def test_a_few_messages_tell_nothing_of_a_line(pace: Pace, count: int, seconds: float) -> None:
    assert pace.after(count, seconds) == pace


@given(st.integers(TELLING, AT_MOST))
def test_what_came_at_once_came_fast(count: int) -> None:
    assert Pace().after(count, 0.0).size(100_000, AT_MOST) == AT_MOST


@given(speeds, st.integers(0, LEAST - TELLING))
def test_a_line_that_was_slow_once_is_fast_again_though_some_messages_do_not_come(slow: float, lost: int) -> None:
    pace = Pace(slow)
    size = pace.size(100_000, AT_MOST)

    assert pace.after(size - lost, 0.001).size(100_000, AT_MOST) == AT_MOST
