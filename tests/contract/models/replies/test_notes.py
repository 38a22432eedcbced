"""What is said about a draft, as why a template wrote it, stays with it."""

from __future__ import annotations

import json

import pytest

from mailhelper_core import ReplyStyle, Rule
from mailhelper_core.replies.service import FOREIGN, NO_PROVIDER, OF_THE_MAIL
from tests.contract.models.desk import on_sqlite

FRENCH = "Bonjour Ada,\n\npouvez-vous venir vendredi à dix heures ?\n\nCordialement\nBob"
ASK = ("Termin am Freitag", "Hallo Ada,\n\nkannst du am Freitag um 10 Uhr kommen?\n\nViele Grüße\nBob")


@pytest.mark.parametrize("what", ["no consent", "failure", "strange link"])
def test_what_is_said_about_a_draft_is_known_to_who_reads_it_later(desk, what):
    if what != "no consent":
        desk.allow("reply")
        desk.server.answer = lambda _: json.dumps({"body": "See https://nowhere.example/x"})
    if what == "failure":
        desk.server.misbehave("login")
    id_ = desk.mail(*ASK)

    draft = desk.ada.replies.draft(id_)
    edited = desk.ada.replies.edit(draft.id, body=f"{draft.body} So.")
    desk.ada.replies.save(draft.id)

    assert draft.note
    assert edited.note == desk.ada.replies.get(draft.id).note == draft.note
    assert [one.note for one in desk.ada.replies.list(message_id=id_)] == [draft.note]


def test_a_draft_in_a_language_that_is_not_the_mails_says_so(desk):
    french = desk.mail("Réunion vendredi", FRENCH)

    noted, asked_for = desk.ada.replies.draft(french), desk.ada.replies.draft(french, language="en")
    german = desk.ada.replies.draft(desk.mail(*ASK))

    assert (noted.language, noted.note) == ("en", NO_PROVIDER + FOREIGN)
    assert asked_for.note == german.note == NO_PROVIDER


# What is asked for is decided before a database is asked.
@on_sqlite
@pytest.mark.parametrize(("asked_for", "begins"), [("", "Bonjour Bob,\n\nOui."), ("en", "Hi Bob,\n\nBonjour Bob,")])
def test_a_provider_is_asked_for_the_mails_own_language(desk, asked_for, begins):
    desk.allow("reply")
    desk.server.answer = lambda _: json.dumps({"body": "Bonjour Bob,\n\nOui."})
    desk.ada.replies.styles.set(ReplyStyle(signature="Ada L."))
    french = desk.mail("Réunion vendredi", FRENCH)
    previewed = desk.ada.egress.preview(french, "reply", language=asked_for).text

    draft = desk.ada.replies.draft(french, language=asked_for)
    of_german = desk.ada.replies.draft(desk.mail(*ASK))

    first, second = (one.text for one in desk.server.questions())
    assert first == previewed
    assert f"language: {asked_for or OF_THE_MAIL}\n" in first
    assert "language: de\n" in second
    assert draft.body.startswith(begins)
    assert draft.body.endswith("Ada L.")
    assert ("Best wishes" in draft.body) is bool(asked_for)
    assert of_german.body.startswith("Hallo Bob,")


def test_what_is_said_about_a_draft_that_a_rule_asked_for_is_kept(desk):
    desk.ada.rules.save(Rule("answer", "from:bob@shop.example", ["draft_reply"]))
    desk.mail(*ASK)

    desk.ada.run(desk.account.id)

    assert [one.note for one in desk.ada.replies.list()] == [NO_PROVIDER]
