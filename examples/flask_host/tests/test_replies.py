"""Reply drafts: made, changed, put into the server's drafts, taken back; another's are not there."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import update

from examples.flask_host.tests.browser import Browser
from examples.flask_host.tests.german import has_german
from examples.flask_host.tests.rule_vocabulary import said_by
from mailhelper_core import OwnerServices
from mailhelper_core.replies.service import FOREIGN, NO_PROVIDER
from mailhelper_core.replies.strange import note_of
from mailhelper_core.store import tables as t
from mailhelper_core.store.egress import ledger
from mailhelper_web.words.trouble import draft_note


def test_a_draft_is_made_changed_saved_and_taken_back(ada: Browser, synced: OwnerServices):
    one = synced.search("category:people in:inbox")[0]

    made = ada.post(f"/replies/draft/{one.id}", {"tone": "brief"})
    page = ada.get(made.location).text
    assert "Written from a template" in page
    ada.post(f"{made.location}/edit", {"subject": "Re: tea", "body": "Yes,\r\ngladly.", "deed": "save"})

    draft = synced.replies.list().items[0]
    assert (draft.subject, draft.body, draft.state, draft.tone) == ("Re: tea", "Yes,\ngladly.", "saved", "brief")
    change = re.search(r'action="/undo/(\d+)"', ada.get(made.location).text)
    assert ada.post(f"/undo/{change[1]}").status_code == 303


def test_another_tone_leaves_what_was_typed_and_no_copy_of_what_was_not(ada: Browser, synced: OwnerServices):
    one = synced.search("category:people in:inbox")[1]
    first = ada.post(f"/replies/draft/{one.id}", {"tone": "brief"}).location
    page = ada.get(first).text
    assert f'formaction="{first}/tone" name="tone" value="formal"' in page
    assert page.index('value="keep"') < page.index('name="tone"')  # Enter in the subject changes no tone

    draft = synced.replies.list(message_id=one.id).items[0]
    same = {"subject": draft.subject, "body": draft.body.replace("\n", "\r\n"), "tone": "formal"}
    second = ada.post(f"{first}/tone", same).location
    assert [one.tone for one in synced.replies.list(message_id=one.id)] == ["formal"]

    third = ada.post(f"{second}/tone", {"subject": "Re: x", "body": "My own\r\nwords.", "tone": "friendly"}).location

    drafts = {one.tone: one.body for one in synced.replies.list(message_id=one.id)}
    assert set(drafts) == {"formal", "friendly"}
    assert drafts["formal"] == "My own\nwords."
    page = ada.get(third).text
    assert "What you wrote is kept as a draft of its own" in page
    assert f'href="{second}"' in page
    ada.post(f"{second}/tone", {"subject": "Re: x", "body": "My own\nwords.", "tone": "brief"})  # sent again as it is
    assert "My own\nwords." in [one.body for one in synced.replies.list(message_id=one.id)]


def test_mail_that_nobody_waits_for_an_answer_to_gets_none(ada: Browser, synced: OwnerServices):
    one = synced.search("category:newsletter")[0]

    answer = ada.post(f"/replies/draft/{one.id}")

    assert answer.location.endswith(f"/mail/{one.id}")
    assert "Nobody waits for an answer" in ada.get(answer.location).text


def test_a_style_is_kept_and_used(ada: Browser, synced: OwnerServices):
    one = synced.search("category:people in:inbox")[0]

    ada.post("/replies/style", {"salutation": "Ahoy {first},", "closing": "Fair winds", "signature": "Ada"})
    made = ada.post(f"/replies/draft/{one.id}")

    assert "Ahoy" in ada.get(made.location).text
    assert "Fair winds" in ada.get("/replies/").text


def test_a_signature_may_have_several_lines(ada: Browser):
    answer = ada.post("/replies/style", {"closing": "Fair winds", "signature": "Ada\r\nHarbour 4"})

    assert answer.status_code == 303
    assert ">Ada\nHarbour 4</textarea>" in ada.get("/replies/").text.replace("\r\n", "\n")


def test_a_draft_of_another_is_not_there(app: Flask, bob: Browser, ada: Browser, synced: OwnerServices):
    draft = synced.replies.list().items[0]

    assert bob.get(f"/replies/{draft.id}").status_code == 404
    assert {
        bob.post(f"/replies/{draft.id}/{deed}", {"body": "x"}).status_code for deed in ("edit", "discard", "tone")
    } == {404}
    assert synced.replies.get(draft.id).body != "x"


def test_what_is_said_about_a_draft_stands_over_it(ada: Browser, synced: OwnerServices):
    draft = synced.replies.list().items[0]
    shown = {
        "": "Written from a template.",
        NO_PROVIDER: "Written from a template: no model provider may be asked.",
        "written from a template: The model service took too long.": "the model provider gave no answer",
        note_of(2): "left blank: 2.",
    }

    for note, words in shown.items():
        with synced.egress.owner.begin() as uow:
            uow.execute(update(t.drafts).where(t.drafts.c.id == draft.id).values(note=note, made_by="template"))
        assert words in ada.get(f"/replies/{draft.id}").text


def test_what_is_said_about_a_draft_has_german_words(german: None):
    (over,) = said_by("BudgetError", ledger)
    spent = f"written from a template: {over}"

    assert draft_note(NO_PROVIDER + FOREIGN).endswith(
        "darf kein Modellanbieter gefragt werden. In der Sprache der Mail gibt es keine Vorlage."
    )
    notes = [NO_PROVIDER, spent, "written from a template: The model service took too long.", note_of(2)]
    assert [one for one in notes if not has_german(draft_note, one)] == []
    assert "Grenze" in draft_note(spent)
