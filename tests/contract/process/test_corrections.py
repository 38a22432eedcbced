"""What the owner says holds against opinions, and can be taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.model.mind.opinion import Classification, Spam, Urgency
from mailhelper_core.model.work.operation import Corrected
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import changes
from tests.contract.process.hands import always, service


def test_a_correction_holds_at_once_and_against_later_opinions(ada):
    id_ = ada.message()
    processing = service(ada, always(Classification("people", 0.99)), always(Spam(True, 0.99), "spam"))
    processing.process()

    change = OpinionService(ada.owner).correct([id_], category="finance", spam=False, urgency=3, importance=1)
    processing.reprocess()
    processing.process()

    message = ada.see(id_)
    assert (message.category, message.spam, message.urgency, message.importance) == ("finance", 0.0, 3, 1)
    assert (change.kind, change.state, change.actor) == ("correct", "applied", "ada")
    assert change.note == "4 corrections of 1 message"


def test_a_correction_remembers_what_opinions_said_and_who_corrected(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9)), always(Spam(True, 0.75), "spam")).process()

    OpinionService(ada.owner.store.for_owner("ada", actor="bob")).correct([id_], category="finance", spam=False)
    OpinionService(ada.owner).correct([id_], category="shopping")

    c = t.corrections.c
    with ada.owner.read() as uow:
        rows = uow.execute(select(c.kind, c.was, c.value, c.signal, c.actor).order_by(c.id)).all()
    assert [(row.kind, row.value, row.signal, row.actor) for row in rows] == [
        ("category", "finance", "ui", "bob"),
        ("spam", "no", "ui", "bob"),
        ("category", "shopping", "ui", "ada"),
    ]
    assert rows[0].was == rows[2].was == "people"
    assert float(rows[1].was) == pytest.approx(0.75)


def test_a_change_tells_what_was_said_of_which_message(ada):
    one, two = ada.message(), ada.message()
    service(ada, always(Classification("people", 0.9))).process()

    made = OpinionService(ada.owner).correct([one, two], category="finance")
    later = OpinionService(ada.owner).correct([two], category="shopping")

    assert made.corrected == tuple(Corrected(id_, "category", "finance", "people") for id_ in (one, two))
    with ada.owner.read() as uow:
        assert changes.page(uow).items == (later, made)
    ada.take_back(later.id)
    with ada.owner.read() as uow:
        assert changes.get(uow, later.id).corrected == later.corrected


def test_taking_a_correction_back_brings_back_what_opinions_say(ada):
    id_ = ada.message()
    processing = service(ada, always(Classification("people", 0.9)), always(Spam(True, 0.75), "spam"))
    processing.process()
    change = OpinionService(ada.owner).correct([id_], category="finance", spam=False, urgency=2)

    assert ada.take_back(change.id) == (3, 0)

    message = ada.see(id_)
    assert (message.category, message.urgency) == ("people", None)
    assert message.spam == pytest.approx(0.75)
    processing.process()
    assert ada.see(id_).category == "people"
    assert ada.take_back(change.id) == (0, 0)


def test_taking_back_leaves_what_the_owner_said_since(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    first = OpinionService(ada.owner).correct([id_], category="finance")
    second = OpinionService(ada.owner).correct([id_], category="shopping")

    assert ada.take_back(first.id) == (0, 1)
    assert ada.see(id_).category == "shopping"

    ada.take_back(second.id)
    assert ada.see(id_).category == "finance"
    assert ada.take_back(first.id) == (1, 0)
    assert ada.see(id_).category == "people"


def test_what_the_owner_said_already_is_not_said_twice(ada):
    id_ = ada.message()
    said = OpinionService(ada.owner)

    said.correct([id_], category="finance")
    said.correct([id_, id_], category="finance")

    with ada.owner.read() as uow:
        assert uow.connection.scalar(select(func.count()).select_from(t.corrections)) == 1


def test_a_rules_priority_stands_against_opinions_and_yields_to_the_owner(ada):
    id_ = ada.message()
    processing = service(ada, always(Urgency(1, 0.9)))
    processing.process()
    with ada.owner.begin() as uow:
        change_id = changes.new_change(uow, "rules")
        row = {"kind": "set_priority", "data": '{"urgency": 3, "importance": null}', "decided_by": "rule"}
        uow.execute(
            insert(t.outbox).values(
                owner_id=uow.owner_id, account_id=ada.account_id, change_id=change_id, message_id=id_,
                state="delivered", created_at=0, updated_at=0, **row,
            )
        )  # fmt: skip

    processing.reprocess()
    processing.process()
    assert ada.see(id_).urgency == 3

    OpinionService(ada.owner).correct([id_], urgency=2)
    processing.reprocess()
    processing.process()
    assert ada.see(id_).urgency == 2


def test_many_messages_are_corrected_and_taken_back_at_once(ada):
    ids = [ada.message(f"Hello {number}") for number in range(510)]
    service(ada, always(Classification("people", 0.9))).process()

    change = OpinionService(ada.owner).correct(ids, category="finance", urgency=3)

    assert {ada.see(id_).category for id_ in ids[::50]} == {"finance"}
    assert ada.take_back(change.id) == (1020, 0)
    assert {ada.see(id_).category for id_ in ids[::50]} == {"people"}
    assert ada.waiting() == 510


def test_undo_takes_a_correction_back(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    change = OpinionService(ada.owner).correct([id_], category="finance")

    report = UndoService(ada.owner).undo(change)

    assert (report.undone, report.left) == (1, 0)
    assert ada.see(id_).category == "people"


def test_undoing_that_undo_says_it_again_and_so_on(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    change = OpinionService(ada.owner).correct([id_], category="finance", others={"mood": "glad"})

    for undone in range(5):
        report = UndoService(ada.owner).undo(change.id + undone)
        stands = bool(undone % 2)

        assert (report.undone, report.left) == (2, 0)
        assert ada.see(id_).category == ("finance" if stands else "people")
        own = [o.kind for o in OpinionService(ada.owner).of([id_])[id_] if o.said_by == "owner"]
        assert own == (["category", "mood"] if stands else [])
        service(ada, always(Classification("people", 0.9))).process()
        assert ada.see(id_).category == ("finance" if stands else "people")


def test_opinions_are_answered_with_the_owners_own_word_first(ada):
    id_ = ada.message()
    other = ada.message("untouched")
    service(ada, always(Classification("people", 0.9))).process(ada.account_id)
    OpinionService(ada.owner).correct([id_], category="finance", others={"mood": "glad"})

    said = OpinionService(ada.owner).of([id_, other])

    assert [(o.kind, o.value, o.said_by) for o in said[id_]] == [
        ("category", "finance", "owner"),
        ("mood", "glad", "owner"),
        ("category", "people", "always"),
    ]
    assert [o.said_by for o in said[other]] == ["always"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"urgency": 0},
        {"importance": 4},
        {"category": " "},
        {"category": "x" * 61},
        {"spam": "maybe"},
        {"others": {"urgency": "high"}},
    ],
)
def test_a_correction_to_a_value_that_does_not_exist_changes_nothing(ada, wrong):
    id_ = ada.message()

    with pytest.raises(InvalidError):
        OpinionService(ada.owner).correct([id_], **wrong)

    assert ada.see(id_).opinion_version == 0


def test_nobody_corrects_or_reads_another_owners_message(ada, eve):
    id_ = ada.message()

    with pytest.raises(NotFoundError):
        OpinionService(eve.owner).correct([id_], category="people")
    with pytest.raises(NotFoundError):
        OpinionService(eve.owner).of([id_])


def test_a_correction_joins_the_hosts_transaction(ada):
    id_ = ada.message()

    with ada.owner.store.writer() as connection, connection.begin() as transaction:
        joined = ada.owner.store.for_owner("ada", connection=connection)
        OpinionService(joined).correct([id_], category="finance")
        transaction.rollback()

    assert ada.see(id_).category is None
