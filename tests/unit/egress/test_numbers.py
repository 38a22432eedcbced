"""What leads to a person: long numbers whatever stands beside them, addresses, links, streets; not a date."""

from __future__ import annotations

import pytest

from mailhelper_core.egress.numbers import addresses, digits, ibans, orders, places, urls


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


@pytest.mark.parametrize(
    "text",
    [
        "电话13812345678请", "番号は1234567890です", "주민번호900101-1234567입니다", "тел4951234567",
        "é4111111111111111",
        "_4111111111111111_", "_4111 1111 1111 1111_", "4111_1111_1111_1111", "4111\u20101111\u20101111\u20101111",
        "4111\u00b71111\u00b71111\u00b71111", "4" * 90,
    ],
)  # fmt: skip
def test_a_long_number_is_found_whole_whatever_stands_beside_it_and_within_it(text: str) -> None:
    (found,) = digits(text)

    assert [char for char in text[: found.start] + text[found.end :] if char.isdigit()] == []


@pytest.mark.parametrize(
    ("find", "text", "value"),
    [
        (ibans, "卡号DE89370400440532013000号", "DE89370400440532013000"),
        (ibans, "_DE89370400440532013000_", "DE89370400440532013000"),
        (orders, "訂單A-102934號", "A-102934"),
        (orders, "_A-102934_", "A-102934"),
        (addresses, 'to "ada lovelace"@home.example today', '"ada lovelace"@home.example'),
        (addresses, "to ada@[192.0.2.7] today", "ada@[192.0.2.7]"),
        (urls, "see müller-bau.koeln/kontakt today", "müller-bau.koeln/kontakt"),
        (places, "in der Berliner Straße 12, Bonn", "Berliner Straße 12"),
        (places, "Karl-Marx-Str. 12a, Bonn", "Karl-Marx-Str. 12a"),
        (places, "Lindenstr.12, Bonn", "Lindenstr.12"),
        (places, "An der Alten Gasse Nr. 9", "Alten Gasse Nr. 9"),
        (places, "Ahornweg 7 in Bonn", "Ahornweg 7"),
        (places, "221B Baker Street, London", "221B Baker Street"),
        (places, "1600 Old Mill Rd, Bonn", "1600 Old Mill Rd"),
    ],
)
def test_a_value_is_found_whole(find, text: str, value: str) -> None:
    assert value in [text[one.start : one.end] for one in find(text)]


@pytest.mark.parametrize("text", ["from 10:30 to 11:45", "10:30:15", "2026年3月5日", "on page 12, e.g./i.e. rarely"])
def test_hours_and_short_numbers_stay(text: str) -> None:
    assert [one for find in (digits, orders, places, urls) for one in find(text)] == []
