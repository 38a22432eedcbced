"""A stored message that cannot be read costs what it would have taught, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailhelper_core import Classifier
from mailhelper_core.learn.service import LearningService
from mailhelper_core.model.extension import Provided, Registry
from mailhelper_core.store import tables as t
from tests.contract.learn.pupil import Clock, Pupil


def _damage(ada: Pupil, *ids: int) -> None:
    with ada.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id.in_(ids)).values(addresses="{not json"))


@pytest.mark.parametrize("count", [1, 230])  # more than are read at once
def test_the_owner_is_learned_from_nevertheless(ada: Pupil, clock: Clock, count: int) -> None:
    ids = ada.teach(count + 30)
    _damage(ada, *ids[-count:])

    by_hand = ada.learning.train("spam")
    ada.teach(2, first=5_000)
    clock.pass_(60)
    (due,) = ada.learning.train_if_due().trainings
    (found,) = ada.learning.evaluate("spam")

    assert {one.where for one in by_hand.errors} == {f"message:{id_}" for id_ in ids[-count:]}
    assert {one.code for one in by_hand.errors} == {"unreadable"}
    assert (by_hand.trainings[0].examples, due.examples) == (30, 32)
    assert found.quality.examples == 6


def test_a_message_that_can_be_read_again_teaches_again(ada: Pupil) -> None:
    ids = ada.teach(30)
    with ada.owner.read() as uow:
        kept = uow.connection.scalar(select(t.messages.c.addresses).where(t.messages.c.id == ids[3]))
    _damage(ada, ids[3])
    assert ada.train().examples == 29
    with ada.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == ids[3]).values(addresses=kept))

    assert ada.train().examples == 30


def test_tags_are_suggested_and_plugins_are_taught_nevertheless(ada: Pupil) -> None:
    given: list[int] = []

    def train(examples):
        given.extend(message.id for message, _ in examples)
        return b"state"

    classifier = Classifier("taught", lambda messages: [None for _ in messages], kinds=("spam",), train=train)
    ids = ada.teach(30)
    _damage(ada, ids[3])
    registry = Registry(classifiers={"taught": Provided("test", classifier)})

    report = LearningService(ada.owner, registry=registry).train()

    assert [one.task for one in report.trainings if one.task.startswith("plugin:")] == ["plugin:taught"]
    assert sorted(given) == sorted(id_ for id_ in ids if id_ != ids[3])
    assert ada.learning.suggest_tags(ids) == ()
    assert ada.learning.propose_tags() == ()
