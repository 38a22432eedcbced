"""The kind of a mail that is to be answered, from its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core import Address
from mailhelper_core.model.mail.message import MailFacts
from mailhelper_core.replies.compose import addressee
from mailhelper_core.replies.kind import is_foreign, mail_type
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


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@shop.example",
        "no-reply@shop.example",
        "mailer-daemon@mx.example",
        "bounces+ada=home.example@list.example",
        "nicht-antworten@shop.example",
        "bitte.nicht.antworten@shop.example",
        "keine-antwort@shop.example",
        "notifications@noreply.shop.example",
        "",
    ],
)
def test_nobody_waits_for_an_answer_where_nobody_reads_it(sender: str) -> None:
    assert mail_type(message("Hello", "Could you help?", sender)) == "newsletter"


@pytest.mark.parametrize("sender", ["bouncer.joe@club.example", "norbert@reply.example", "antworten@shop.example"])
def test_who_is_only_called_like_it_waits(sender: str) -> None:
    assert mail_type(message("Hello", "Could you help?", sender)) == "question"


def test_a_list_that_can_be_answered_asks_and_one_that_cannot_does_not() -> None:
    mail = message("Hello", "Could you help?")

    def listed(post: str) -> str:
        return mail_type(replace(mail, facts=MailFacts(list_id="users.example.org", list_post=post)))

    assert [listed("<mailto:users@example.org>"), listed("NO"), listed("")] == ["question", "newsletter", "newsletter"]


def test_the_owners_own_mail_waits_for_no_answer() -> None:
    mail = replace(message("Hello", "Could you help?", "Ada@home.example"), account_addresses=("ada@home.example",))

    assert mail_type(mail) == "newsletter"


def test_a_bare_reply_to_has_the_senders_name_within_its_domain() -> None:
    mail = message("Hello", "Could you help?", "grace@example.com")
    near, far = Address("", "g.hopper@example.com"), Address("", "desk@elsewhere.example")

    assert addressee(replace(mail, reply_to=(near,))) == replace(near, name="Grace")
    assert addressee(replace(mail, reply_to=(far,))) == far


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Bonjour Ada, pouvez-vous venir vendredi à dix heures ? On a une salle. Cordialement", True),
        ("Hola Ada, ¿puede venir el viernes a las diez? Un saludo", True),
        ("", True),
        ("See you on Friday?", False),
        ("Can you come on Friday at ten? We have a room for it. Thanks", False),
        ("Hallo Ada, kannst du am Freitag kommen? Danke", False),
    ],
)
def test_a_language_without_a_template_is_foreign(text: str, foreign: bool) -> None:
    assert is_foreign(message("", text)) is foreign
