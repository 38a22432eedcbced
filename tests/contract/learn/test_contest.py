"""Which model answers: contests with the live one, roll-backs that hold, and the shared prior beneath both."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailhelper_core.accounts.owner_settings import OwnerSettingsService
from mailhelper_core.errors import NotFoundError
from mailhelper_core.learn.prior import follow
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import models, taken_back
from mailhelper_core.store.unit_of_work import Store
from tests.contract.learn.pupil import Clock, Pupil
from tests.contract.learn.test_shared import sharing, teachers


def _turn_around(ada: Pupil, count: int, *, first: int) -> None:
    ids = [ada.mail(first + number, spam=bool(number % 2)) for number in range(count)]
    ada.opinions.correct(ids[1::2], spam=False)
    ada.opinions.correct(ids[::2], spam=True)


def _states(ada: Pupil) -> dict[int, str]:
    with ada.owner.read() as uow:
        return {one.revision: one.state for one in models.of(uow, "spam")}


def _data(ada: Pupil) -> dict[int, bytes]:
    with ada.owner.read() as uow:
        return {one.revision: one.data for one in models.of(uow, "spam")}


def test_an_owner_who_turns_around_is_followed(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    _turn_around(ada, 28, first=1_000)  # less than half as many again

    second = ada.train()

    assert (second.outcome, second.worse) == ("promoted", 0)
    assert second.better >= 10
    assert ada.of_spam().live == 2


def test_a_candidate_that_has_learned_much_more_stays_in_the_shadow_where_it_does_worse(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    for first in range(1_000, 1_090, 3):  # a third of it contradicts the others without any rule
        ids = ada.teach(3, first=first)
        ada.opinions.correct(ids[:1], spam=first % 2 != 1)

    second = ada.train()

    assert second.examples >= 1.5 * 60
    assert second.better < second.worse
    assert second.outcome == "shadow"
    assert ada.of_spam().live == 1


@pytest.mark.parametrize(("first", "more"), [(10, 5), (20, 30), (50, 50)])
def test_what_few_corrections_teach_answers_at_once(ada: Pupil, first: int, more: int) -> None:
    ada.teach(first)
    assert ada.train().outcome == "promoted"
    ada.teach(more, first=500)

    assert ada.train().outcome == "promoted"


def test_a_roll_back_holds_until_something_new_speaks_against_it(ada: Pupil, clock: Clock) -> None:
    ada.teach(60)
    ada.train()
    wrong = [ada.mail(2_001 + 2 * number, spam=True) for number in range(40)]
    ada.opinions.correct(wrong, spam=False)
    assert ada.train().outcome == "promoted"

    ada.learning.roll_back("spam")
    clock.pass_(120)
    idle = ada.learning.train_if_due().trainings
    by_hand = ada.train()
    ada.teach(10, first=3_000)  # as before: nothing that speaks against what was put back
    clock.pass_(120)
    (later,) = ada.learning.train_if_due().trainings

    assert idle == ()
    assert (by_hand.outcome, later.outcome) == ("shadow", "shadow")
    assert ada.of_spam().live == 1
    assert not [one for one in ada.learning.drift("spam") if one.drifts]


@pytest.mark.parametrize("has_candidate", [False, True])
@pytest.mark.parametrize("of", ["the refused", "the live", "unlearned"])
def test_a_roll_back_holds_where_a_correction_is_taken_back(
    ada: Pupil, clock: Clock, of: str, *, has_candidate: bool
) -> None:
    right = ada.teach(60)
    ada.train()
    wrong = [ada.mail(2_001 + 2 * number, spam=True) for number in range(40)]
    ada.opinions.correct(wrong, spam=False)
    assert ada.train().outcome == "promoted"
    ada.learning.roll_back("spam")
    if has_candidate:
        assert ada.train().outcome == "shadow"
    before = _data(ada)
    gone = (wrong if of == "the refused" else right)[0]

    if of == "unlearned":
        ada.learning.unlearn([gone], task="spam")
    else:
        with ada.owner.begin() as uow:
            c = t.corrections.c
            taken_back.take_back(uow, list(uow.connection.scalars(select(c.id).where(c.message_id == gone))))
    clock.pass_(120)
    ada.learning.train_if_due()
    again = ada.learning.train_if_due().trainings

    assert again == ()
    assert ada.of_spam().live == 1
    assert _states(ada).get(2) == "retired"
    assert _data(ada)[2] == b"", "what was taken back is nowhere"
    assert (_data(ada)[1] == before[1]) == (of == "the refused")
    assert ada.train().outcome == "shadow"


def test_after_a_roll_back_a_candidate_wins_by_what_was_said_since(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    ada.teach(60, first=200)
    ada.train()
    ada.learning.roll_back("spam")
    _turn_around(ada, 60, first=1_000)

    third = ada.train()

    assert (third.outcome, ada.of_spam().live) == ("promoted", 3)
    assert _states(ada) == {1: "retired", 3: "live"}, "what was refused is no model to go back to"


def test_roll_backs_go_back_one_after_the_other(ada: Pupil) -> None:
    for first, count in ((0, 60), (200, 60), (400, 120)):
        ada.teach(count, first=first)
        ada.train()

    assert [ada.learning.roll_back("spam").live for _ in range(2)] == [2, 1]
    with pytest.raises(NotFoundError):
        ada.learning.roll_back("spam")


def test_a_new_prior_neither_ends_a_roll_back_nor_promotes_newer_examples(store: Store) -> None:
    teachers(store)
    ada = sharing(store, "ada")
    ada.teach(60)
    ada.train()
    ada.teach(60, first=200)
    ada.train()
    ada.learning.roll_back("spam")
    live, states, before = ada.of_spam().live, _states(ada), _data(ada)
    extra = sharing(store, "eve")
    extra.teach(40, first=700)
    extra.learning.train("spam")

    assert follow(ada.owner)

    assert _states(ada) == states
    assert _data(ada)[live] != before[live]


def test_who_withdraws_is_taken_from_all_models_and_the_roll_back_still_holds(store: Store, clock: Clock) -> None:
    teacher = teachers(store)[0]
    ada = sharing(store, "ada")
    ada.learning.train_if_due()
    for first, count in ((0, 60), (200, 60), (400, 120)):
        ada.teach(count, first=first)
        ada.train()
    live = ada.learning.roll_back("spam").live
    OwnerSettingsService(teacher.owner).update(shares_learning=False)

    clock.pass_(120)
    trained = ada.learning.train_if_due().trainings

    assert [one.task for one in trained if one.task == "spam"] == []
    assert _states(ada) == {live: "live", live + 1: "retired"}
    assert _data(ada)[live + 1] == b""
    with pytest.raises(NotFoundError):
        ada.learning.roll_back("spam")


def test_a_model_that_a_new_prior_makes_worse_is_kept(store: Store) -> None:
    teachers(store)
    ada = sharing(store, "ada")
    ada.teach(60)
    ada.train()
    before = _data(ada)
    eve = sharing(store, "eve")
    eve.teach(40, first=700)
    eve.learning.train("spam")
    with ada.owner.begin() as uow:  # on the held-back examples no model can be as good as this one is said to be
        of_spam = t.learned_models.c.task == "spam"
        uow.execute(update(t.learned_models).where(of_spam).values(accuracy=3.0))

    follow(ada.owner)

    assert _data(ada) == before
