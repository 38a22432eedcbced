"""Summaries: the mail's own sentences offline, a model's words with consent; an error is never one."""

from __future__ import annotations

import json

import pytest

from mailhelper_core import ConsentError, NotFoundError, ProviderError
from mailhelper_core.store.mail import erase

LETTER = (
    "Hello Ada,\n\nI hope you are well. The offer for the new roof has arrived from the carpenter. It costs 12,400 EUR "
    "and the carpenter needs your decision by Friday. The weather was nice.\n\nRegards\nBob"
)


def test_the_sentences_that_say_most_are_kept_as_an_opinion(desk):
    id_ = desk.mail("Offer for the roof", LETTER)

    summary = desk.ada.opinions.summarize(id_)

    assert "offer for the new roof" in summary.value
    assert "decision by Friday" in summary.value
    assert "weather" not in summary.value
    assert summary in desk.ada.opinions.of([id_])[id_]
    assert desk.server.received == []


@pytest.mark.parametrize(
    "foot",
    [
        "Wer diesen Rundbrief des Gartenvereins nicht mehr möchte, klickt bitte hier: "
        "https://news.example/rundbrief/gartenverein/abmelden?rundbrief=gartenverein",
        "To unsubscribe from the garden newsletter please open https://news.example/garden/newsletter/leave",
    ],
)
def test_how_to_leave_a_newsletter_is_none_of_what_it_says(desk, foot):
    text = (
        "The apple trees of the garden were cut last week.\n\nThe next meeting of the garden is in the old barn.\n\n"
        f"Bring your own seeds for the spring.\n\n{foot}"
    )

    summary = desk.ada.opinions.summarize(desk.mail("Rundbrief: garden newsletter, please read", text))

    assert "apple trees" in summary.value
    assert "news.example" not in summary.value


def test_a_model_writes_another_beside_it_with_consent(desk):
    id_ = desk.mail("Offer for the roof", LETTER)
    desk.ada.opinions.summarize(id_)
    with pytest.raises(ConsentError):
        desk.ada.opinions.summarize(id_, provider=True)
    desk.allow("summarize")
    desk.server.answer = lambda question: json.dumps({"summary": "[NAME_1] has to decide about the roof."})

    desk.ada.opinions.summarize(id_, provider=True)

    said = {one.said_by: one.value for one in desk.ada.opinions.of([id_])[id_] if one.kind == "summary"}
    assert said.keys() == {"extract", "local:fast"}
    assert "[NAME_1]" not in said["local:fast"]


def test_a_failed_summary_is_not_stored(desk):
    id_ = desk.mail("Offer for the roof", LETTER)
    desk.allow("summarize")
    desk.server.misbehave("refusal")

    with pytest.raises(ProviderError):
        desk.ada.opinions.summarize(id_, provider=True)

    assert [one for one in desk.ada.opinions.of([id_])[id_] if one.kind == "summary"] == []


@pytest.mark.parametrize("text", ["", "Hi", "你好。明天见。", "x" * 300_000, "> only\n> quoted"])
def test_mail_without_a_sentence_has_no_summary_or_a_short_one(desk, text):
    summary = desk.ada.opinions.summarize(desk.mail("", text))

    assert summary is None or len(summary.value) <= 400


def test_another_owners_mail_is_not_summarized(desk):
    id_ = desk.mail("Offer", LETTER)

    with pytest.raises(NotFoundError):
        desk.helper.for_owner("eve").opinions.summarize(id_)


def test_a_message_that_is_erased_meanwhile_is_not_found(desk):
    id_ = desk.mail("Roof", LETTER)
    desk.allow("summarize")

    def answer(_):
        with desk.ada._owner.begin() as uow:
            erase.remove(uow, [id_])
        return json.dumps({"summary": "It is gone."})

    desk.server.answer = answer
    with pytest.raises(NotFoundError):
        desk.ada.opinions.summarize(id_, provider=True)
