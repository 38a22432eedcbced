"""Category, spam, urgency and importance: what speaks for them, what must not, and why."""

from __future__ import annotations

from datetime import timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import Address, Attachment, Place
from mailhelper_core.model.mind.opinion import CATEGORIES, Opinion
from mailhelper_core.process.answers import read_answers
from mailhelper_core.process.builtin import judge, register_classifiers
from mailhelper_core.process.heuristics import category, priority, reply, spam
from mailhelper_core.process.heuristics import facts as facts_module
from mailhelper_core.process.heuristics.facts import facts_of
from mailhelper_core.process.heuristics.history import FACTS as HISTORY_FACTS
from mailhelper_core.process.heuristics.shape import FACTS as SHAPES
from mailhelper_core.process.heuristics.topics import KINDS
from mailhelper_core.process.heuristics.traits import TRAITS
from mailhelper_core.process.reading.cues import CUES, KNOWN_DOMAINS
from mailhelper_core.process.reading.reading import READ_CHARACTERS, read
from tests.unit.process.mails import OWNER, WRITTEN_AT, mail

RECIPIENT_FACTS = {
    "no recipient shown", "to me", "copied to me", "not addressed to me", "one recipient", "few recipients",
    "many recipients", "from me",
}  # fmt: skip
DEADLINE_FACTS = {f"deadline {when}" for when in ("within a day", "within a week", "within two weeks", "far ahead")}


def answers(message) -> dict[str, Opinion]:
    return {opinion.kind: opinion for opinion in judge(message)}


def test_an_empty_mail_with_no_facts_gets_no_category_and_no_language():
    said = answers(mail(sender="x <x@example.com>", to=(), account_addresses=frozenset(), message_id=""))

    assert "category" not in said
    assert "language" not in said


@pytest.mark.parametrize("weak", sorted(fact for fact, weight in spam.WEIGHTS.items() if 0 < weight < 3))
def test_one_weak_sign_is_never_spam(weak):
    said = spam.judge_spam({weak})

    assert said is None or said.value == "no"


def test_words_and_headers_together_are_spam_and_a_reply_is_not():
    facts = {"dmarc failed", "reply goes elsewhere", "no recipient shown", "text: scam", "shouted subject"}

    said = spam.judge_spam(facts)

    assert said is not None
    assert said.value == "yes"
    assert "dmarc failed" in said.reasons
    against = spam.judge_spam(facts | {"reply", "mailing list", "to me"})
    assert against is None or against.value == "no"


def test_a_server_that_says_spam_is_believed():
    said = answers(mail("Hello", "Some words of a mail", facts={"spam_flag": True}))["spam"]

    assert said.value == "yes"
    assert said.reasons[0] == "server says spam"


def test_no_spam_is_said_only_where_something_speaks_for_it():
    assert spam.judge_spam({"exclamations"}) is None
    assert spam.judge_spam(set()) is None


@pytest.mark.parametrize("shown", ["Lakeside Bank <support@lakeside.example>", "support@lakeside.example"])
def test_a_sender_who_shows_another_address_is_noticed(shown):
    message = mail(from_=Address(shown, "info@evil.example"))

    assert "sender names another address" in facts_of(read(message))


def test_a_display_name_never_hides_the_senders_domain():
    message = mail(from_=Address("Kim Park", "kim@mail.linkedin.com"))

    assert "known domain: social" in facts_of(read(message))


@pytest.mark.parametrize(
    ("text", "is_amount"),
    [
        ("Bitte überweisen Sie 1.234,50 € bis Freitag.", True),
        ("Gesamt: 49,90€", True),
        ("Der Betrag von 1.234,50 EUR ist offen.", True),
        ("Zu zahlen: EUR 99", True),
        ("Summe 12,50\u00a0€", True),
        ("Fr. 20.- oder CHF 20.00", True),
        ("Please pay £1,234.50 by Friday.", True),
        ("You owe $5.", True),
        ("Total: 1,234.50 USD", True),
        ("Wir treffen uns um 12.30 in Raum 4,20.", False),
        ("Der € ist stabil, sagt die EZB.", False),
        ("Version 2.10 of EUROPA is out", False),
        ("", False),
    ],
)
def test_sums_are_found_as_they_are_written_in_german_and_english(text, is_amount):
    assert ("amount of money" in facts_of(read(mail("Hallo", text)))) is is_amount


def test_the_owners_address_is_compared_without_case():
    message = mail(to=(Address("", "Ada@Example.ORG"),))

    assert "to me" in facts_of(read(message))


def test_a_deadline_today_makes_urgent_and_is_named():
    said = answers(mail("Contract", "Could you please sign it by 5 pm today? It is urgent."))["urgency"]

    assert said.value == "3"
    assert said.reasons[0] == "deadline in 8 h"


def test_the_same_deadline_counts_from_the_messages_own_date():
    text = "Könntest du bitte bis zum 05.11.2025 antworten?"

    near = answers(mail("Termin", text))["urgency"]
    far = answers(mail("Termin", text, sent_at=WRITTEN_AT - timedelta(days=90)))["urgency"]

    assert int(near.value) > int(far.value)


def test_what_was_quoted_makes_nothing_urgent():
    text = "Danke, passt.\n\nAm 4. November 2025 um 10:12 schrieb Ada <ada@example.org>:\n> Dringend! Bis heute 12 Uhr!"

    said = answers(mail("Re: Frage", text, in_reply_to="a@b"))["urgency"]

    assert said.value == "1"


