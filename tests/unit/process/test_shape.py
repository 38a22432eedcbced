"""What a mail is made of: people, words of others, appointments, accounts, and the trade of its sender."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from mailhelper_core.process.builtin import judge
from mailhelper_core.process.heuristics.shape import FACTS, shape_of
from mailhelper_core.process.reading.first_names import FIRST_NAMES
from mailhelper_core.process.reading.language import COMMON
from mailhelper_core.process.reading.reading import READ_CHARACTERS, read
from mailhelper_core.process.reading.trades import TRADES, trades_of
from tests.unit.process.mails import address, mail


def shape(subject: str = "", text: str = "", **fields: Any) -> set[str]:
    return set(shape_of(read(mail(subject, text, **fields))))


@pytest.mark.parametrize(
    ("fact", "subject", "text"),
    [
        ("subject names a person", "Jürgen Öztürk hat Ihr Dokument kommentiert", ""),
        ("subject names a person", "Hannah O'Brien added you to a board", ""),
        ("text names a person", "", "Three new answers from Oskar von der Heide and others."),
        ("quotes somebody", "", "She wrote: “Can we take the later train?”"),
        ("quotes somebody", "", "Sie schrieb: „Nehmen wir den späteren Zug?“"),
        ("a day and a time", "", "Wir sehen uns am 12. April 2025 bei uns im Garten, ab 18 Uhr."),
        ("a day and a time", "", "Saturday, April 12, 2025, in the town hall, doors at 7:30."),
        ("minutes", "", "It holds for 10 minutes."),
        ("minutes", "gültig 15 Minuten", ""),
        ("a bank account", "", "Bitte auf DE89 3704 0044 0532 0130 00 einzahlen."),
        ("a number in the subject", "Ihr Vorgang 4711083", ""),
        ("a number in the subject", "[WEB-204] Button is gone", ""),
    ],
)
def test_a_fact_holds_whatever_the_wording(fact, subject, text):
    assert fact in shape(subject, text)


@pytest.mark.parametrize(
    ("fact", "subject", "text"),
    [
        ("subject names a person", "Grace Miller wrote to you", ""),  # the author
        ("text names a person", "", "Dear Ada Example, here is the plan."),  # a recipient
        ("text names a person", "", "Die Neue Heimat baut in Bad Homburg."),
        ("a day and a time", "", "Bitte bis 12. April 2025 antworten."),
        ("a day and a time", "", "See you on Friday at 10:30!"),
        ("minutes", "", "Read the minutes of the meeting."),
        ("a bank account", "", "Call 0049 30 1234567."),
        ("a number in the subject", "Meeting at 10", ""),
    ],
)
def test_a_fact_does_not_hold_for_what_looks_like_it(fact, subject, text):
    assert fact not in shape(subject, text)


@pytest.mark.parametrize(
    ("sender", "trades"),
    [
        ("Volksbank Nord <x@example.org>", {"bank"}),
        ("Nordsee Versicherung <x@example.org>", {"insurer"}),
        ("Paketdienst Meyer <x@example.org>", {"carrier"}),
        ("Town Council <x@example.org>", {"authority"}),
        ("<x@gartenfreunde-ost.example.org>", {"association"}),
        ("Grace Miller <grace@example.com>", set()),
    ],
)
def test_a_sender_is_known_by_what_it_calls_itself(sender, trades):
    assert trades <= trades_of(address(sender))
    assert bool(trades) == bool(trades_of(address(sender)))


def test_what_people_did_is_social_and_an_appointment_by_hand_an_invitation():
    network = mail(
        "Nora Lindqvist posted", "Nora Lindqvist: “Who has seen the owl?”", sender="Owlery <noreply@owlery.example.org>"
    )
    party = mail("You, me, soup", "We celebrate with soup on 12 April 2025, 19:30. Are you coming?")

    assert {one.kind: one.value for one in judge(network)}["category"] == "social"
    assert {one.kind: one.value for one in judge(party)}["category"] == "invitation"


def test_facts_are_known_by_name_and_names_are_no_usual_words():
    assert shape("Oskar Lind: [7741]", "> „Ich komme am 12. April 2025 um 18 Uhr.“ 5 min") <= FACTS
    assert {f"trade: {trade}" for trade in TRADES} <= FACTS
    assert FIRST_NAMES.isdisjoint(word for common in COMMON.values() for word in common)


@pytest.mark.parametrize(
    "piece", ["1. 1. ", "12:00 ", "„", "„aaaaaaaaaaaaa", "A", "Aa ", "Aa von der ", "Jan 12 2024 ", "DE12 1234 ", "[1"]
)
def test_no_text_is_slow_to_look_at(piece):
    text = piece * (READ_CHARACTERS // len(piece))
    reading, started = read(mail(text, text)), process_time()

    list(shape_of(reading))

    assert process_time() - started < 0.1
