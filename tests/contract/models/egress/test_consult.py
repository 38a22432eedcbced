"""A provider is asked only what local classifiers leave open; what it says stands beside them, an error never does."""

from __future__ import annotations

import json

import pytest

from mailhelper_core import BudgetError, Completion, MailHelper, Provider, ProviderError, Rule
from mailhelper_core.store.mail import erase
from tests.contract.models.conftest import GOOD
from tests.contract.models.desk import Plugin

OPEN = ("Hm", "Lorem ipsum dolor sit amet.")


def said(desk, id_):
    return {(one.said_by, one.kind): one.value for one in desk.ada.opinions.of([id_])[id_] if ":" in one.said_by}


def test_nobody_is_asked_without_consent(desk):
    desk.mail(*OPEN)

    report = desk.ada.process(desk.account.id)

    assert (report.asked, desk.server.received) == (0, [])


def test_what_is_open_is_asked_and_the_answer_has_its_source_and_version(desk):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)

    report = desk.ada.process(desk.account.id)

    message = desk.ada.messages.get(id_)
    assert (report.asked, report.errors) == (1, ())
    assert (message.category, message.urgency) == ("finance", 3)
    assert "category" in message.provider_kinds
    (opinion,) = [one for one in desk.ada.opinions.of([id_])[id_] if one.said_by == "local:fast" and one.kind == "spam"]
    assert opinion.version == "classify-1 fast-model"


def test_what_another_provider_said_counts_no_more(desk):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.ada.process(desk.account.id)
    desk.server.answer = lambda _: json.dumps(json.loads(GOOD) | {"category": "shopping"})
    desk.ada.egress.budget(cost=1_000_000)

    desk.allow("classify", provider="paid")
    desk.ada.process(desk.account.id)

    assert desk.ada.messages.get(id_).category == "shopping"
    assert said(desk, id_)["local:fast", "category"] == "finance"


def test_what_is_clear_is_not_asked(desk):
    desk.allow("classify")
    desk.mail(
        "Invoice 42 is due tomorrow", "Dear Ada, please pay the invoice by tomorrow.\n\nRegards\nBob",
        List_Unsubscribe="<mailto:x@shop.example>", List_Id="<news.shop.example>", Precedence="bulk",
    )  # fmt: skip

    report = desk.ada.process(desk.account.id)

    assert (report.processed, report.asked, desk.server.received) == (1, 0, [])


@pytest.mark.parametrize("what", ["refusal", "html", "login"])
def test_an_error_is_never_stored_as_an_opinion_and_is_named(desk, what):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.server.misbehave(what, what)

    report = desk.ada.process(desk.account.id)

    assert said(desk, id_) == {}
    assert report.asked == 0
    assert [error.where for error in report.errors] == ["provider"]


@pytest.mark.parametrize("strong", [False, True])
def test_a_message_that_is_erased_while_it_is_asked_about_costs_the_others_nothing(desk, strong):
    desk.allow("classify")
    erased = desk.mail("Mystery", "hm")
    other = desk.mail("Riddle", "oh")

    def answer(_):
        with desk.ada._owner.begin() as uow:
            erase.remove(uow, [erased])
        return GOOD

    desk.server.answer = answer
    if strong:
        desk.ada.opinions.ask(erased, strong=True)
    report = desk.ada.process(desk.account.id)

    assert report.errors == ()
    assert "local:fast" in {one.said_by for one in desk.ada.opinions.of([other])[other]}


def test_a_service_that_is_away_is_asked_again_when_the_pause_it_asked_for_is_over(desk, monkeypatch):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.server.retry_after = "3600"
    desk.server.misbehave("throttled")
    assert desk.ada.process(desk.account.id).asked == 0
    assert desk.ada.process(desk.account.id).asked == 0
    assert len(desk.server.received) == 1
    desk.wait(monkeypatch, 3_601)

    report = desk.ada.process(desk.account.id)

    assert (report.processed, report.asked) == (0, 1)
    assert said(desk, id_)["local:fast", "category"] == "finance"


@pytest.mark.parametrize("code", ["login", "no_model", "no_extra", "tls"])
def test_what_the_host_has_to_mend_keeps_questions_for_later(desk, url, code):
    ids = [desk.mail(f"{OPEN[0]} {number}", OPEN[1]) for number in range(6)]
    asked = []

    def answer(_):
        asked.append(1)
        if code:
            raise ProviderError("It is set up wrongly.", code=code, transient=False)
        return Completion(GOOD)

    with MailHelper(url, key=b"k" * 32, plugins=[Plugin([Provider("odd", answer)])]) as helper:
        ada = helper.for_owner("ada")
        ada.egress.consent(desk.account.id, "classify", provider="odd")
        assert ada.process(desk.account.id).asked == 0
        assert len(asked) <= 4  # a wrong key is not tried with every mail
        code = ""

        assert ada.process(desk.account.id).asked == len(ids)


