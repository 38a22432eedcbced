"""What fails costs its own opinions: a classifier, a wrong answer, a message that cannot be read."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from mailhelper_core.model.extension import Classifier, each
from mailhelper_core.model.mind.opinion import Classification, Opinion, Urgency
from mailhelper_core.store import tables as t
from tests.contract.process.hands import TEXT, always, service


def test_one_message_that_a_classifier_cannot_bear_costs_nobody_else(ada):
    def fragile(message):
        if message.subject == "poison":
            raise RuntimeError(message.text)
        return Classification("people", 0.9)

    poison = ada.message("poison")
    others = [ada.message(f"Hello {number}") for number in range(5)]

    report = service(ada, Classifier("fragile", each(fragile)), always(Urgency(1, 0.9), "steady")).process()

    assert [ada.see(id_).category for id_ in others] == ["people"] * 5
    assert ada.see(poison).category is None
    assert ada.see(poison).urgency == 1
    assert [(note.where, note.code) for note in report.errors] == [("plugin:test-plugin/fragile", "plugin")]
    assert TEXT not in json.dumps(report.as_dict())
    assert ada.waiting() == 0


def test_a_classifier_that_always_raises_is_paused_and_the_others_go_on(ada):
    calls = []

    def broken(batch):
        calls.append(len(batch))
        raise SystemExit(1)

    ids = [ada.message(f"Hello {number}") for number in range(9)]

    report = service(
        ada, Classifier("broken", broken), always(Classification("people", 0.8)), process_batch_messages=3
    ).process()

    assert all(ada.see(id_).category == "people" for id_ in ids)
    assert len(calls) == 3
    assert {note.code for note in report.errors} == {"plugin", "paused"}
    assert all("test-plugin/broken" in note.where for note in report.errors)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda batch: [],
        lambda batch: None,
        lambda batch: ["people"] * len(batch),
        lambda batch: [Classification("people", float("nan"))] * len(batch),
        lambda batch: [Opinion("summary", "short", 0.9)] * len(batch),
        lambda batch: [Classification("a label of nobody", 0.9)] * len(batch),
    ],
)
def test_a_wrong_answer_is_never_stored_and_names_the_plugin(ada, wrong):
    id_ = ada.message()

    report = service(ada, Classifier("wrong", wrong), always(Urgency(2, 0.9))).process()

    assert ada.see(id_).category is None
    assert ada.see(id_).urgency == 2
    assert set(ada.said(id_)) == {("urgency", "always")}
    assert [(note.where, note.code) for note in report.errors] == [("plugin:test-plugin/wrong", "plugin_answer")]


def test_a_failure_is_no_opinion_and_the_message_stays_undecided(ada):
    id_ = ada.message()

    def broken(message):
        raise ValueError

    report = service(ada, Classifier("broken", each(broken))).process()

    message = ada.see(id_)
    assert (message.spam, message.category, message.urgency, message.importance) == (None, None, None, None)
    assert report.undecided == 1
    assert ada.said(id_) == {}


def test_a_message_that_cannot_be_read_is_noted_and_does_not_stop_its_batch(ada):
    ids = [ada.message(f"Hello {number}") for number in range(3)]
    with ada.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == ids[1]).values(facts="{broken"))

    report = service(ada, always(Classification("people", 0.9))).process()

    with ada.owner.read() as uow:
        shown = list(uow.connection.scalars(select(t.messages.c.category).order_by(t.messages.c.id)))
    assert shown == ["people", None, "people"]
    assert [(note.where, note.code) for note in report.errors] == [(f"message:{ids[1]}", "unreadable")]
    assert ada.waiting() == 0


def test_a_classifier_that_fails_the_second_time_keeps_what_it_said(ada):
    def broken(message):
        raise ValueError

    id_ = ada.message()
    service(ada, always(Classification("people", 0.9), "same")).process()
    failing = service(ada, Classifier("same", each(broken)))
    failing.reprocess()

    failing.process()

    assert ada.see(id_).category == "people"
