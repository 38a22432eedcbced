"""What is found by its form or by the word before it, what is not taken for it, and amounts that are none."""

from __future__ import annotations

import pytest

from mailhelper_core.egress.forms import found
from mailhelper_core.egress.numbers import digits, places


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("besuchen Sie bob-müller.koeln.", "url", "bob-müller.koeln"),
        ("siehe meinefirma.berlin heute", "url", "meinefirma.berlin"),
        ("write to bob at shop dot example", "address", "bob at shop dot example"),
        ("bob ät shop punkt de", "address", "bob ät shop punkt de"),
        ("> call 030 901\n> 820 77", "phone", "030 901\n> 820 77"),
        ("Tel.: 030 901\n820 77 bitte", "phone", "030 901\n820 77"),
        ("from 2001:db8::ff00:42:8329 today", "url", "2001:db8::ff00:42:8329"),
        ("the router 10.0.0.1 is down", "url", "10.0.0.1"),
        ("card aa:bb:cc:dd:ee:0f", "order", "aa:bb:cc:dd:ee:0f"),
        ("BIC COBADEFFXXX", "order", "COBADEFFXXX"),
        ("SWIFT-Code: COBADEFF", "order", "COBADEFF"),
        ("Der Wagen B-MW 1234 steht", "order", "B-MW 1234"),
        ("license plate M AB 123", "order", "M AB 123"),
        ("Az. 12 C 345/23", "order", "12 C 345/23"),
        ("das Urteil IX ZR 12/20 sagt", "order", "IX ZR 12/20"),
        ("Geschäftszeichen: 4.2-17 b 9", "order", "4.2-17 b 9"),
        ("PO Box 1234", "place", "1234"),
        ("Postfach 10 20 30", "place", "10 20 30"),
        ("Passwort: hunter", "secret", "hunter"),
        ("Password = S3cret!", "secret", "S3cret!"),
    ],
)
def test_a_form_is_found_whole(text: str, kind: str, value: str) -> None:
    assert (kind, value) in [(one.kind, text[one.start : one.end]) for one in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "siehe rechnung.pdf und foto.jpg", "e.g. i.e. z.b. usw.", "Ende.Bitte kommen", "10:30:15", "version 3.12.1",
        "std::vector", "1. Punkt\n2. Punkt", "Ihr Passwort ist abgelaufen", "password is required", "look at dots",
        "On page 12\n34 people", "DOCUMENT and RECHNUNG", "Am Freitag um 12 Uhr", "U-Bahn und S-Bahn",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["Lindenstr 5, Bonn", "Hauptstr. 12, Bonn"])
def test_a_street_is_found_with_and_without_a_dot(text: str) -> None:
    assert len(places(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Kto. 123 456 789 EUR 49,90", "Konto EUR 123 456 789 012", "Kd 123.456.789 EUR 20", "Tel. 0171 123 456 EUR",
        "4111 1111 1111 1111 EUR 49,90", "Card 4111 1111 1111 1234 USD 20", "Konto 0123456789 EUR 49,90",
        "DE89 3704 0044 0532 0130 00 EUR 49,90", "Ruf 030 123 456 € spart", "USD 030 123 456", "(089) 123456 EUR",
        "Kto. 123 456 789 EUR",
        "EUR 4111 1111 1111",
    ],
)  # fmt: skip
def test_a_number_beside_a_currency_is_found_whole(text: str) -> None:
    (one,) = digits(text)

    left = text[: one.start] + text[one.end :]
    assert [part for part in ("4111", "1111", "1234", "0130", "00", "123", "456", "789") if part in left] == []


@pytest.mark.parametrize(
    "text",
    [
        "1.299,00 EUR", "EUR 1.299,00", "$1,299.00", "1299,00€", "0,50 EUR und 1.000,50 EUR", "12.345.678 EUR",
        "€ 12 500 000", "1.299,00 EUR 12.03.2026",
    ],
)  # fmt: skip
def test_an_amount_of_money_stays(text: str) -> None:
    assert digits(text) == []
