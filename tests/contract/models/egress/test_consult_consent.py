"""What a consent to classify changes: what a provider said counts while it stands, and what is open is asked about."""

from __future__ import annotations

from mailhelper_core.egress import service as egress_service
from mailhelper_core.process import service as processing
from tests.contract.models.conftest import GOOD
from tests.contract.models.egress.test_consult import OPEN, said


def test_what_a_provider_said_counts_as_long_as_it_may_be_asked(desk, monkeypatch):
    monkeypatch.setattr(egress_service, "REQUEUE_MESSAGES", 2)
    desk.allow("classify")
    ids = [desk.mail(*OPEN) for _ in range(5)]
    desk.ada.process(desk.account.id)
    unasked = desk.mail("Invoice 42", "Please pay the invoice.")

    def shown():
        return [desk.ada.messages.get(id_).category for id_ in ids]

    with_it = shown()
    desk.ada.egress.withdraw(desk.account.id, "classify")
    first = desk.ada.process(desk.account.id)
    without = shown()
    assert not desk.ada.messages.get(unasked).provider_kinds
    desk.ada.egress.consent(desk.account.id, "classify", provider="local")
    again = desk.ada.process(desk.account.id)

    assert with_it == shown() == ["finance"] * 5
    assert without == [None] * 5
    assert (first.processed, again.processed, again.asked) == (6, 5, 1)
    assert len(said(desk, unasked)) == 4  # of the others all is known
    desk.ada.egress.consent(desk.account.id, "classify", provider="local", level="strict")
    assert desk.ada.process(desk.account.id).processed == 0


def test_a_consent_that_is_taken_back_while_classifiers_are_asked_counts_no_more(desk, monkeypatch):
    desk.allow("classify")
    id_ = desk.mail(*OPEN)
    desk.ada.process(desk.account.id)
    desk.ada.reprocess()
    ask = processing.ask

    def slow(*given, **known):
        desk.ada.egress.withdraw(desk.account.id, "classify")
        return ask(*given, **known)

    monkeypatch.setattr(processing, "ask", slow)
    desk.ada.process(desk.account.id)

    assert desk.ada.messages.get(id_).category is None


def test_a_consent_lets_the_newest_mail_be_asked_about_that_is_still_open(desk, monkeypatch):
    monkeypatch.setattr(egress_service, "ASKED_MESSAGES", 3)
    ids = [desk.mail(*OPEN, date=f"Mon, 02 Mar 2026 0{hour}:00:00 +0000") for hour in range(5)]
    desk.ada.opinions.correct([ids[3]], category="people", spam=False, urgency=1, importance=1)
    desk.ada.process(desk.account.id)

    desk.allow("classify")
    fresh = desk.mail("Hm", "Lorem ipsum, and nobody has looked at it yet.")
    report = desk.ada.process(desk.account.id)

    asked = [id_ for id_ in (*ids, fresh) if desk.ada.messages.get(id_).provider_kinds]
    assert (report.asked, asked) == (3, [ids[2], ids[4], fresh])
    desk.allow("classify", level="strict")
    assert desk.ada.process(desk.account.id).asked == 0
    desk.ada.reprocess()
    assert desk.ada.process(desk.account.id).asked >= 2


def test_a_consent_that_is_taken_back_half_way_and_given_again_leaves_nothing_open(desk):
    for _ in range(12):
        desk.put(*OPEN)
    desk.ada.sync(desk.account.id)
    desk.allow("classify")
    asked = []

    def answer(_):
        asked.append(None)
        if len(asked) == 2:
            desk.ada.egress.withdraw(desk.account.id, "classify")
        return GOOD

    desk.server.answer = answer
    first = desk.ada.process(desk.account.id)
    without = desk.ada.process(desk.account.id)
    sent = len(asked)
    desk.ada.egress.consent(desk.account.id, "classify", provider="local")
    desk.ada.process(desk.account.id)

    assert "consent" in {one.code for one in first.errors}
    assert (without.asked, without.errors, sent) == (0, (), len(desk.server.received) - (len(asked) - sent))
    assert {one.category for one in desk.ada.search("", limit=50)} == {"finance"}


def test_what_waits_for_an_answer_goes_on_waiting_for_a_consent_however_old_it_is(desk, monkeypatch):
    monkeypatch.setattr(egress_service, "ASKED_MESSAGES", 1)
    ids = [desk.mail(*OPEN) for _ in range(4)]
    desk.allow("classify")
    desk.ada.reprocess()
    desk.ada.egress.budget(tokens=1)
    desk.ada.process(desk.account.id)
    desk.ada.egress.withdraw(desk.account.id, "classify")
    assert desk.ada.process(desk.account.id).errors == ()
    desk.ada.egress.budget(tokens=1_000_000)

    desk.allow("classify")

    assert desk.ada.process(desk.account.id).asked == len(ids)
