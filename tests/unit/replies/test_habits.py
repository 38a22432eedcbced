"""How an owner begins and ends: as formal as the tone, to anybody what suits anybody, to a person what they got."""

from __future__ import annotations

from dataclasses import replace

from mailhelper_core import Address, MessageDetail
from mailhelper_core.replies.habits import habits
from tests.unit.ai.examples import message

PETRA = Address("Petra Zwick", "petra@z.example")
KLEIN = Address("Hans Klein", "klein@bank.example")
TOM = Address("Tom Maier", "tom@m.example")


def _sent(person: Address, greeting: str, closing: str, *, count: int = 4) -> list[MessageDetail]:
    text = f"{greeting}\n\nhere is what you asked for.\n\n{closing}\nAda"
    return [replace(message("Papers", text, "ada@home.example"), to=(person,))] * count


LETTERS = [*_sent(PETRA, "Hi Petra,", "Hugs"), *_sent(KLEIN, "Dear Hans Klein,", "Yours sincerely", count=3)]


def test_a_formal_draft_ends_as_formal_letters_do_and_a_friendly_one_as_friendly_ones():
    formal, friendly = habits(LETTERS, tone="formal"), habits(LETTERS, tone="friendly")

    assert (formal.salutation, formal.closing, formal.mails) == ("Dear {name},", "Yours sincerely", 3)
    assert (friendly.salutation, friendly.closing, friendly.mails) == ("Hi {first},", "Hugs", 4)
    assert habits(LETTERS, tone="decline") == formal
    assert habits(LETTERS, tone="brief") == friendly


def test_without_a_tone_all_mails_count():
    assert habits(LETTERS).closing == "Hugs"
    assert habits(LETTERS).mails == 7


def test_words_for_a_man_or_a_woman_are_nobody_elses():
    letters = _sent(KLEIN, "Sehr geehrter Herr Klein,", "Mit besten Grüßen")

    assert habits(letters, tone="formal").salutation == ""
    assert habits(letters, tone="formal").closing == "Mit besten Grüßen"
    assert habits(_sent(PETRA, "Liebe Petra,", "Kuss"), tone="friendly").salutation == ""


def test_a_person_is_greeted_as_before():
    letters = [
        *_sent(PETRA, "Liebe Petra,", "Kuss"),
        *_sent(TOM, "Hi Tommy,", "Kuss"),
        *_sent(PETRA, "Hallo Zwick,", "Gruß", count=1),
    ]

    assert habits(letters, tone="friendly", person="PETRA@z.example").salutation == "Liebe {first},"
    assert habits(letters, tone="friendly", person="tom@m.example").salutation == "Hi Tommy,"
    assert habits(letters, tone="formal", person="tom@m.example").salutation == ""
    assert habits(letters, tone="friendly", person="").salutation == ""


def test_thanks_are_no_greeting_for_next_time():
    assert habits(_sent(TOM, "Many thanks!", "Best"), tone="friendly", person="tom@m.example").salutation == ""


def test_a_name_within_a_word_is_no_name():
    ann = Address("Ann Lee", "ann@lee.example")

    assert habits(_sent(ann, "Hallo Annette,", "Bis bald")).salutation == ""
