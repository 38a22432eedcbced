"""The learner: order, forgetting, weights, size."""

from __future__ import annotations

from unittest.mock import Mock, patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.ai.learner.calibrate import Scale, probabilities
from mailhelper_core.ai.learner.features import ABOUT, features_of
from mailhelper_core.ai.learner.learner import (
    FIRST_CAUTION,
    MOST_WEIGHTS,
    STEP,
    Example,
    Floats,
    Learner,
    buckets_of,
    columns_of,
    fit,
    scores,
)
from mailhelper_core.ai.learner.local import SURE, judge
from mailhelper_core.ai.learner.model import Model, to_bytes
from mailhelper_core.ai.tokens import About, Noticed
from tests.unit.ai.examples import drawn_examples, examples, letter


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from([2, 3]))
def test_forgetting_an_example_gives_the_model_that_never_saw_it(data: st.DataObject, labels: int) -> None:
    known = data.draw(drawn_examples(labels))
    forgotten = data.draw(st.integers(0, len(known) - 1))
    without = [one for number, one in enumerate(known) if number != forgotten]
    learned, learn = list[Example](), Learner.learn

    def note(learner: Learner, example: Example) -> None:
        learned.append(example)
        learn(learner, example)

    with patch.object(Learner, "learn", note):
        fit(known, labels)
    left_out = Learner(labels)
    for example in learned:
        if example is not known[forgotten]:
            left_out.learn(example)

    assert fit(without, labels).weights.tobytes() == left_out.weights.tobytes()


@settings(max_examples=8, deadline=None)  # each compares a megabyte
@given(st.data(), st.sampled_from([2, 3]))
def test_a_step_is_that_of_the_plain_formula_bit_by_bit(data: st.DataObject, labels: int) -> None:
    learner = Learner(labels)
    weights, caution = learner.weights, np.full_like(learner.weights, FIRST_CAUTION)
    for example in data.draw(drawn_examples(labels)):
        learner.learn(example)
        _step(weights, caution, example)

    assert learner.weights.tobytes() == weights.tobytes()
    assert np.array_equal(learner.score(example.features), scores(weights, [example.features])[0])


def _step(weights: Floats, caution: Floats, example: Example) -> None:
    """Take one step of AdaGrad as it stands in a book: view by view, then all weights at once."""
    counts = example.features.counts if len(weights) > 1 else example.features.counts[:ABOUT]
    ids = example.features.ids[: sum(counts)] & (weights.shape[1] - 1)
    views = np.split(ids, np.cumsum(counts)[:-1])
    for row, (mine, cautions) in enumerate(zip(weights, caution, strict=True)):
        right = example.label if len(weights) == 1 else row == example.label
        off = [np.full(len(one), right - _chance(mine[one]), np.float32) for one in views]
        wrong = np.concatenate(off)
        new = np.float32(example.weight) * wrong * wrong + cautions[ids]
        mine[ids], cautions[ids] = wrong * np.float32(STEP * example.weight) / np.sqrt(new) + mine[ids], new


def _chance(weights: Floats) -> np.float32:
    score = np.float32(np.add.reduceat(weights, [0])[0] / np.sqrt(len(weights) + 1))
    one = np.float32(1)  # beside a plain 1, NumPy 1 would go on with 64 bits
    return one / (one + np.exp(-score))


@settings(max_examples=25, deadline=None)
@given(drawn_examples(3))
def test_many_messages_at_once_score_as_each_alone(known: list[Example]) -> None:
    weights = fit(known, 3, passes=1).weights

    together = scores(weights, [one.features for one in known])

    alone = np.concatenate([scores(weights, [one.features]) for one in known])
    assert np.allclose(together, alone, atol=1e-4)


def test_what_was_learned_is_answered_on_new_mail() -> None:
    learner = fit(examples(40), 2)

    found = scores(learner.weights, [one.features for one in examples(140)[40:]])[:, 0]

    right = np.array([one.label for one in examples(140)[40:]])
    assert ((found > 0) == right).mean() > 0.97


def test_a_question_of_yes_and_no_learns_the_same_whether_it_was_read_what_a_mail_is_about() -> None:
    told = Noticed({"question"}, lambda: About({"mainly: shopping"}, {"text: delivery"}))
    letters = [(letter(number), number % 2) for number in range(6)]
    deep, plain = (
        [Example(features_of(one, told, asks_about=asks), label) for one, label in letters] for asks in (True, False)
    )

    assert fit(deep, 2, passes=1).weights.tobytes() == fit(plain, 2, passes=1).weights.tobytes()


@pytest.mark.parametrize(("labels", "times"), [(("no", "yes"), 0), (("a", "b", "c"), 1)])
def test_what_a_mail_is_about_is_read_when_a_model_asks_it(labels: tuple[str, ...], times: int) -> None:
    read_on = Mock(return_value=About())
    weights = np.zeros((columns_of(len(labels)), buckets_of(len(labels))), np.float16)
    model = to_bytes(Model(labels, weights, Scale(), (1,) * len(labels)))

    judge({"category": model}, [letter(1)], lambda _message: Noticed((), read_on))

    assert read_on.call_count == times


def test_an_example_of_little_weight_teaches_less() -> None:
    (one, *_) = [one for one in examples(4) if one.label]

    light, heavy = (fit([Example(one.features, 1, weight)], 2, passes=1) for weight in (0.1, 1.0))

    assert 0 < light.score(one.features)[0] < heavy.score(one.features)[0]


def test_contradictory_examples_leave_the_answer_open() -> None:
    (one, *_) = examples(1)
    contradiction = [Example(one.features, number % 2) for number in range(20)]

    chance = probabilities(scores(fit(contradiction, 2).weights, [one.features]), Scale())

    assert 0.3 < chance[0, 1] < SURE + 0.05


@pytest.mark.parametrize(("labels", "chance", "answered"), [(2, 0.55, 0), (2, 0.65, 1), (3, 0.45, 0), (3, 0.55, 1)])
def test_of_many_answers_the_likeliest_is_said_when_it_beats_all_others(labels: int, chance: float, answered: int):
    weights = np.zeros((columns_of(labels), buckets_of(labels)))
    weights[0] = 1.0
    once = scores(weights, [features_of(letter(1))])[0, 0]
    wanted = np.log(chance * max(1, labels - 1) / (1 - chance))
    model = Model(tuple("abc"[:labels]), (weights * wanted / once).astype(np.float16), Scale(1.0), (5,) * labels)

    (said,) = judge({"category": to_bytes(model)}, [letter(1)])

    assert len(said) == answered
    assert all(one.confidence == pytest.approx(chance, abs=0.01) for one in said)


@pytest.mark.parametrize("labels", [2, 3, 5, 10, 33, 64])
def test_a_model_stays_small_whatever_the_labels(labels: int) -> None:
    assert columns_of(labels) * buckets_of(labels) <= MOST_WEIGHTS


def test_thirty_times_yes_and_then_thirty_times_no_is_learned_like_both_in_turn() -> None:
    known = examples(60)
    blocks = sorted(known, key=lambda one: -one.label)
    new = examples(160)[60:]

    found = scores(fit(blocks, 2).weights, [one.features for one in new])[:, 0]

    assert ((found > 0) == np.array([one.label for one in new])).mean() > 0.95
