"""The kind of a mail that is to be answered, from its words."""

from __future__ import annotations

import pytest

from mailhelper_core.replies.kind import mail_type
from tests.unit.ai.examples import message


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I must complain about the state of the room.", "complaint"),
        ("We have to complain again.", "complaint"),
        ("This is a formal complaint.", "complaint"),
        ("Ich möchte mich über die Lieferung beschweren.", "complaint"),
        ("Hiermit beschwere ich mich.", "complaint"),
        ("Die Ware ist mangelhaft.", "complaint"),
        ("I am still waiting for my parcel.", "complaint"),
        ("We are on Crete. Mum is already complaining about the food.", "information"),
        ("Oma beschwert sich schon über das Essen, sonst ist es schön.", "information"),
        ("Shall we meet on Friday?", "question"),
        ("Passt mir, ich freue mich.", "confirmation"),
        ("Bitte den Bericht bis Montag.", "request"),
        ("The report is attached.", "information"),
        ("", "other"),
    ],
)
def test_the_kind_is_told_by_what_the_author_says(text: str, kind: str) -> None:
    assert mail_type(message("", text)) == kind


@pytest.mark.parametrize("sender", ["noreply@shop.example", "no-reply@shop.example", "mailer-daemon@mx.example", ""])
def test_nobody_waits_for_an_answer_where_nobody_reads_it(sender: str) -> None:
    assert mail_type(message("Hello", "Could you help?", sender)) == "newsletter"
