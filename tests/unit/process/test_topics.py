"""What mail is about: the lexicon as a whole, the facts made of it, and that people's letters stay letters."""

from __future__ import annotations

import pytest

from mailhelper_core.model.mail.words import words
from mailhelper_core.model.mind.opinion import CATEGORIES
from mailhelper_core.process.builtin import judge
from mailhelper_core.process.heuristics.facts import facts_of
from mailhelper_core.process.heuristics.topics import LETTERS, topic_facts
from mailhelper_core.process.heuristics.traits import traits_of
from mailhelper_core.process.reading.cues import CUES
from mailhelper_core.process.reading.lexicon import LEXICON
from mailhelper_core.process.reading.reading import read
from mailhelper_core.process.reading.topics import KIND_OF, every_cue, topics_of
from tests.unit.process.mails import mail

SHOP = "Blumenhof <service@blumenhof.example>"
FRIEND = "Jonas Weber <jonas.weber@example.net>"


def category(message) -> str | None:
    return next((one.value for one in judge(message) if one.kind == "category"), None)


def about(subject: str, text: str) -> frozenset[str]:
    return topic_facts(topics_of(read(mail(subject, text)).said))


def test_every_kind_is_a_category_and_has_the_same_topics_in_both_languages():
    assert set(LEXICON) - {LETTERS} == set(CATEGORIES) - {"people", "conversation"}
    assert all(german.keys() == english.keys() for german, english in LEXICON.values())


def test_a_topic_is_of_one_kind_and_is_no_group_of_other_cues():
    topics = [topic for german, _ in LEXICON.values() for topic in german]

    assert len(topics) == len(set(topics)) == len(KIND_OF)
    assert not KIND_OF.keys() & CUES.keys()


def test_every_cue_has_words_and_no_list_says_one_twice():
    assert all(words(cue.text) for cue in every_cue())
    for languages in LEXICON.values():
        for topics in languages:
            for topic, listed in topics.items():
                cues = [cue.strip().removesuffix("!") for cue in listed.split(",")]
                assert [cue for cue in set(cues) if cues.count(cue) > 1] == [], topic


def test_a_stem_is_long_enough_to_be_looked_up():
    assert [cue.text for cue in every_cue() if "*" in cue.text and len(cue.text.strip("*")) < 4] == []


@pytest.mark.parametrize(
    ("subject", "text", "fact"),
    [
        ("Ihr Paket", "Unser Zusteller bringt es morgen zwischen 10 und 12 Uhr.", "mainly: shopping"),
        ("Your parcel", "The driver will be with you tomorrow between 10 and 12.", "mainly: shopping"),
        ("Anna folgt dir jetzt", "Sieh dir ihr Profil an.", "mainly: social"),
        ("Neuer Login", "Wenn du das nicht warst, ändere dein Passwort.", "mainly: security"),
        ("Mahnung", "Der Betrag ist seit drei Wochen überfällig.", "mainly: finance"),
        ("Housewarming", "We'd love to have you. Let me know if you can come!", "mainly: invitation"),
    ],
)
def test_what_a_mail_is_about_is_seen_in_both_languages(subject, text, fact):
    assert fact in about(subject, text)


def test_more_cues_of_a_kind_say_more_and_those_of_two_kinds_leave_it_unclear():
    order = "Vielen Dank für Ihre Bestellung. Die Versandbestätigung folgt, die Sendungsnummer auch."
    bill = "Die Rechnung liegt bei, der Rechnungsbetrag ist zahlbar bis Montag, Lastschrift wie immer."

    assert {"topic: shopping", "topic: much shopping", "mainly: much shopping"} <= about("Ihre Bestellung", order)
    assert "mainly: much shopping" not in about("Bestellung und Rechnung", f"{order} {bill}")
    assert about("", "") == frozenset()


def test_who_has_no_umlauts_is_understood():
    assert about("Rueckerstattung", "Das Geld wird zurueckerstattet.") >= {"mainly: shopping"}


def test_the_reasons_name_what_stands_in_the_mail_and_is_in_our_list():
    message = mail("Bald bei dir", "Deine Zimtsterne sind unterwegs zu dir, hier der Trackinglink.", sender=SHOP)
    reasons = next(one.reasons for one in judge(message) if one.kind == "category")

    assert 'mainly: shopping ("unterwegs zu")' in reasons
    assert "zimt" not in " ".join(reasons).lower()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Unser Flug im Mai",
            "Hallo Ada,\n\nich habe den Flug gebucht, das Hotel fehlt noch. Magst du schauen?\n\nJonas",
        ),
        ("Das Paket", "Hi Ada,\n\nthe parcel for you came to our house, I put it in the shed.\n\nJonas"),
        (
            "Deine Rechnung vom Klempner",
            "Liebe Ada,\n\nich lege dir die Rechnung hin, du kannst sie mir geben.\n\nJonas",
        ),
        (
            "Mein Passwort",
            "Hallo Ada,\n\nich habe mein Passwort vergessen, weißt du, wie das ging?\n\nLiebe Grüße, Jonas",
        ),
        ("The survey", "Hi Ada,\n\ndid you fill in the survey of the school? I have no idea what to say.\n\nJonas"),
    ],
)
def test_a_letter_about_such_things_stays_a_letter(subject, text):
    assert category(mail(subject, text, sender=FRIEND)) in ("people", None)
    assert category(mail(f"Re: {subject}", text, sender=FRIEND, in_reply_to="a@b")) in ("conversation", None)


@pytest.mark.parametrize(
    ("sender", "facts", "is_person"),
    [
        (FRIEND, {}, True),
        (SHOP, {}, False),
        ("Jonas Weber <jonas.weber@example.net>", {"auto_submitted": "auto-replied"}, False),
    ],
)
def test_who_is_named_before_the_at_writes_by_hand(sender, facts, is_person):
    found = facts_of(read(mail("Hallo", "Kurz notiert.", sender=sender, facts=facts)))

    assert ("a person writes" in traits_of(found)) is is_person
