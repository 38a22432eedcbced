"""A link or an address that a model invents is left blank in the draft, and the draft says so."""

from __future__ import annotations

import json

from tests.contract.models.desk import Desk, on_sqlite

# These are the words of a draft, made in memory; that drafts are kept is said of both databases in test_replies.py.
pytestmark = on_sqlite

ASK = "Can you come on Friday? See https://shop.example/plan or write to office@shop.example."


def test_what_no_mail_has_is_left_blank_and_told(desk: Desk) -> None:
    desk.allow("reply", level="none")
    said = "Please pay at https://evil.example/pay or write to eve@evil.example. The plan: https://shop.example/plan."
    desk.server.answer = lambda _: json.dumps({"body": said})

    draft = desk.ada.replies.draft(desk.mail("Friday?", ASK))

    assert "evil.example" not in draft.body
    assert draft.body.count("(...)") == 2
    assert "https://shop.example/plan." in draft.body
    assert draft.note == "left blank: links, addresses or numbers that no mail of the thread has (2)"
    assert draft.made_by.startswith("local:")


def test_what_the_mails_have_stays(desk: Desk) -> None:
    desk.allow("reply")
    desk.server.answer = lambda _: json.dumps({"body": "I write to [ADDRESS_1], see [URL_1]."})

    draft = desk.ada.replies.draft(desk.mail("Friday?", ASK))

    assert "(...)" not in draft.body
    assert "https://shop.example/plan" in draft.body
    assert draft.note == ""


def test_a_number_that_no_mail_has_is_left_blank_and_known_ones_stay_however_they_are_grouped(desk: Desk) -> None:
    desk.allow("reply", level="none")
    ask = "Call 030 1234567 or pay to DE89370400440532013000. Can you come on 2026-03-04 for 1.234,50 EUR?"
    said = "I call +49 30 123 4567, not +49 171 9876543. DE89 3704 0044 0532 0130 00 gets 1.234,50 EUR on 2026-03-04."
    said += " Away 12.03.2027-14.03.2027, plan 2026/2027."
    desk.server.answer = lambda _: json.dumps({"body": f"{said} Or to GB33BUKB20201555555555?"})

    draft = desk.ada.replies.draft(desk.mail("Friday?", ask))

    assert "I call +49 30 123 4567, not (...). DE89 3704 0044 0532 0130 00 gets 1.234,50 EUR" in draft.body
    assert "Away 12.03.2027-14.03.2027, plan 2026/2027." in draft.body
    assert "Or to (...)?" in draft.body
    assert "(2)" in draft.note
