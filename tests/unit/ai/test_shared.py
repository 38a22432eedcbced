"""The shared prior: a sum of deltas that nobody can be read from, and from which anybody can be taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mailhelper_core.ai.learner.features import features_of
from mailhelper_core.ai.learner.learner import Example, scores
from mailhelper_core.ai.learner.model import Model
from mailhelper_core.ai.shared import BOUND, delta_of, prior_of, start
from mailhelper_core.errors import InvalidError
from tests.unit.ai.examples import letter, message, offer

LABELS = ("no", "yes")
LEVELS = ("1", "2", "3")


def delta(first: int, *more: Example) -> Model:
    known = [
        Example(features_of(offer(number) if number % 2 else letter(number)), number % 2)
        for number in range(first, first + 30)
    ]
    return delta_of([*known, *more], LABELS)


@pytest.fixture(scope="module")
def deltas() -> list[Model]:
    return [delta(100 * number) for number in range(4)]


def test_a_prior_answers_about_mail_that_none_of_its_owners_had(deltas: list[Model]) -> None:
    found = scores(prior_of(deltas).weights, [features_of(offer(901)), features_of(letter(900))])[:, 0]

    assert found[0] > 0 > found[1]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_owners_make_no_prior(deltas: list[Model], count: int) -> None:
    with pytest.raises(InvalidError):
        prior_of(deltas[:count])


def test_without_an_owner_the_prior_is_what_the_others_add_up_to(deltas: list[Model]) -> None:
    again = [delta(100 * number) for number in range(3)]

    assert np.array_equal(prior_of(deltas[:3]).weights, prior_of(again).weights)
    assert not np.array_equal(prior_of(deltas[:3]).weights, prior_of(deltas).weights)


def test_what_one_owner_alone_writes_about_stays_that_owners(deltas: list[Model]) -> None:
    secret = Example(features_of(message("zanzibar", "zanzibar quagmire")), 1)
    with_secret = [*deltas[:3], delta(500, *[secret] * 10)]
    told = features_of(message("", "zanzibar quagmire")).ids
    known_to_others = np.any([one.weights[0, told] != 0 for one in deltas[:3]], axis=0)

    assert not prior_of(with_secret).weights[0, told[~known_to_others]].any()
    assert (~known_to_others).any()


def test_nobody_is_louder_than_the_bound(deltas: list[Model]) -> None:
    assert max(float(np.abs(one.weights).max()) for one in deltas) <= BOUND


def test_deltas_of_other_labels_are_left_out(deltas: list[Model]) -> None:
    other = replace(deltas[3], labels=("a", "b"))

    assert np.array_equal(prior_of([*deltas[:3], other]).weights, prior_of(deltas[:3]).weights)


@pytest.mark.parametrize("labels", [("1", "2", "3"), ("2", "3"), ("1", "own words", "3"), tuple("abcdefghijk")])
def test_learning_begins_with_the_prior_whatever_labels_an_owner_uses(labels: tuple[str, ...]) -> None:
    known = [Example(features_of(offer(number) if number % 3 else letter(number)), number % 3) for number in range(30)]
    begun = start(prior_of([delta_of(known, LEVELS)] * 3), labels)

    assert begun is not None
    assert begun.any() == bool(set(labels) & set(LEVELS))
    assert start(None, labels) is None
