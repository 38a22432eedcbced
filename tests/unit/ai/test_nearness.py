"""What lies near a tag's examples, and what mail that nobody has tagged adds to it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.ai.learner.features import VIEWS, Features, features_of
from mailhelper_core.ai.tagging.nearness import BORROWED_WEIGHT, MOST_BORROWED, Nearness
from mailhelper_core.ai.tagging.rows import Rows
from mailhelper_core.ai.tagging.tags import TagExamples, score_tags
from tests.unit.ai.examples import letter, message, offer


def _features(views: list[set[int]]) -> Features:
    """Make features that have no bucket in two views."""
    ids = [np.array(sorted(VIEWS * one + view for one in numbers), np.uint32) for view, numbers in enumerate(views)]
    return Features(np.concatenate(ids), tuple(map(len, ids)))


BOATS = "regatta harbour sail mast wind"
RINGS = "{} forge anvil smith"
numbers = st.sets(st.integers(0, 12), min_size=1, max_size=6)
batches = st.lists(st.builds(_features, st.lists(numbers, min_size=VIEWS, max_size=VIEWS)), min_size=2, max_size=8)


@given(batches)
def test_likeness_is_a_cosine_of_one_to_oneself(batch):
    found = Rows.of(batch).likeness(len(batch))

    assert np.allclose(found, found.T, atol=1e-5)
    assert np.all(found <= 1 + 1e-5)
    assert np.all(np.diag(found) == 1)


@given(batches)
def test_the_first_are_compared_with_all_as_if_all_were(batch):
    rows = Rows.of(batch)

    assert np.allclose(rows.likeness(1), rows.likeness(len(batch))[:1])


@given(batches, st.lists(st.floats(-1, 1), min_size=8, max_size=8))
def test_the_length_of_a_sum_is_that_of_its_parts_and_their_likeness(batch, drawn):
    shares, rows = np.array(drawn[: len(batch)]), Rows.of(batch)

    likeness = rows.likeness(len(batch))

    # What says nothing has no direction: its length is 0 and not 1.
    weightless = np.array([not one.any() for one in np.split(rows.weights, rows.starts[1:])])
    likeness[np.ix_(weightless, weightless)] = 0
    assert rows.length(shares) == pytest.approx(shares @ likeness @ shares, abs=1e-4)


def test_a_message_gets_what_the_one_most_like_it_probably_has():
    # Two are asked about, and two examples: the first is like the second alone, the second like the first example.
    likeness = np.array([[1.0, 0.5, 0.0, 0.0], [0.5, 1.0, 0.5, 0.0]])
    shares = np.vstack([np.zeros((2, 2)), np.eye(2)])
    borrows_nothing = np.zeros(2)
    near = Nearness(likeness, shares, np.eye(2), np.ones(2), borrows_nothing)

    score = near.scores(np.zeros((2, 2)))

    assert score[0, 0] > 1 > -1 > score[0, 1]
    assert score[1, 0] > score[0, 0]


def test_few_examples_of_a_rare_tag_are_not_drowned_in_what_is_like_them():
    asked, examples = 50, 2
    shares = np.vstack([np.zeros((asked, 2)), np.eye(2)])
    near = Nearness.of(_rows(asked + examples), shares, np.eye(2), np.ones(2))

    borrowed = near._borrowed(np.tile([0.9, 0.1], (asked, 1)))

    assert borrowed[:, 0].sum() == pytest.approx(MOST_BORROWED)
    assert borrowed[:, 1].sum() == pytest.approx(BORROWED_WEIGHT * 0.1 * asked)


def test_nobody_is_asked_about_oneself():
    asked = 1
    shares = np.vstack([np.zeros((asked, 2)), np.eye(2)])
    near = Nearness(np.array([[1.0, 0.0, 0.0]]), shares, np.eye(2), np.ones(2), np.ones(2))

    assert np.allclose(near.scores(np.zeros((1, 2))), 0.0)


def test_what_a_tag_was_refused_for_speaks_against_it_among_the_like():
    refused, other = (features_of(message("ring", f"{RINGS.format(name)} anvil {name}")) for name in ("Thora", "Ask"))
    boats = [features_of(message(f"{word} club", BOATS)) for word in "abcdef"]
    rest = [features_of(offer(number)) for number in range(20)]

    before = score_tags({"sailing": TagExamples(boats)}, [other], rest)[0, 0]
    after = score_tags({"sailing": TagExamples(boats, [refused])}, [other], rest)[0, 0]

    assert after < before


def _rows(count: int) -> Rows:
    return Rows.of([features_of(letter(number)) for number in range(count)])
