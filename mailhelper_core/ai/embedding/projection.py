"""The local embedder's mathematics, without weights: hashed tf-idf of words and word parts, randomly projected.

What it can: texts that share words or parts of words are near each other. What it cannot: know that two words
mean the same, or that a text in German says what another says in English. A provider's embedder knows that.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.model.mail.words import words

Floats = NDArray[np.float32]

DIMENSION = 384
# Hash buckets for words, and as many for groups of four letters.
BUCKETS = 2**16
# Each feature is added to so many dimensions, with a sign: a sparse Johnson-Lindenstrauss projection.
_PLACES = 12
# A group of letters counts less than a word: it finds inflections and parts of compounds.
_GROUP_WEIGHT = 0.25
_MAX_WORDS = 400
_GROUP = 4
_MULTIPLIERS = (0x9E3779B97F4A7C15 * (2 * np.arange(1, _PLACES + 1, dtype=np.uint64) + 1)).astype(np.uint64)


def fit(texts: Sequence[str]) -> bytes:
    """Answer how rare each bucket is among these texts, as octets."""
    counts = np.zeros(2 * BUCKETS, dtype=np.float32)
    for text in texts:
        counts[np.unique(_features(text)[0])] += 1
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    return zlib.compress(rarity.astype("<f2").tobytes(), 1)


def embed(texts: Sequence[str], state: bytes) -> Floats:
    """Answer a vector of length 1 for each text; of length 0 where there is no word."""
    rarity = _rarity(state)
    found = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for row, text in enumerate(texts):
        buckets, weights = _features(text)
        if len(buckets):
            vector = _projected(buckets, weights * rarity[buckets])
            norm = float(np.linalg.norm(vector))
            found[row] = vector / norm if norm else vector
    return found


def _rarity(state: bytes) -> Floats:
    if not state:
        return np.ones(2 * BUCKETS, dtype=np.float32)
    rarity = np.frombuffer(zlib.decompress(state), dtype="<f2").astype(np.float32)
    if len(rarity) != 2 * BUCKETS:
        raise ValueError("the state is of another version")
    return rarity


def _features(text: str) -> tuple[NDArray[np.int64], Floats]:
    """Answer the buckets of a text, each once, and how much they count in it."""
    found = words(text, _MAX_WORDS)
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    of_words, word_counts = np.unique([zlib.crc32(word.encode()) % BUCKETS for word in found], return_counts=True)
    of_groups, group_counts = np.unique(_groups(" ".join(found)), return_counts=True)
    buckets = np.concatenate([of_words, of_groups + BUCKETS]).astype(np.int64)
    heavy = np.concatenate([1 + np.log(word_counts), _GROUP_WEIGHT * (1 + np.log(group_counts))])
    return buckets, heavy.astype(np.float32)


def _groups(text: str) -> NDArray[np.int64]:
    octets = np.frombuffer(text.encode(), dtype=np.uint8).astype(np.uint32)
    if len(octets) < _GROUP:
        return np.zeros(0, dtype=np.int64)
    packed = sum(octets[at : len(octets) - _GROUP + 1 + at] << np.uint32(8 * at) for at in range(_GROUP))
    mixed = (np.asarray(packed, dtype=np.uint32) * np.uint32(0x9E3779B1)) >> np.uint32(16)
    return (mixed % BUCKETS).astype(np.int64)


def _projected(buckets: NDArray[np.int64], weights: Floats) -> Floats:
    mixed = (buckets.astype(np.uint64)[:, None] + np.uint64(1)) * _MULTIPLIERS[None, :]
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    places = ((mixed >> np.uint64(33)) % np.uint64(DIMENSION)).astype(np.int64)
    signs = np.where(mixed >> np.uint64(63), 1.0, -1.0)
    return np.bincount(places.ravel(), weights=(signs * weights[:, None]).ravel(), minlength=DIMENSION).astype(
        np.float32
    )
