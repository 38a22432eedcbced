"""The tone of a reply: a preview shows each word for word, and a template addresses people in one way."""

from __future__ import annotations

import json

import pytest

from mailhelper_core import InvalidError
from tests.contract.models.desk import on_sqlite

# These are the words of a draft, made in memory; that drafts are kept is said of both databases in test_replies.py.
pytestmark = on_sqlite

ASK = ("Termin am Freitag", "Hallo Ada,\n\nkannst du am Freitag um 10 Uhr kommen?\n\nViele Grüße\nBob")
BOB = "Bob Builder <bob@shop.example>"


@pytest.mark.parametrize(("tone", "language"), [("formal", ""), ("decline", "en"), ("friendly", "de")])
def test_the_preview_of_a_reply_in_another_tone_is_what_is_sent(desk, tone, language):
    desk.allow("reply")
    desk.server.answer = lambda question: json.dumps({"body": "Ja."})
    id_ = desk.mail(*ASK)

    preview = desk.ada.egress.preview(id_, "reply", tone=tone, language=language)
    desk.ada.replies.draft(id_, tone=tone, language=language)

    assert desk.server.questions()[0].text == preview.text
    assert f"tone: {tone}" in preview.text


def test_a_preview_knows_the_tones_of_a_draft(desk):
    desk.allow("reply")
    id_ = desk.mail(*ASK)

    for wrong in ({"tone": "rude"}, {"language": "fr"}):
        with pytest.raises(InvalidError):
            desk.ada.egress.preview(id_, "reply", **wrong)


@pytest.mark.parametrize(
    ("tone", "from_", "said"),
    [
        ("friendly", BOB, "Hallo Bob,\n\ndanke für deine Frage."),
        ("formal", BOB, "Guten Tag Bob Builder,\n\ndanke für Ihre Frage."),
        ("decline", BOB, "Guten Tag Bob Builder,\n\ndanke für Ihre Nachricht."),
        ("brief", BOB, "Hallo Bob,\n\ndanke, (...)"),
        ("friendly", "Stadtwerke Auental <service@stadtwerke-auental.example>", "Hallo,\n\ndanke für Ihre Frage."),
    ],
)
def test_a_template_addresses_whom_it_greets_in_one_way(desk, tone, from_, said):
    draft = desk.ada.replies.draft(desk.mail(*ASK, from_=from_), tone=tone)

    assert draft.body.startswith(said)


def test_a_subject_has_an_end(desk):
    draft = desk.ada.replies.draft(desk.mail(*ASK))

    assert desk.ada.replies.edit(draft.id, body="x", subject="s" * 1_000).subject == "s" * 1_000
    with pytest.raises(InvalidError):
        desk.ada.replies.edit(draft.id, body="x", subject="s" * 1_001)
