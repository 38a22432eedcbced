"""Columns fit their terminal, and short ones stay whole as long as wide ones can give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_cli.widths import UNCUT, share

WIDTHS = st.lists(st.integers(0, 200), max_size=8)


@given(WIDTHS, st.integers(8, 200))
def test_widths_fit(natural: list[int], available: int) -> None:
    widths = share(natural, available)

    assert sum(widths) <= max(available, len(natural))
    assert all(width <= before for width, before in zip(widths, natural, strict=True))


@given(WIDTHS, st.integers(0, 200))
def test_short_columns_are_cut_only_when_no_wide_one_is_left(natural: list[int], available: int) -> None:
    widths = share(natural, available)

    if max(widths, default=0) > UNCUT:
        assert all(width == before for width, before in zip(widths, natural, strict=True) if before <= UNCUT)


def test_what_fits_is_not_touched() -> None:
    assert share([3, 16, 40], 59) == [3, 16, 40]


def test_the_widest_give_first() -> None:
    assert share([3, 16, 30, 60], 80) == [3, 16, 30, 31]
