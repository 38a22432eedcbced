"""A preview is what the service gets, of vectors too whatever else goes out beside them, and leaves nothing behind."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from sqlalchemy import select

from mailhelper_core import ProviderError
from mailhelper_core.model.ai.provider import Purpose
from mailhelper_core.store import tables as t
from tests.contract.models.desk import Desk, on_sqlite


def test_what_a_preview_shows_of_each_mail_is_what_a_batch_sends(desk: Desk) -> None:
    first = desk.mail("Plan", "Hallo Petra,\nwir sehen uns.\n\nViele Grüße\nWaldemar Zwick\n")
    answers = desk.message_id
    second = desk.mail("Re: Plan", "gestern war waldemar zwick da, und frieda auch\n\nLG Frieda", answers=answers)
    third = desk.mail("Re: Plan", "frieda und petra und waldemar kommen. Call +49 30 901820.", answers=answers)
    desk.ada.process(desk.account.id)
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")

    shown = [desk.ada.egress.preview(one, "embed") for one in (third, first, second)]
    desk.ada.vectors.embed(desk.account.id)

    (sent,) = desk.server.received
    assert json.loads(sent.body)["input"] == [shown[1].text, shown[2].text, shown[0].text]
    assert "zwick" not in shown[2].text
    assert not {"petra", "waldemar", "frieda"} & set(shown[0].text.split())
    again = desk.ada.egress.preview(third, "embed")
    assert (again.text, again.redactions) == (shown[0].text, shown[0].redactions)


# Whether anything is written is decided before a database is asked.
@on_sqlite
@pytest.mark.parametrize("purpose", ["classify", "summarize", "reply"])
def test_a_preview_keeps_no_pseudonym_and_is_what_is_sent(desk: Desk, purpose: Purpose) -> None:
    id_ = desk.mail("Plan", "Hallo Ada,\nCarol Danvers kommt, +49 30 901820.\n\nViele Grüße\nWaldemar Zwick\n")
    desk.allow(purpose)

    shown = [desk.ada.egress.preview(id_, purpose) for _ in range(2)]
    with desk.ada.egress.gate.owner.read() as uow:
        kept = uow.execute(select(t.egress_pseudonyms.c.kind)).all()
    with suppress(ProviderError):  # it answers no JSON
        desk.ada.egress.gate.ask(desk.ada.egress.ask(id_, purpose, False, "friendly", ""))

    assert kept == []
    assert shown[0] == shown[1]
    assert desk.server.questions()[0].text == shown[0].text
