"""Facts in German: whatever the judges and the learner give as a reason has words."""

from __future__ import annotations

import pytest

from examples.flask_host.tests import vocabulary
from examples.flask_host.tests.german import in_english
from mailhelper_core.learn.signals import DEEDS
from mailhelper_core.process.builtin import judge
from mailhelper_core.process.reading.cues import CUES
from mailhelper_web.words.reasons import known_words
from tests.unit.process.mails import generated

pytestmark = pytest.mark.usefixtures("german")


def _has_german(reason: str, said_by: str = "") -> bool:
    told = known_words(reason, said_by)
    return told is not None and told not in (reason, in_english(lambda: known_words(reason, said_by)))


def test_every_fact_has_german_words():
    facts = vocabulary.plain_facts()

    assert {"question", "to me", "deadline far ahead", "no Message-ID"} <= facts
    assert len(facts) > 55
    assert {fact for fact in facts if not _has_german(fact)} == set()


def test_every_cue_has_german_words_wherever_it_stands():
    cues = vocabulary.cue_facts()

    assert {"subject: finance", "closing: much farewell", "known domain: shopping"} <= cues
    assert len(cues) == 5 * 2 * len(CUES) + 4
    assert {cue for cue in cues if not _has_german(cue)} == set()


def test_whatever_a_mail_is_about_has_german_words_with_and_without_a_cue():
    told = vocabulary.topic_facts()

    assert {"topic: much letters", "mainly: shopping", "mainly: much other"} <= told
    assert {fact for fact in told if not _has_german(fact)} == set()
    assert (
        known_words('mainly: shopping ("ihre bestellung")') == "vor allem: Bestellungen und Reisen („ihre bestellung“)"
    )


def test_no_fact_is_made_of_parts_in_a_way_that_is_not_known():
    assert vocabulary.shapes_of_facts() == {"*: *", "*: much *", "known domain: *"}


def test_answers_that_no_fact_speaks_for_have_german_words():
    told = vocabulary.told_otherwise()

    assert len(told) == 2
    assert {one for one in told if not _has_german(one)} == set()


def test_every_phrase_of_the_learner_has_german_words():
    phrases = vocabulary.learned_phrases()

    assert {"s", "w", "net", "file", "a header", "is:an answer", "is:malformed", "is:addressed to me"} <= set(phrases)
    assert len(phrases) > 20
    assert {mark for mark, phrase in phrases.items() if not _has_german(phrase, "learned")} == set()


def test_everything_that_is_said_of_many_mails_has_german_words():
    mails = [one.message for templates in ("a", "b") for one in generated(templates, seed=4, count=150)]
    reasons = {reason for mail in mails for opinion in judge(mail) for reason in opinion.reasons}

    assert len(reasons) > 60
    assert {reason for reason in reasons if not _has_german(reason)} == set()


def test_every_deed_that_teaches_has_german_words():
    signals = {"ui", *DEEDS}

    assert {signal for signal in signals if not _has_german(f"signal {signal}")} == set()