@pytest.mark.parametrize("code", ["login", "no_model"])
def test_one_message_that_is_refused_holds_up_no_other(desk, url, code):
    ids = [desk.mail(f"{OPEN[0]} {number}", OPEN[1]) for number in range(9)]

    def answer(request):
        if f"{OPEN[0]} 1" in request.text:
            raise ProviderError("The input was flagged.", code=code, transient=False)
        return Completion(GOOD)

    with MailHelper(url, key=b"k" * 32, plugins=[Plugin([Provider("odd", answer)])]) as helper:
        ada = helper.for_owner("ada")
        ada.egress.consent(desk.account.id, "classify", provider="odd")

        assert ada.process(desk.account.id).asked == len(ids) - 1
        assert ada.process(desk.account.id).asked == 0


def test_a_spent_budget_keeps_questions_for_later(desk):
    desk.allow("classify")
    desk.ada.egress.budget(tokens=1)
    desk.mail(*OPEN)

    report = desk.ada.process(desk.account.id)
    desk.ada.egress.budget(tokens=1_000_000)

    assert [error.code for error in report.errors] == ["budget"]
    assert desk.ada.process(desk.account.id).asked == 1


def test_the_stronger_model_stands_beside_the_fast_one_and_counts(desk):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.ada.process(desk.account.id)
    desk.server.answer = lambda question: json.dumps(
        {"category": "shopping", "spam": "no", "urgency": 1, "importance": 1, "confidence": 0.9}
    )

    desk.ada.opinions.ask(id_, strong=True)

    assert desk.server.questions()[-1].model == "strong-model"
    assert said(desk, id_)["local:fast", "category"] == "finance"
    assert said(desk, id_)["local:strong", "category"] == "shopping"
    assert desk.ada.messages.get(id_).category == "shopping"


def test_asking_on_demand_raises_and_changes_nothing(desk):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.ada.egress.budget(tokens=1)

    with pytest.raises(BudgetError):
        desk.ada.opinions.ask(id_)
    desk.ada.egress.budget(tokens=1_000_000)
    desk.server.misbehave("html")
    with pytest.raises(ProviderError):
        desk.ada.opinions.ask(id_)

    assert said(desk, id_) == {}


def test_without_its_provider_an_opinion_counts_no_more(desk, url):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.ada.process(desk.account.id)
    assert desk.ada.messages.get(id_).category == "finance"

    with MailHelper(url, key=b"k" * 32) as helper:
        ada = helper.for_owner("ada")
        ada.reprocess(desk.account.id)
        ada.process(desk.account.id)
        assert ada.messages.get(id_).category is None


def test_the_owners_word_ends_the_taint(desk):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.ada.process(desk.account.id)

    desk.ada.opinions.correct([id_], category="people")

    assert "category" not in desk.ada.messages.get(id_).provider_kinds


def test_a_rule_that_looks_at_a_providers_word_tags_and_proposes_the_rest(desk):
    desk.allow("classify")
    desk.ada.rules.save(Rule("money", "category:finance", [("tag", "money"), "archive"]))
    desk.ada.rules.save(Rule("tagged", "tag:money", ["discard"]))
    desk.ada.rules.save(Rule("sender", "from:shop.example", [("tag", "shop")]))
    id_ = desk.mail(*OPEN)

    desk.ada.run(desk.account.id)

    message = desk.ada.messages.get(id_)
    assert message.tag_names == {"shop"}
    assert [place.role for place in message.places] == ["inbox"]
    assert [change.note for change in desk.ada.rules.proposed()] == ["money"]


def test_a_rule_that_only_tags_needs_nobodys_word(desk):
    desk.allow("classify")
    desk.ada.rules.save(Rule("money", "category:finance", [("tag", "money")]))
    desk.ada.rules.save(Rule("tagged", "tag:money", ["discard"]))
    id_ = desk.mail(*OPEN)

    desk.ada.run(desk.account.id)

    message = desk.ada.messages.get(id_)
    assert message.tag_names == {"money"}
    assert [place.role for place in message.places] == ["inbox"]
