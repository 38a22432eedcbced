"""Figures of merit of the benchmarks: ties cost nobody anything."""

from __future__ import annotations

import numpy as np

from bench.spam.merit import accuracy, difference_interval, recall


def test_recall_counts_what_is_above_the_deciding_ham():
    spam = np.array([True, True, True, False, False])

    assert recall(spam, np.array([0.9, 0.8, 0.1, 0.5, 0.2]), false_alarms=0.0) == 2 / 3


def test_of_tied_mails_the_share_that_may_be_called_spam_counts():
    spam = np.array([True] * 4 + [False] * 10)
    scores = np.array([1.0] * 4 + [1.0, 1.0] + [0.0] * 8)

    assert recall(spam, scores, false_alarms=0.0) == 0
    assert recall(spam, scores, false_alarms=0.1) == 0.5
    assert recall(spam, scores, false_alarms=0.2) == 1.0


def test_the_interval_of_a_difference_pairs_what_was_said_of_the_same_mails():
    drawn = np.random.default_rng(3)
    spam = drawn.random((10, 200)) < 0.5
    theirs = np.where(spam, 1.0, -1.0) * np.where(drawn.random((10, 200)) < 0.2, -1, 1)
    better = np.where(drawn.random((10, 200)) < 0.5, np.where(spam, 1.0, -1.0), theirs)  # half of the mistakes mended

    same = difference_interval(list(zip(spam, theirs, theirs, strict=True)), accuracy)
    low, high = difference_interval(list(zip(spam, better, theirs, strict=True)), accuracy)

    assert same == (0.0, 0.0)
    assert 0.07 < low < 0.1 < high < 0.13
