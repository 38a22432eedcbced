"""What is a long number, and what is only a date with its hour."""

from __future__ import annotations

import pytest

from mailhelper_core.egress.numbers import digits


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 02 Mar 2025 11:36:14 +0000",
        "Am 2. März 2025 11:36 schrieb Bob:",
        "Am 12. Dezember 2025 10 Uhr",
        "On March 2, 2025 11:36, Bob wrote:",
        "On Oct. 31st, 2025 9:30",
        "2025-03-02 11:36:14",
    ],
)
def test_a_date_with_its_hour_is_no_long_number(text: str) -> None:
    assert digits(text) == []


@pytest.mark.parametrize(
    "text", ["2 May 20251234567", "May 2, 2025-123456", "since 2 May 2025 4711 0815", "12345 May 2 2025123"]
)
def test_a_number_beside_a_date_is_found(text: str) -> None:
    assert digits(text) != []
