"""Mail that belongs together though nobody has said so: groups of near messages, and a name for each; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.features import BUCKETS, Features

# What each view says: a group is about something, and written alike.
VIEW_SHARES = np.array([0.3, 0.0, 0.3, 0.2, 1.0, 0.5, 0.0])
# Messages of a group, at least: fewer are found by searching.
LEAST_MEMBERS = 5
# How near the members of a group lie to the one in its middle (cosine of rarity-weighted features).
NEAR = 0.3
MOST_GROUPS = 10
# Dimensions in which nearness is measured: buckets that meet by chance hardly matter among some hundred messages.
DIMENSIONS = 1 << 13
# A word names a group that most of its messages have, and few others.
SHARE_INSIDE = 0.6
LEAST_LIFT = 2.0
NAME_WORDS = 2
LEAST_LETTERS = 3
MOST_LETTERS = 20


def groups(batch: Sequence[Features]) -> list[list[int]]:
    """Answer groups of positions in the batch, the largest first; a message is in one at most."""
    if len(batch) < LEAST_MEMBERS:
        return []
    near = _nearness(batch) >= NEAR
    free = np.ones(len(batch), dtype=bool)
    found: list[list[int]] = []
    while len(found) < MOST_GROUPS:
        sizes = (near & free).sum(axis=1) * free
        middle = int(sizes.argmax())
        if sizes[middle] < LEAST_MEMBERS:
            break
        members = np.flatnonzero(near[middle] & free)
        found.append([int(one) for one in members])
        free[members] = False
    return found


def name_of(inside: Sequence[Sequence[str]], everywhere: Sequence[Sequence[str]]) -> str:
    """Answer the words that most messages of a group have and few others, "" where there are none."""
    within, all_ = _counts(inside), _counts(everywhere)
    lifts = {
        word: count / len(inside) * len(everywhere) / all_[word]
        for word, count in within.items()
        if count >= SHARE_INSIDE * len(inside) and LEAST_LETTERS <= len(word) <= MOST_LETTERS and word.isalpha()
    }
    named = [word for word, lift in lifts.items() if lift >= LEAST_LIFT]
    best = sorted(named, key=lambda word: (-lifts[word] * within[word], word))[:NAME_WORDS]
    return " ".join(best)


def _nearness(batch: Sequence[Features]) -> NDArray[np.float32]:
    rare = _rarity(batch)
    rows = np.zeros((len(batch), DIMENSIONS), dtype=np.float32)
    for row, one in zip(rows, batch, strict=True):
        np.add.at(row, one.ids & (DIMENSIONS - 1), _weighed(one, rare))
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    found: NDArray[np.float32] = rows @ rows.T
    return found


def _rarity(batch: Sequence[Features]) -> NDArray[np.float64]:
    counts = np.bincount(np.concatenate([one.ids for one in batch]), minlength=BUCKETS)
    rare: NDArray[np.float64] = np.log((len(batch) + 1) / (counts + 1)) + 0.1
    return rare


def _weighed(features: Features, rare: NDArray[np.float64]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = rare[features.ids]
    weights *= np.repeat(VIEW_SHARES / np.sqrt(features.counts), features.counts)
    return weights / (np.linalg.norm(weights) or 1.0)


def _counts(texts: Sequence[Sequence[str]]) -> Counter[str]:
    return Counter(word for text in texts for word in set(text))
