"""UidSet behaves as a set of ints, in its algebra and on the wire."""

from __future__ import annotations

import itertools
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.source.uidset import NO_UIDS, UidSet

uids = st.frozensets(st.integers(min_value=1, max_value=60), max_size=40)


@given(uids)
def test_a_set_holds_the_uids_it_was_made_of(numbers: frozenset[int]) -> None:
    found = UidSet.of(numbers)

    assert list(found) == sorted(numbers)
    assert list(reversed(found)) == sorted(numbers, reverse=True)
    assert len(found) == len(numbers)
    assert bool(found) is bool(numbers)
    assert found.highest() == max(numbers, default=0)


@given(uids)
def test_ranges_are_sorted_disjoint_and_never_touch(numbers: frozenset[int]) -> None:
    ranges = UidSet.of(numbers).ranges

    assert all(first <= last for first, last in ranges)
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(ranges))


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_ranges_may_come_in_any_order_and_direction(pairs: list[tuple[int, int]]) -> None:
    expected = {uid for a, b in pairs for uid in range(min(a, b), max(a, b) + 1)}

    assert set(UidSet.of_ranges(pairs)) == expected


@given(uids, uids)
def test_union_intersection_and_difference_are_those_of_sets(a: frozenset[int], b: frozenset[int]) -> None:
    left, right = UidSet.of(a), UidSet.of(b)

    assert left | right == UidSet.of(a | b)
    assert left & right == UidSet.of(a & b)
    assert left - right == UidSet.of(a - b)


@given(uids, st.integers(min_value=0, max_value=61))
def test_membership_is_that_of_sets(numbers: frozenset[int], uid: int) -> None:
    assert (uid in UidSet.of(numbers)) is (uid in numbers)


@given(uids)
def test_text_is_read_back_as_the_same_set(numbers: frozenset[int]) -> None:
    found = UidSet.of(numbers)

    assert UidSet.parse(str(found)) == found


@given(uids, st.integers(min_value=0, max_value=45))
def test_newest_answers_the_largest_uids(numbers: frozenset[int], count: int) -> None:
    assert set(UidSet.of(numbers).newest(count)) == set(sorted(numbers, reverse=True)[:count])


def test_text_is_an_imap_sequence_set() -> None:
    assert str(UidSet.of([1, 2, 3, 9, 20, 21])) == "1:3,9,20:21"
    assert str(NO_UIDS) == ""


def test_a_set_of_four_billion_uids_is_cheap() -> None:
    everything = UidSet(((1, 2**32 - 1),))

    assert len(everything & UidSet.of([5, 7])) == 2
    assert UidSet.of([5, 7]) - everything == NO_UIDS


@pytest.mark.parametrize("other", ["5", None, 5.0])
def test_only_ints_are_members(other: object) -> None:
    assert other not in UidSet.of([5])


def test_a_set_may_be_larger_than_len_can_say() -> None:
    assert len(UidSet.parse("1:9999999999999999999")) == sys.maxsize
