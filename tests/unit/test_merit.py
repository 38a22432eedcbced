"""Figures of merit of the benchmarks: ties cost nobody anything."""

from __future__ import annotations

import numpy as np

from bench.spam.merit import recall


def test_recall_counts_what_is_above_the_deciding_ham():
    spam = np.array([True, True, True, False, False])

    assert recall(spam, np.array([0.9, 0.8, 0.1, 0.5, 0.2]), false_alarms=0.0) == 2 / 3


def test_of_tied_mails_the_share_that_may_be_called_spam_counts():
    spam = np.array([True] * 4 + [False] * 10)
    scores = np.array([1.0] * 4 + [1.0, 1.0] + [0.0] * 8)

    assert recall(spam, scores, false_alarms=0.0) == 0
    assert recall(spam, scores, false_alarms=0.1) == 0.5
    assert recall(spam, scores, false_alarms=0.2) == 1.0
