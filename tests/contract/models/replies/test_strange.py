"""A link or an address that a model invents is left blank in the draft, and the draft says so."""

from __future__ import annotations

import json

from tests.contract.models.desk import Desk

ASK = "Can you come on Friday? See https://shop.example/plan or write to office@shop.example."


def test_what_no_mail_has_is_left_blank_and_told(desk: Desk) -> None:
    desk.allow("reply", level="none")
    said = "Please pay at https://evil.example/pay or write to eve@evil.example. The plan: https://shop.example/plan."
    desk.server.answer = lambda _: json.dumps({"body": said})

    draft = desk.ada.replies.draft(desk.mail("Friday?", ASK))

    assert "evil.example" not in draft.body
    assert draft.body.count("(...)") == 2
    assert "https://shop.example/plan." in draft.body
    assert draft.note == "left blank: links or addresses that no mail of the thread has (2)"
    assert draft.made_by.startswith("local:")


def test_what_the_mails_have_stays(desk: Desk) -> None:
    desk.allow("reply")
    desk.server.answer = lambda _: json.dumps({"body": "I write to [ADDRESS_1], see [URL_1]."})

    draft = desk.ada.replies.draft(desk.mail("Friday?", ASK))

    assert "(...)" not in draft.body
    assert "https://shop.example/plan" in draft.body
    assert draft.note == ""
