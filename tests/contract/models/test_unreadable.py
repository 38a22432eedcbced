"""A stored message that cannot be read: no vector, no question and no draft, and all others have theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from mailhelper_core import ConflictError
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import erase
from tests.contract.models.desk import Desk


def _damage(desk: Desk, *ids: int) -> None:
    with desk.ada.egress.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id.in_(ids)).values(addresses="{not json"))


def test_others_get_their_vectors(desk: Desk) -> None:
    ids = [desk.mail(f"Mail {number}", f"The party number {number} is on Saturday.") for number in range(4)]
    _damage(desk, ids[1])

    report = desk.ada.vectors.embed(desk.account.id)
    again = desk.ada.vectors.embed(desk.account.id)

    assert [(one.where, one.code) for one in report.errors] == [(f"message:{ids[1]}", "unreadable")]
    assert desk.ada.vectors.status().vectors == 3
    assert (again.waiting, again.errors) == (0, ())


def test_a_thread_is_shown_to_a_model_without_it(desk: Desk) -> None:
    first = desk.mail("Plan", "The roof needs a carpenter.")
    second = desk.mail("Re: Plan", "It costs 100 EUR.", answers=desk.message_id)
    desk.allow("classify", "summarize")
    _damage(desk, first)

    text = desk.ada.egress.preview(second, "classify").text

    assert "It costs 100 EUR" in text
    assert "carpenter" not in text
    for ask in (desk.ada.opinions.summarize, desk.ada.replies.draft):
        with pytest.raises(ConflictError) as raised:
            ask(first)
        assert raised.value.code == "unreadable"


def test_consulting_goes_on_behind_it(desk: Desk) -> None:
    desk.allow("classify")
    ids = [desk.mail(f"Mail {number}", f"Words of number {number}.") for number in range(3)]
    desk.server.misbehave("login", "login", "login")
    desk.ada.run(desk.account.id)  # all keep waiting for the key to be mended
    desk.server.received.clear()
    _damage(desk, ids[0])

    report = desk.ada.run(desk.account.id)

    assert "unreadable" in {one.code for one in report.errors}
    assert len(desk.server.questions()) == 2
    desk.server.received.clear()
    assert desk.ada.run(desk.account.id).errors == ()
    assert desk.server.received == []


def test_an_erased_message_may_be_unreadable(desk: Desk) -> None:
    first, second = desk.mail("One", "Words of one."), desk.mail("Two", "Words of two.")
    desk.ada.opinions.correct([first, second], category="people")
    with desk.ada.egress.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == first).values(facts="{not json"))
    with desk.ada.egress.owner.begin() as uow:
        erase.erase(uow, [first, second], lambda _: b"print")

    with desk.ada.egress.owner.read() as uow:
        assert uow.connection.scalar(select(func.count()).select_from(t.messages)) == 0


def test_a_draft_is_written_without_the_examples_that_cannot_be_read(desk: Desk) -> None:
    own = desk.mail("Plan", "I send it on Monday.", from_="Ada <ada@home.example>", to="Bob <bob@shop.example>")
    id_ = desk.mail("Monday", "Can you come on Monday?")
    _damage(desk, own)

    assert desk.ada.replies.draft(id_).state == "made"
    assert desk.ada.replies.styles.learned(desk.account.id).mails == 0
