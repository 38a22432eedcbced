"""Smaller traces of a person are found, and what undecoded or decorated text hides; ordinary words stay."""

from __future__ import annotations

import pytest

from mailhelper_core.egress.forms import found
from mailhelper_core.egress.plain import plain
from mailhelper_core.egress.traces import traces


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("follow @grace_hopper99 on X", "@grace_hopper99"),
        ("telegram: @gracehopper", "@gracehopper"),
        ("to ada @ home . example please", "ada @ home . example"),
        ("to ada(at home)@home.example please", "ada(at home)@home.example"),
        ("to ada@(work)home.example please", "ada@(work)home.example"),
        ("<https://x.example/reset/abc\nsecretpart>", "https://x.example/reset/abc\nsecretpart"),
        ("Tel. 030/901820, Durchwahl 47", "47"),
        ("extension 4711", "4711"),
        ("geboren am 12.03.1975 in Bonn", "12.03.1975"),
        ("DOB: March 12, 1975", "March 12, 1975"),
        ("Geburtsdatum: 12. März 1975", "12. März 1975"),
        ("last four of my card: 1234", "1234"),
        ("die letzten vier Ziffern: 1234", "1234"),
        ("es ist null drei null neun", "null drei null neun"),
        ("PIN: one two three four", "one two three four"),
        ("VSNR 65 170839 J 008", "65 170839 J 008"),
        ("at 9F4M GC9G+4X", "9F4M GC9G+4X"),
        ("12 rue de la Paix, Paris", "12 rue de la Paix"),
        ("Keizersgracht 123, Amsterdam", "Keizersgracht 123"),
        ("Via Garibaldi 12, Roma", "Via Garibaldi 12"),
        ("Straße des 17. Juni 135, Berlin", "Straße des 17. Juni 135"),
        ("Booking reference: QWERTZ", "QWERTZ"),
        ("Benutzername: gretem", "gretem"),
        ("see Lebenslauf_Grete_Müllerin.pdf", "Lebenslauf_Grete_Müllerin"),
        ("see Grete-Müllerin-2026.docx", "Grete-Müllerin-2026"),
        ("A D A L O V E L A C E", "A D A L O V E L A C E"),
    ],
)
def test_a_trace_is_found(text: str, value: str) -> None:
    assert value in {text[one.start : one.end] for one in found(text)}


@pytest.mark.parametrize(
    "text",
    [
        "@all please look", "3 apples @ 2.50 EUR", "the extension of the file", "born in Bonn", "one two three",
        "the last four weeks", "Via Amazon", "the street was long", "1 + 1 = 2", "invoice-2026-03.pdf",
        "notes_final.txt",
        "Plan A B C", "booking is confirmed", "der Weg der Dinge", "if x < y and y > z",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_trace(text: str) -> None:
    assert [text[one.start : one.end] for one in traces(text)] == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Hallo J=C3=BCrgen M=C3=BCller", "Hallo Jürgen Müller"),
        ("card 4111=201111=201111=201111", "card 4111 1111 1111 1111"),
        ("M=FCller=20und=20Co=\n99", "Müller und Co99"),
        ("x" * 70 + "=\nyz", "x" * 70 + "yz"),
        ("0\ufe0f\u20e33\ufe0f\u20e30\ufe0f\u20e3", "030"),
        ("4\u03361\u03361\u03361\u0336", "4111"),
        ("a=20 is one", "a=20 is one"),
        ("a = b\nc=\nd", "a = b\nc=\nd"),
        ("null=00=20=20", "null"),
    ],
)
def test_text_is_seen_as_it_is_meant(text: str, seen: str) -> None:
    assert plain(text, 6_000) == seen
