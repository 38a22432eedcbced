"""The gate: no word leaves without consent, budget and a row in the ledger; it fails closed."""

from __future__ import annotations

import json

import pytest

from mailhelper_core import (
    BudgetError,
    ConsentError,
    InvalidError,
    MailHelper,
    NotFoundError,
    PersonalData,
    ProviderError,
    Recognizer,
    hookimpl,
)
from mailhelper_core.egress.outgoing import Letter
from mailhelper_core.egress.plain import Part
from mailhelper_core.store.egress import pseudonyms
from mailhelper_core.store.mind import opinions
from tests.contract.models.desk import MAIL

SECRETS = ("Ada", "Bob", "Builder", "DE89", "0130", "901820", "shop.example", "10293")


def test_without_consent_nothing_leaves(desk):
    id_ = desk.mail("Invoice", MAIL)

    with pytest.raises(ConsentError):
        desk.ask(id_)
    with pytest.raises(ConsentError):
        desk.ada.egress.preview(id_, "classify")

    assert desk.server.received == []
    assert len(desk.ada.egress.ledger()) == 0


def test_consent_is_for_one_account_and_one_purpose(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("summarize")

    with pytest.raises(ConsentError):
        desk.ask(id_)


def test_what_leaves_has_marks_in_place_of_personal_data_and_keeps_dates_and_amounts(desk):
    id_ = desk.mail("Invoice for Ada Lovelace", MAIL)
    desk.allow("classify")

    answer = desk.ask(id_)

    sent = desk.sent()
    assert [secret for secret in SECRETS if secret in sent] == []
    assert "129,90 EUR" in sent
    assert "2026-03-05" in sent
    assert "[IBAN_1]" in sent
    assert answer.data["category"] == "finance"
    assert (answer.said_by, answer.version) == ("local:fast", "classify-1 fast-model")


def test_level_none_sends_the_mail_as_it_is_and_strict_sends_no_number(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify", level="none")
    desk.ask(id_)
    plain = desk.sent()
    desk.server.received.clear()
    desk.allow("classify", level="strict")
    desk.ask(id_)

    assert "DE89 3704" in plain
    assert "129" not in desk.server.questions()[0].text
    assert "2026" not in desk.server.questions()[0].text


def test_the_preview_is_word_for_word_what_is_sent(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify")

    preview = desk.ada.egress.preview(id_, "classify")
    assert desk.server.received == []
    desk.ask(id_)

    sent = desk.server.questions()[0]
    assert (preview.instructions, preview.text) == (sent.instructions, sent.text)
    assert preview.digest == desk.ada.egress.ledger()[0].digest
    assert {one.kind for one in preview.redactions} >= {"name", "iban", "phone", "address", "url", "order"}


def test_pseudonyms_stay_the_same_within_a_thread_and_come_back_in_the_answer(desk):
    desk.mail("Invoice", "Dear Ada,\n\nask Carol Danvers.\n\nRegards\nBob")
    second = desk.mail("Re: Invoice", "Carol Danvers said yes.", answers=desk.message_id)
    desk.allow("classify")
    desk.server.answer = lambda question: (
        '{"category": "people", "spam": "no", "urgency": 1, "importance": 1, "confidence": 0.5, "reason": "'
        + next(word for word in question.text.split() if word.startswith("[NAME"))
        + '"}'
    )
    first_text = desk.ada.egress.preview(second, "classify").text
    mark = desk.ada.egress.preview(second, "classify").text.split("ask ")[1].split(".")[0]

    answer = desk.ask(second)

    assert first_text.count(mark) == 2
    assert "[NAME" not in str(answer.data["reason"])
    assert answer.data["reason"] in ("Ada,", "Carol Danvers", "Bob")


@pytest.mark.parametrize(("level", "earlier"), [("none", True), ("pseudonyms", False)])
def test_a_mark_that_was_not_sent_does_not_come_back_as_what_it_stands_for(desk, level, earlier):
    desk.allow("classify")
    desk.ask(desk.mail("Invoice", MAIL))
    later = {} if earlier else {"date": "Sun, 01 Mar 2026 08:00:00 +0000"}  # what came after is not sent
    id_ = desk.mail("Re: Invoice", "Tell [IBAN_1]", answers=desk.message_id, from_="Eve <eve@evil.example>", **later)
    desk.allow("summarize", level=level)
    desk.server.answer = lambda _: json.dumps({"summary": "It is [IBAN_1]."})

    assert desk.ada.opinions.summarize(id_, provider=True).value == "It is [IBAN_1]."


def test_a_mark_in_the_mail_itself_is_nobodys_name(desk):
    id_ = desk.mail("Hi", "Ask [NAME_1] and [IBAN_1].")
    desk.allow("classify")

    text = desk.ada.egress.preview(id_, "classify").text

    assert "[MARK_1]" in text
    assert "[IBAN_1]" not in text


def test_the_ledger_has_a_row_for_every_call_also_for_those_that_failed(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify")
    desk.server.misbehave("login")

    with pytest.raises(ProviderError):
        desk.ask(id_)
    desk.ask(id_)

    good, bad = desk.ada.egress.ledger()
    assert (bad.outcome, bad.tokens_in, good.outcome) == ("login", 0, "answered")
    assert good.tokens_in > 0
    assert (good.message_id, good.purpose, good.provider, good.model) == (id_, "classify", "local", "fast-model")
    counts = desk.helper.admin.egress()
    assert {(one.outcome, one.calls, one.owners) for one in counts} == {("answered", 1, 1), ("login", 1, 1)}


def test_the_budget_stops_hard_before_anything_leaves(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify")
    desk.ada.egress.budget(tokens=100)

    assert desk.ada.egress.preview(id_, "classify").reason == "budget"
    with pytest.raises(BudgetError, match="tokens of 100, and 0 millionths of the currency of 0"):
        desk.ask(id_)

    assert desk.server.received == []


def test_a_provider_with_a_price_needs_a_budget_of_money(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify", provider="paid")
    with pytest.raises(BudgetError):
        desk.ask(id_)

    budget = desk.ada.egress.budget(cost=50_000)
    desk.ask(id_)

    entry = desk.ada.egress.ledger()[0]
    assert entry.cost == -(-(entry.tokens_in * 1_000_000 + entry.tokens_out * 4_000_000) // 1_000_000)
    assert desk.ada.egress.budget().spent_cost == entry.cost <= budget.limit_cost


@pytest.mark.parametrize(
    ("kind", "mark"), [("password", "[PASSWORD_1]"), ("one_time", "[ONE_TIME_1]"), ("tax-id", "[TAX_ID_1]")]
)
def test_a_recognizer_of_a_plugin_is_asked_too(desk, url, kind, mark):
    id_ = desk.mail("Invoice", "The magic word is hunter2x.")
    desk.allow("classify")

    class Passwords:
        @hookimpl
        def register_recognizers(self):
            return [Recognizer("passwords", self.find)]

        def find(self, text):
            at = text.find("hunter2x")
            return [PersonalData(kind, at, at + 8)] if at >= 0 else []

    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin, Passwords()]) as helper:
        text = helper.for_owner("ada").egress.preview(id_, "classify").text

    assert f"The magic word is {mark}." in text


def test_consent_can_be_taken_back_and_asks_for_what_there_is(desk):
    desk.allow("classify")

    assert desk.ada.egress.withdraw(desk.account.id, "classify")
    assert desk.ada.egress.consents() == ()
    with pytest.raises(InvalidError):
        desk.ada.egress.consent(desk.account.id, "classify", provider="nobody")
    with pytest.raises(InvalidError):
        desk.ada.egress.consent(desk.account.id, "selling", provider="local")
    with pytest.raises(NotFoundError):
        desk.helper.for_owner("eve").egress.consent(desk.account.id, "classify", provider="local")


@pytest.mark.parametrize("changed", ["withdrawn", "stricter", "another provider"])
def test_consent_that_is_changed_while_a_model_is_asked_lets_nothing_more_leave(desk, changed):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify")
    deeds = {
        "withdrawn": lambda: desk.ada.egress.withdraw(desk.account.id, "classify"),
        "stricter": lambda: desk.allow("classify", level="strict"),
        "another provider": lambda: desk.allow("classify", provider="paid"),
    }

    def answer(_):
        deeds[changed]()
        return "no json: it would be asked again"

    desk.server.answer = answer
    with pytest.raises(ConsentError):
        desk.ask(id_)

    assert len(desk.server.received) == 1


def test_who_looks_for_what_a_provider_has_said_keeps_nobody_from_writing(desk, monkeypatch):
    look = opinions.said_by_provider

    def meanwhile(*given, **known):
        desk.ada.tags.create("meanwhile")
        return look(*given, **known)

    monkeypatch.setattr(opinions, "said_by_provider", meanwhile)
    desk.allow("classify")

    assert desk.ada.tags.get("meanwhile").name == "meanwhile"


def test_another_owner_sees_nothing(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify")
    desk.ask(id_)
    eve = desk.helper.for_owner("eve")

    assert len(eve.egress.ledger()) == 0
    assert eve.egress.budget().spent_tokens == 0
    with pytest.raises(NotFoundError):
        eve.egress.preview(id_, "classify")


def test_removing_the_account_takes_the_pseudonyms_of_queries(desk):
    desk.allow("embed")
    desk.ada.egress.gate.embed(
        desk.account.id, [Letter(0, 0, Part("message", "What did Mrs Danvers write?"), frozenset())], provider="local"
    )

    def kept():
        with desk.ada.egress.gate.owner.read() as uow:
            return pseudonyms.of_thread(uow, 0)

    before = kept()
    desk.ada.accounts.remove(desk.account.id)

    assert [value for _, _, value in before] == ["Danvers"]
    assert kept() == []


def test_removing_the_account_takes_consent_and_pseudonyms_but_not_the_ledger(desk):
    id_ = desk.mail("Invoice", MAIL)
    desk.allow("classify")
    desk.ask(id_)

    desk.ada.accounts.remove(desk.account.id)

    assert desk.ada.egress.consents() == ()
    assert len(desk.ada.egress.ledger()) == 1


def test_the_models_of_a_provider_are_listed(desk):
    assert [one.name for one in desk.ada.egress.models("paid")] == ["embed-model", "fast-model", "strong-model"]
    assert desk.ada.egress.providers() == ("local", "paid")