def test_marketing_pressure_is_not_urgent():
    text = "Nur noch heute! Jetzt kaufen und sparen, Rabatt bis heute 24 Uhr. Newsletter abbestellen."

    said = answers(mail("Letzte Chance", text, facts={"list_unsubscribe": "<x>", "precedence": "bulk"}))

    assert said["urgency"].value == "1"
    assert said["importance"].value == "1"


def test_an_importance_header_alone_makes_nothing_important():
    plain, marked = mail("Note", "Some words"), mail("Note", "Some words", facts={"importance": 1})

    assert answers(marked)["urgency"].value == answers(plain)["urgency"].value


def test_a_flag_of_the_owner_raises_importance():
    place = Place(1, "INBOX", "inbox", frozenset({"\\Flagged"}))

    plain, flagged = mail("Note", "Some words"), mail("Note", "Some words", places=(place,))

    assert int(answers(flagged)["importance"].value) > int(answers(plain)["importance"].value)


def test_a_list_is_less_important_than_a_mail_to_the_owner():
    direct = mail("Plan", "Hello, I will bring the plan. Best regards, Grace")
    listed = mail("Plan", direct.text, to=(Address("", "l@lists.example"),), facts={"list_id": "l.lists.example"})

    assert int(answers(listed)["importance"].value) < int(answers(direct)["importance"].value)


def test_an_invoice_as_attachment_is_a_bill():
    message = mail("Your documents", "See attachment.", attachments=(Attachment("2", "Rechnung-7.pdf", "x/y", 1),))

    assert "bill attached" in facts_of(read(message))


def test_only_the_beginning_of_a_long_text_is_read():
    message = mail("Hello", "a b c " * READ_CHARACTERS + " bitte bis heute 17 Uhr, dringend")

    assert len(read(message).text) <= READ_CHARACTERS
    assert read(message).hours_left is None


def test_every_weight_is_of_a_fact_that_can_hold():
    zones = [f"{zone}: " for zone in ("subject", "text", "sender", "opening", "closing")]
    cues = {zone + much + group for zone in zones for much in ("", "much ") for group in CUES}
    domains = {f"known domain: {group}" for group in KNOWN_DOMAINS.values()}
    tests = {name for name, _ in facts_module._TESTS}
    about = {f"{zone}: {much}{kind}" for zone in ("topic", "mainly") for much in ("", "much ") for kind in KINDS}
    traits = {trait.name for trait in TRAITS}
    weighed = {fact for table in (category.WEIGHTS, category.ABOUT) for weights in table.values() for fact in weights}
    weighed |= set(spam.WEIGHTS) | set(priority.URGENCY) | set(priority.IMPORTANCE) | set(reply.WEIGHTS)

    others = SHAPES | HISTORY_FACTS | RECIPIENT_FACTS | DEADLINE_FACTS
    assert weighed <= cues | about | traits | domains | tests | others
    assert set(category.WEIGHTS) <= set(CATEGORIES)


def test_the_built_in_classifier_keeps_its_contract():
    classifier, _ = register_classifiers()
    messages = [mail(), mail("Hi", "Hello there"), mail("", "x" * 100_000)]

    read_back = read_answers(classifier, classifier.classify(messages), len(messages))

    assert read_back.problems == ()
    assert set(classifier.kinds) == {"spam", "category", "urgency", "importance", "reply", "language"}


headers = st.lists(st.tuples(st.sampled_from(["Content-Type", "X-Mailer", "Feedback-ID"]), st.text(max_size=20)))
addresses = st.lists(st.builds(Address, st.text(max_size=20), st.text(max_size=20)), max_size=20).map(tuple)
facts = st.fixed_dictionaries(
    {}, optional={"list_id": st.text(), "spam_score": st.floats(-99, 99), "importance": st.integers(0, 5)}
)


@given(st.text(), st.text(), addresses, headers, facts)
def test_whatever_a_mail_is_the_judges_answer_within_their_contract(subject, text, to, fields, found):
    message = mail(subject, text, to=to, cc=to, headers=tuple(fields), facts=found, sent_at=None)
    classifier, _ = register_classifiers()

    assert read_answers(classifier, classifier.classify([message]), 1).problems == ()


def test_reasons_are_facts_and_never_words_of_the_mail():
    said = judge(mail("Zebrafinken zum Abholen", "Hallo Ada, kannst du bitte bis Freitag die Zebrafinken abholen?"))

    assert "zebra" not in " ".join(reason for opinion in said for reason in opinion.reasons).lower()


@pytest.mark.parametrize(
    "torture",
    [
        "a " * 50_000,
        "A" * 100_000,
        " " * 100_000,
        "bis bis " * 50_000,
        "1.1." * 50_000,
        "€ 1,1 " * 50_000,
        "> " * 9_999,
    ],
)
def test_no_text_is_expensive(torture):
    started = process_time()

    judge(mail(torture, torture, from_=Address(torture, torture)))

    assert process_time() - started < 0.25


def test_levels_are_ordered_with_the_evidence():
    weak, strong = (
        priority.judge_urgency({"question"}),
        priority.judge_urgency({"question", "deadline within a day", "text: code"}),
    )

    assert weak is not None
    assert strong is not None
    assert int(weak.value) < int(strong.value)


@pytest.mark.parametrize("failed", [{"dmarc": "fail"}, {"spf": "softfail"}, {"dkim": "fail"}])
def test_who_writes_the_owners_address_into_a_mail_is_not_the_owner(failed: dict[str, str]) -> None:
    own, forged = mail("Pay", sender=f"Ada <{OWNER}>"), mail("Pay", sender=f"Ada <{OWNER}>", facts=failed)

    assert "from me" in facts_of(read(own))
    assert "from me" not in facts_of(read(forged))
