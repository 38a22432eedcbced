"""How near messages lie to each tag's examples, with the help of mail that nobody has tagged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mailhelper_core.ai.tagging.rows import Numbers, Rows

# How much the nearness to the examples' middle counts beside the regression, and how sharply.
CENTROID_SHARE = 100.0
SLOPE = 0.3
# How much a message that nobody has tagged counts beside an example, and how often its likely tags are guessed.
BORROWED_WEIGHT = 0.5
ROUNDS = 5
# All that is borrowed counts no more than the examples this many times: else few examples of a rare tag are drowned.
MOST_BORROWED = 4.0
# Messages most like one that are asked, how much more the nearest says than the others, and how much all of them say.
NEIGHBOURS = 5
NEAREST = 2
NEIGHBOUR_SHARE = 1.0
# Neighbours that are hardly like a message say less: so much likeness, squared and added up, gives half of their say.
FAINT = 0.01
# The least chance that a neighbour says: one alone must not rule a tag out.
LEAST_CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class Nearness:
    """Messages that are asked about, before examples: how like they are to all, and what the examples say.

    Columns are the tags and, where there is other mail, none of them. `shares`: how much each message counts in the
    middle of each column, `told`: the chances of the columns for each example, `lengths`: the squared length of the
    middles, `most`: how much of each column may be borrowed.
    """

    likeness: Numbers
    shares: Numbers
    told: Numbers
    lengths: Numbers
    most: Numbers

    @classmethod
    def of(cls, rows: Rows, shares: Numbers, told: Numbers, examples: Numbers) -> Nearness:
        """Compare messages; examples: how many of each tag there are, the columns behind may borrow nothing."""
        asked = len(shares) - len(told)
        most = np.zeros(shares.shape[1])
        most[: len(examples)] = MOST_BORROWED * examples
        lengths = np.array([rows.length(column) for column in shares.T])
        return cls(rows.likeness(asked), shares, told, lengths, most)

    def scores(self, found: Numbers) -> Numbers:
        """Answer log-odds, messages x columns; found: what the regressions say."""
        neighbours = _neighbours(self.likeness)
        score = self._scores(found, np.zeros_like(found))
        for _ in range(ROUNDS):
            guessed = np.exp(score - score.max(axis=1, keepdims=True))
            guessed /= guessed.sum(axis=1, keepdims=True)
            said = np.log(np.maximum(np.concatenate([guessed, self.told]), LEAST_CHANCE))
            score = self._scores(found, self._borrowed(guessed))
            score += NEIGHBOUR_SHARE * (neighbours @ (said - said.mean(axis=1, keepdims=True)))
        return score

    def _borrowed(self, guessed: Numbers) -> Numbers:
        borrowed = BORROWED_WEIGHT * guessed
        borrowed *= np.minimum(1.0, self.most / np.maximum(borrowed.sum(axis=0), 1e-9))
        return borrowed

    def _scores(self, found: Numbers, borrowed: Numbers) -> Numbers:
        """Answer the regression and the cosines with the middles, to which what is borrowed is added."""
        asked = len(found)
        told = self.likeness @ self.shares
        added = self.likeness[:, :asked] @ borrowed
        lengths = self.lengths + (borrowed * (2 * told + added)).sum(axis=0)
        near = (told + added) / np.sqrt(np.where(lengths > 0, lengths, 1.0))
        score: Numbers = SLOPE * (found + CENTROID_SHARE * (near - near.mean(axis=1, keepdims=True)))
        return score


def _neighbours(likeness: Numbers) -> Numbers:
    """Answer how much each message's most alike ones say, together 1."""
    near = np.maximum(likeness, 0.0)
    np.fill_diagonal(near, 0.0)  # nobody is asked about oneself
    if near.shape[1] > NEIGHBOURS:
        near[near < np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS, None]] = 0.0
    near **= NEAREST
    found: Numbers = near / (near.sum(axis=1, keepdims=True) + FAINT)
    return found
