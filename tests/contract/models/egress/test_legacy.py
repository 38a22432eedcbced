"""What went wrong in the legacy application's privacy and analysis, and cannot go wrong here; one test each."""

from __future__ import annotations

import threading

import pytest

from mailhelper_core import BudgetError
from mailhelper_core.egress.outgoing import letter
from mailhelper_core.egress.thread import message_in_thread

PATIENCE_SECONDS = 10.0
IBAN, CARD, PHONE, URL = (
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "0171 2345678",
    "https://pay.example/x/77",
)


def test_a_provider_on_this_machine_gets_pseudonyms_too(desk):
    """There a wrong guess about what is a cloud sent the original."""
    id_ = desk.mail("Hi", f"My account is {IBAN}.")
    desk.allow("classify", provider="local")
    desk.ask(id_)

    assert desk.local.local
    assert IBAN not in desk.sent()


def test_earlier_mails_of_the_thread_are_replaced_too(desk):
    """There the context of a thread went out as it was."""
    desk.mail("Money", f"Pay to {IBAN}, says Mrs Danvers.")
    id_ = desk.mail("Re: Money", "Done.", answers=desk.message_id)
    desk.allow("classify")
    desk.ask(id_)

    assert "earlier 1" in desk.sent()
    assert IBAN not in desk.sent()
    assert "Danvers" not in desk.sent()


def test_the_second_pass_has_a_replaced_subject_too(desk):
    """There reprocessing sent the original subject."""
    id_ = desk.mail(f"Call {PHONE} about {IBAN} and {URL}", "Hello")
    desk.allow("classify")
    desk.ask(id_, strong=True)

    assert desk.server.questions()[0].model == "strong-model"
    assert [secret for secret in (IBAN, PHONE, URL) if secret in desk.sent()] == []


def test_texts_for_vectors_are_replaced_too(desk):
    """There embeddings went through the chat client, as they were."""
    id_ = desk.mail("Hi", f"Card {CARD}, phone {PHONE}.")
    desk.allow("embed")
    message, _ = message_in_thread(desk.ada.egress.gate.owner, id_)

    desk.ada.egress.gate.embed(desk.account.id, [letter(message)], provider="local")

    assert [secret for secret in (CARD, PHONE, "Bob") if secret in desk.sent()] == []


@pytest.mark.parametrize("secret", [IBAN, IBAN.replace(" ", ""), CARD, PHONE, "030/123 45 67", "+49 30 901820", URL])
def test_the_numbers_that_were_missed_there_are_found(desk, secret):
    id_ = desk.mail(f"About {secret}", f"It is {secret}.")
    desk.allow("classify")

    assert secret not in desk.ada.egress.preview(id_, "classify").text


def test_every_person_keeps_a_mark_of_their_own(desk):
    """There marks were mapped back by the position in a set: the wrong person."""
    desk.allow("classify")
    id_ = desk.mail("Meeting", "Dear Carol Danvers,\n\nFrau Petra Meier meets Mr Tom Jones.\n\nRegards\nBob Builder")

    text = desk.ada.egress.preview(id_, "classify").text
    marks = [word.strip(".,") for word in text.split() if word.startswith("[NAME_")]

    assert len(set(marks)) == len(marks) == 4


def test_line_breaks_reach_the_model(desk):
    """There they were deleted: line1line2."""
    id_ = desk.mail("Lines", "line one\nline two\n\nline three")
    desk.allow("classify")

    assert "line one\nline two\n\nline three" in desk.ada.egress.preview(id_, "classify").text


def test_a_failed_analysis_is_no_result_and_is_asked_again(desk):
    """There it was stored as 2/2 and never tried again."""
    desk.allow("classify")
    id_ = desk.mail("Hm", "Lorem ipsum dolor sit amet.")
    desk.server.retry_after = "3600"
    desk.server.misbehave("error")
    first = desk.ada.process(desk.account.id)
    unknown = desk.ada.messages.get(id_).category
    second = desk.ada.process(desk.account.id)

    assert (first.asked, unknown, second.asked) == (0, None, 1)
    assert desk.ada.messages.get(id_).category == "finance"


def test_two_calls_at_once_cannot_both_use_the_last_of_a_budget(desk):
    id_ = desk.mail("Invoice", "Please pay.")
    desk.allow("classify")
    most = desk.ada.egress.preview(id_, "classify").tokens
    desk.ada.egress.budget(tokens=most + most // 2)
    found: list[str] = []
    one_was_refused, good = threading.Event(), desk.server.answer

    def ask() -> None:
        try:
            desk.ask(id_)
            found.append("answered")
        except BudgetError:
            found.append("budget")
            one_was_refused.set()

    # The first is not answered before the second has tried.
    desk.server.answer = lambda question: (one_was_refused.wait(PATIENCE_SECONDS), good(question))[1]
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert desk.ada.egress.budget().spent_tokens <= most + most // 2
    assert sorted(found) == ["answered", "budget"]
