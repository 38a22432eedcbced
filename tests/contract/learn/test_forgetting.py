"""What was forgotten or taken back is in no model any more, answering or not."""

from __future__ import annotations

import pytest

from mailhelper_core.store.mind import models
from tests.contract.learn.pupil import Pupil


@pytest.mark.parametrize("train", ["train", "train_if_due"])
def test_taking_back_gives_the_model_that_training_without_gives(ada: Pupil, train: str) -> None:
    ada.teach(30)
    change = ada.opinions.correct([ada.mail(900, spam=True)], spam=False)
    ada.train()
    eve = Pupil(ada.owner.store.for_owner("eve"))
    eve.teach(30)
    eve.train()

    ada.take_back(change.id)
    getattr(ada.learning, train)()

    (_, of_ada), (_, of_eve) = next(iter(ada.models().values())), next(iter(eve.models().values()))
    assert of_ada == of_eve
    assert len(ada.models()) == 1
    assert ada.learning.train_if_due().trainings == ()


def test_what_was_taken_back_answers_no_more_where_too_little_is_left(ada: Pupil) -> None:
    ids = [ada.mail(number, spam=bool(number % 2)) for number in range(8)]
    ada.opinions.correct(ids[::2], spam=False)
    change = ada.opinions.correct(ids[1::2], spam=True)
    ada.train()

    ada.take_back(change.id)
    (training,) = ada.learning.train_if_due().trainings

    assert training.outcome == "too_few"
    assert not ada.models()


def test_what_is_forgotten_leaves_a_candidate_too(ada: Pupil) -> None:
    ids = ada.teach(30)
    ada.train()
    with ada.owner.begin() as uow:
        (live,) = models.of(uow, "spam")
        models.drop(uow, "spam")
        models.add(uow, "spam", state="shadow", examples=30, through=live.through, accuracy=0.5, data=live.data)

    ada.learning.unlearn([ids[3]])

    (told,) = [one for one in ada.learning.status().tasks if one.task == "spam"]
    assert (told.live > 0, told.shadow, told.examples) == (True, 0, 29)
