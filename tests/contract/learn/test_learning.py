"""From corrections to opinions: training, contests, roll-back, forgetting, and what learning survives."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailhelper_core.ai import gate
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError, InvalidError, NotFoundError
from mailhelper_core.model.mind.learning import TASKS
from mailhelper_core.process.service import ProcessingService
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import examples
from mailhelper_core.store.unit_of_work import Store
from tests.contract.learn.pupil import Clock, Pupil
from tests.contract.process.hands import service


def test_what_was_taught_is_said_of_new_mail(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    offer, letter = ada.mail(900, spam=True), ada.mail(901, spam=False)

    spam = ada.judge(offer, letter)

    assert spam[0] is not None
    assert spam[0] > 0.6
    assert spam[1] is None or spam[1] < 0.1
    assert ada.said(offer)["spam", "learned"].reasons


def test_another_process_says_what_this_one_was_taught(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    offer = ada.mail(900, spam=True)
    store = ada.owner.store
    other = Store.open(store.engine.url.render_as_string(hide_password=False), clock=store.clock)

    registry = service(ada, built_in=True).registry
    ProcessingService(other.for_owner("ada"), registry, Dispatcher(), Settings()).process()
    other.close()

    assert (ada.see(offer).spam or 0) > 0.6
    assert ada.said(offer)["spam", "learned"].reasons


def test_without_corrections_every_question_says_what_it_needs(ada: Pupil) -> None:
    status = ada.learning.status()

    assert [(task.examples, task.live) for task in status.tasks] == [(0, 0)] * len(TASKS)
    assert all(task.needed == 6 for task in status.tasks)
    assert ada.train().outcome == "too_few"


def test_one_answer_given_a_hundred_times_is_no_model(ada: Pupil) -> None:
    ids = [ada.mail(number, spam=True) for number in range(100)]
    ada.opinions.correct(ids, spam=True)

    outcome = ada.train().outcome

    assert outcome == "too_few"
    assert (ada.of_spam().needed, ada.of_spam().needed_labels) == (3, ("no",))
    assert ada.judge(ada.mail(900, spam=False)) in ([None], [pytest.approx(0, abs=0.5)])


def test_contradictions_leave_the_answer_open(ada: Pupil) -> None:
    for number in range(12):
        (one, other) = ada.message("same", "the same words"), ada.message("same", "the same words")
        ada.opinions.correct([one], spam=bool(number % 2))
        ada.opinions.correct([other], spam=not number % 2)
    ada.train()
    again = ada.message("same", "the same words")

    ada.judge(again)

    assert ("spam", "learned") not in ada.said(again)


def test_the_newest_word_about_a_message_is_what_teaches(ada: Pupil) -> None:
    ids = ada.teach(6)
    ada.opinions.correct(ids[:1], spam=True)

    assert dict(ada.of_spam().by_label) == {"no": 2, "yes": 4}


def test_a_correction_that_is_taken_back_teaches_no_more(ada: Pupil) -> None:
    ada.teach(6)
    change = ada.opinions.correct([ada.mail(70, spam=True)], spam=True)
    assert ada.of_spam().examples == 7

    ada.take_back(change.id)

    assert ada.of_spam().examples == 6


def test_forgetting_gives_the_model_that_training_without_gives(ada: Pupil, store: object) -> None:
    kept = ada.teach(30)
    odd = ada.mail(900, spam=True)
    ada.opinions.correct([odd], spam=False)
    ada.train()
    eve = Pupil(ada.owner.store.for_owner("eve"))
    eve.teach(30)
    eve.train()

    ada.learning.unlearn([odd])

    (_, of_ada), (_, of_eve) = next(iter(ada.models().values())), next(iter(eve.models().values()))
    assert of_ada == of_eve
    assert len(ada.models()) == 1
    assert ada.see(odd).spam == 0
    assert kept


def test_a_candidate_that_is_no_better_stays_in_the_shadow(ada: Pupil) -> None:
    ada.teach(60)
    assert ada.train().outcome == "promoted"
    ada.teach(4, first=200)

    second = ada.train()

    assert second.outcome == "shadow"
    assert (ada.of_spam().live, ada.of_spam().shadow) == (1, 2)


def test_a_promoted_candidate_can_be_rolled_back(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    ada.teach(4, first=200)
    ada.train()

    promoted, back = ada.learning.promote("spam"), ada.learning.roll_back("spam")

    assert (promoted.live, back.live) == (2, 1)


def test_nothing_can_be_promoted_or_rolled_back_where_nothing_is(ada: Pupil) -> None:
    with pytest.raises(NotFoundError):
        ada.learning.promote("spam")
    with pytest.raises(NotFoundError):
        ada.learning.roll_back("spam")
    with pytest.raises(InvalidError):
        ada.learning.promote("weather")


@pytest.mark.parametrize("damage", [b"soup", b""])
def test_a_damaged_model_is_told_and_made_again(ada: Pupil, damage: bytes) -> None:
    ada.teach(30)
    ada.train()
    with ada.owner.begin() as uow:
        uow.execute(update(t.learned_models).values(data=damage))
    later = ada.mail(900, spam=True)

    ada.judge(later)
    told = ada.of_spam().problem
    again = ada.train()

    assert (told, again.outcome) == ("model", "promoted")
    assert ada.of_spam().problem == ""


def test_features_of_an_older_schema_are_made_again(ada: Pupil) -> None:
    ada.teach(30)
    ada.train()
    with ada.owner.begin() as uow:
        uow.execute(update(t.learn_features).values(schema=0, features=b"old"))

    report = ada.learning.train("spam")

    assert report.read == 30


@pytest.mark.parametrize("damage", [b"soup", b""])
def test_damaged_features_cost_their_example_until_they_are_made_again(ada: Pupil, damage: bytes) -> None:
    ids = ada.teach(30)
    with ada.owner.begin() as uow:
        examples.collect(uow, ("spam",))
        examples.put_features(uow, {ids[3]: damage}, gate.feature_schema())

    first = ada.learning.train("spam")
    again = ada.learning.train("spam")

    assert [one.examples for report in (first, again) for one in report.trainings] == [29, 30]
    assert again.read == 1


def test_evaluation_is_measured_on_the_newest_examples(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()

    (found,) = ada.learning.evaluate("spam")

    assert found.quality.examples == 12
    assert found.quality.accuracy > 0.9 > found.baseline
    assert found.svg.startswith("<svg")


def test_an_evaluation_for_a_page_looks_at_the_newest_alone(ada: Pupil) -> None:
    ada.teach(60)
    ada.learning.train("urgency")  # reads the messages and trains nothing of spam

    (some,), (every,) = ada.learning.evaluate("spam", newest=40), ada.learning.evaluate("spam", newest=1_000)

    assert (some.quality.examples, every.quality.examples) == (8, 12)
    assert ada.learning.evaluate("spam", newest=0) == ()


def test_the_curve_grows_with_what_was_said_and_ends_where_the_evaluation_is(ada: Pupil) -> None:
    assert ada.learning.curve("spam") == ()
    for first in range(0, 100, 4):
        ada.teach(4, first=first)
    ada.learning.train("urgency")  # reads the messages and trains nothing of spam

    points = ada.learning.curve("spam")

    (found,) = ada.learning.evaluate("spam")
    assert [point.x for point in points] == [10, 20, 40, 80]
    assert {point.count for point in points} == {20} == {found.quality.examples}
    assert points[-1].y == pytest.approx(found.quality.accuracy)
    assert points[0].y <= points[-1].y
    assert ada.of_spam().live == 0  # nothing is kept of it
    assert ada.learning.curve("urgency") == ()


def test_answers_that_turn_around_are_called_a_drift(ada: Pupil) -> None:
    ada.teach(60)
    ada.train()
    turned = [ada.mail(500 + number, spam=True) for number in range(20)]
    ada.opinions.correct(turned, spam=False)
    ada.learning.status()
    with ada.owner.begin() as uow:
        assert uow.one(select(t.learned_models.c.id)) is not None
    ada.learning.train("urgency")  # reads the new messages and trains nothing of spam

    (drift,) = [one for one in ada.learning.drift() if one.task == "spam"]

    assert drift.drifts
    assert drift.recent < 0.5 < drift.expected


def test_training_waits_until_the_owner_pauses(ada: Pupil, clock: Clock) -> None:
    ada.teach(10)
    at_once = ada.learning.train_if_due()
    clock.pass_(60)
    later = ada.learning.train_if_due()

    assert at_once.trainings == ()
    assert [one.outcome for one in later.trainings] == ["promoted"]
    assert ada.learning.train_if_due().trainings == ()


def test_without_numpy_heuristics_answer_and_learning_says_what_to_install(
    ada: Pupil, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    ada.teach(10)
    ada.train()
    clock.pass_(60)
    monkeypatch.setattr(gate, "installed", lambda: False)
    later = ada.message()

    ada.judge(later)

    assert {by for _, by in ada.said(later)} == {"heuristics"}
    assert "mailhelper[learn]" in ada.learning.status().advice
    assert ada.learning.train_if_due().trainings == ()
    with pytest.raises(ConfigError, match="numpy"):
        ada.learning.train("spam")


def test_owners_learn_apart(ada: Pupil) -> None:
    ada.teach(30)
    ada.train()
    eve = Pupil(ada.owner.store.for_owner("eve"))
    offer = eve.mail(900, spam=True)

    eve.judge(offer)

    assert ("spam", "learned") not in eve.said(offer)
    assert eve.of_spam().examples == 0
    with pytest.raises(NotFoundError):
        eve.learning.unlearn([1])


def test_categories_of_the_owner_are_learned(ada: Pupil) -> None:
    ids = [ada.mail(number, spam=bool(number % 2)) for number in range(40)]
    ada.opinions.correct(ids[1::2], category="gambling")
    ada.opinions.correct(ids[::2], category="people")
    ada.learning.train("category")
    offer = ada.mail(900, spam=True)

    ada.judge(offer)

    assert ada.said(offer)["category", "learned"].value == "gambling"
