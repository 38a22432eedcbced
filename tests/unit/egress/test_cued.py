"""Names that the words around them give away are looked for quickly, whatever the text is."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.egress.cues import cued


@pytest.mark.parametrize(
    "text", ["A" * 6_000, "A-" * 3_000, "Aa " * 2_000, "von A " * 1_000, "Aa\n" * 1_500, "1, Aa " * 999]
)
def test_a_text_of_capitals_costs_no_more_than_others(text: str) -> None:
    began = process_time()
    list(cued(text))

    assert process_time() - began < 0.5


def test_a_long_name_is_found_whole() -> None:
    text = "Dear Mrs Leutheusser-Schnarrenberger-Wolfeschlegelsteinhausenberger,"

    found = {text[one.start : one.end] for one in cued(text)}

    assert "Leutheusser-Schnarrenberger-Wolfeschlegelsteinhausenberger" in found


@pytest.mark.parametrize(
    "text",
    [
        "On 2 Mar 2026, at 10:00, Petra Zwickelmann wrote:",
        "On Mon, Mar 2, 2026 Petra Zwickelmann via Shop wrote:",
        "Petra Zwickelmann schrieb am 02.03.2026 um 10:00:",
        "Am 02.03.26 um 10:00 schrieb Petra Zwickelmann:",
        "Le 2 mars 2026 à 10:00, Petra Zwickelmann a écrit :",
        "> To: Petra Zwickelmann; Kleinhuber, Hans",
        "From: Zwickelmann, Petra",
        'From: "Zwickelmann, Petra" <p@z.example>',
        "An: Hans Kleinhuber, Petra Zwickelmann",
        "Name: Zwickelmann, Petra",
        "Kontoinhaberin: Petra Zwickelmann",
        "Herzlichst\nPetra Zwickelmann",
        "All the best,\nPetra Zwickelmann",
        "Schöne Grüße aus Berlin\nPetra Zwickelmann",
        "Mit freundlichem Gruß\n\ni.A. Petra Zwickelmann",
        "Mit freundlichen Grüßen\n\nppa. Petra Zwickelmann",
        "Viele Grüße, Petra Zwickelmann",
        "VG Petra Zwickelmann",
        "Thanks, Petra Zwickelmann",
        "Your appointment with Dr. med. Petra Zwickelmann",
        "Liebes Team, liebe Petra Zwickelmann,",
        "Bonjour Petra Zwickelmann,",
        "Signed by Petra Zwickelmann",
    ],
)
def test_what_stands_around_a_name_gives_it_away(text: str) -> None:
    kept = list(text)
    for one in cued(text):
        kept[one.start : one.end] = "*" * (one.end - one.start)

    left = "".join(kept)
    assert "Petra" not in left
    assert "Zwickelmann" not in left
    assert "Kleinhuber" not in left


@pytest.mark.parametrize(
    "text",
    [
        "He wrote to us about it.",
        "best of luck",
        "Thanks for the report, see below",
        "From here to there",
        "Please get it signed by Friday.",
        "Thanks\nMonday works for me",
        "Beste Grüße Bis Morgen",
        "Danke Dir",
        "Cheers\nNext Steps:",
        "Von: Montag bis Freitag",
        "Signed Documents are here",
    ],
)
def test_words_that_name_nobody_stay(text: str) -> None:
    assert list(cued(text)) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("On Mon, 2 Mar 2026 at 09:15, Grace\nHopper wrote:", ["Grace\nHopper"]),
        ("On Mon, 2 Mar 2026 at 09:15, Grace Hopper\nwrote:", ["Grace Hopper"]),
        ("> On Mon, 2 Mar 2026 at 09:15,\n> Grace Hopper\n> wrote:", ["Grace Hopper"]),
        ("Am 02.03.26 um 09:15 schrieb Grete\nMüllerin:", ["Grete\nMüllerin"]),
        ("Op ma 2 mrt 2026 om 09:15 schreef Henk Jansen:", ["Henk Jansen"]),
        ("Den mån 2 mars 2026 kl 09:15 skrev Sven Svensson:", ["Sven Svensson"]),
        ("pon., 2 mar 2026 o 09:15 Jan Kowalski napisał(a):", ["Jan Kowalski"]),
        ("Gesendet von: Grete Müllerin", ["Grete Müllerin"]),
        ("Antwort an: Grete Müllerin", ["Grete Müllerin"]),
        ("FN:Grete Müllerin\nN:Müllerin;Grete;;;", ["Grete Müllerin", "Müllerin", "Grete"]),
        ("ORGANIZER;CN=Grete Müllerin:", ["Grete Müllerin"]),
        ('ATTENDEE;CN="Karl Heinz":', ["Karl Heinz"]),
        ("Mädchenname der Mutter: Schmidt", ["Schmidt"]),
        ("First name: Grace\nSurname: Hopper", ["Grace", "Hopper"]),
        ("hallo grete,\nwie geht's", ["grete"]),
        ("bis dann\n\nlg grete", ["grete"]),
    ],
)
def test_names_of_broken_foreign_and_careless_lines_are_found(text: str, names: list[str]) -> None:
    assert set(names) <= {text[one.start : one.end] for one in cued(text)}


@pytest.mark.parametrize(
    "text",
    [
        "hi there,\nplease look", "hallo zusammen,\nbitte", "hello everyone!\nwe", "hi folks,\nit", "hallo welt",
        "liebe leute,\nes", "hallo und willkommen bei uns", "the file name: report",
    ],
)  # fmt: skip
def test_who_greets_all_names_nobody(text: str) -> None:
    assert list(cued(text)) == []
