"""Drafts begin and end as the owner's own mails do, if these sound like them."""

from __future__ import annotations

from tests.contract.models.desk import Desk

BOB = "Bob Builder <bob@shop.example>"


def test_a_formal_answer_is_formal_whatever_friends_are_told(desk: Desk):
    own = {"from_": "Ada <ada@home.example>", "to": "Petra Zwick <petra@z.example>"}
    for number in range(4):
        desk.put(f"Mail {number}", "Liebe Petra,\n\nich schicke dir die Unterlagen.\n\nKuss\nAda", **own)
    ask = ("Ihr Vertrag", "Sehr geehrte Frau Lovelace,\n\nkönnen Sie uns die Unterlagen für den Vertrag senden?")
    bank = desk.mail(*ask, from_="Hans Meier <meier@bank.example>")
    petra = desk.mail("Morgen", "Hallo Ada, kannst du morgen kommen?", from_="Petra Zwick <petra@z.example>")

    formal = desk.ada.replies.draft(bank, tone="formal").body
    friendly = desk.ada.replies.draft(petra, tone="friendly").body

    assert formal.startswith("Guten Tag Hans Meier,\n\ndanke für Ihre Frage.")
    assert formal.rstrip().endswith("Mit freundlichen Grüßen")
    assert friendly.startswith("Liebe Petra,\n\ndanke für deine Frage.")
    assert friendly.rstrip().endswith("Kuss")


def test_the_owners_own_mail_gets_no_draft(desk: Desk):
    own = desk.mail("Plan?", "Can you come?", from_="Ada <ada@home.example>", to="Bob <bob@shop.example>")

    assert desk.ada.replies.draft(own).state == "none"


def test_how_the_owner_writes_is_learned_from_sent_mail(desk: Desk):
    for number in range(4):
        desk.put(
            f"Mail {number}", "Hey Bob!\n\nThat is fine.\n\nSee you around\nAda", from_="Ada <ada@home.example>", to=BOB
        )
    desk.ada.sync(desk.account.id)
    id_ = desk.mail("Friday?", "Can you come on Friday? Thanks for the help with this.")

    learned = desk.ada.replies.styles.learned(desk.account.id)
    draft = desk.ada.replies.draft(id_)

    assert (learned.salutation, learned.closing, learned.mails) == ("Hey {first}!", "See you around", 4)
    assert draft.body.startswith("Hey Bob!")
    assert "See you around" in draft.body
