"""Postcodes beside a town are found where they stand as in an address; numbers that count something stay."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.egress.builtin import register_recognizers
from mailhelper_core.egress.postcodes import postcodes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ada\n10115 Berlin\n", "10115 Berlin"),
        ("> 60311 Frankfurt am Main\n", "60311 Frankfurt am Main"),
        ("wohnt in 80331 München, sagt er", "80331 München"),
        ("Am Markt 7, D-50667 Köln", "D-50667 Köln"),
        ("8, rue, F-75001 Paris", "F-75001 Paris"),
        ("| 04109 Leipzig |", "04109 Leipzig"),
        ("Weg 7, 1010 Wien", "1010 Wien"),
        ("Weg 7\nCH-8001 Zürich", "CH-8001 Zürich"),
        ("Kade 3, 1012 AB Amsterdam, NL", "1012 AB Amsterdam"),
        ("10 Downing, London SW1A 1AA, UK", "SW1A 1AA"),
        ("it is in Springfield, IL 62704", "Springfield, IL 62704"),
        ("San Francisco, CA 94103-1234 now", "San Francisco, CA 94103-1234"),
        ("PLZ: 10115", "10115"),
        ("Die Postleitzahl ist 8001 und", "8001"),
        ("My zip code is 90210.", "90210"),
    ],
)
def test_a_postcode_is_found_with_its_town(text: str, value: str) -> None:
    places = next(one for one in register_recognizers() if one.name == "places")

    assert value in [text[one.start : one.end] for one in places.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "10000 Euro, bitte", "Es kamen\n12000 Besucherinnen.", "Sommer\n2026 Berlin", "am 12. März 2026, 1999 Wien",
        "We sold 12345 Apples in May", "in 20000 Schritten", "Version 10115 of it", "OK, US 12",
        "1500 Gramm, 1200 Meter.", "at 10115 and 20095", "the zip code is wrong", "Bitte 50000 Seiten drucken.",
    ],
)  # fmt: skip
def test_what_is_no_address_stays(text: str) -> None:
    assert [text[one.start : one.end] for one in postcodes(text)] == []


@pytest.mark.parametrize("text", ["10115 " * 1_000, "1010 Aa " * 700, "10115 A-" * 700, ", " * 3_000, "Aa " * 2_000])
def test_no_text_costs_more_than_others(text: str) -> None:
    began = process_time()
    postcodes(text)

    assert process_time() - began < 0.5
