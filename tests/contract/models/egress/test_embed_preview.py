"""The preview of a text that is to become a vector is what the service gets, whatever else goes out beside it."""

from __future__ import annotations

import json

from tests.contract.models.desk import Desk


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
