"""Hashed features of a message: seven views of bucket numbers, and their form at rest."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.tokens import NOTHING, Noticed, Tokens, tokens_of
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.message import MessageDetail

# Raise it when tokens, views or hashing change: what was stored before is then made again.
SCHEMA = 6
BITS = 18
BUCKETS = 1 << BITS
VIEWS = 7
# The view of the words; those before are in the order of `Tokens`. What a mail is about comes last.
WORDS, ABOUT = 4, 6

Ids = NDArray[np.uint32]
_Hashes = NDArray[np.uint64]

# The golden ratio in 64 bits: multiplying spreads neighbouring hashes over all buckets (Knuth).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - BITS)
_HEAD = struct.Struct(f"<2sB{VIEWS}I")
_MAGIC = b"MF"
# Octets that one feature of the text has, and its salt; words and their pairs are salted too.
_GRAM = 4
_SUBJECT, _SUBJECT_PAIR, _WORD, _PAIR, _OCTETS = 1, 2, 3, 4, 5
_ALWAYS: _Hashes = np.array([zlib.crc32(b"view:always")], dtype=np.uint64)
_FIRST = np.array([True])
_NUMBERS: _Hashes = np.arange(VIEWS, dtype=np.uint64)
# Where each view begins among all sorted buckets, and where the last one ends.
_BEGINNINGS: Ids = np.arange(VIEWS + 1, dtype=np.uint32) << np.uint32(BITS)


@dataclass(frozen=True, slots=True)
class Features:
    """Bucket numbers of one message, view after view; counts says how many each view has (at least one)."""

    ids: Ids
    counts: tuple[int, ...]


def features_of(message: MessageDetail, noticed: Noticed = NOTHING, *, asks_about: bool = True) -> Features:
    """Answer the features of one message and of what the heuristics noticed about it.

    asks_about: whether a question will ask what it is about; those of yes and no do not.
    """
    return hashed(tokens_of(message, noticed, asks_about=asks_about))


def hashed(tokens: Tokens) -> Features:
    """Hash tokens; a view never is empty: its constant feature learns how common an answer is."""
    parts = (tokens.header, tokens.route, tokens.sender, tokens.shape, tokens.subject, tokens.text, tokens.about)
    every, ends = _hash(list(chain.from_iterable(parts))), list(accumulate(map(len, parts), initial=0))
    header, route, sender, shape, subject, text, about = (every[start:end] for start, end in pairwise(ends))
    said = np.concatenate([
        word_hashes(subject, subject=True), word_hashes(text), _salted(_paired(subject), _SUBJECT_PAIR),
        _salted(_paired(text), _PAIR),
    ])  # fmt: skip
    grams = _salted(_grams(tokens.sample.encode("utf-8", "replace")), _OCTETS)
    return _placed((header, route, sender, shape, said, grams, about))


def token_buckets(tokens: Sequence[str], view: int) -> Ids:
    """Answer the bucket of each token of a view that holds neither words nor octets."""
    return _spread(_hash(tokens), np.uint64(view))


def word_buckets(words: Sequence[str], *, subject: bool = False) -> Ids:
    """Answer the bucket of each word of subject or text."""
    return _spread(word_hashes(_hash(words), subject=subject), np.uint64(WORDS))


def word_hashes(hashes: _Hashes, *, subject: bool = False) -> _Hashes:
    """Answer the hashes of words where they stand."""
    return _salted(hashes, _SUBJECT if subject else _WORD)


def to_bytes(features: Features) -> bytes:
    """Answer the form at rest: little-endian steps between sorted bucket numbers, compressed; about 1.5 KiB."""
    steps = np.diff(features.ids.astype("<i4"), prepend=np.int32(0)).astype("<i4")
    return _HEAD.pack(_MAGIC, SCHEMA, *features.counts) + zlib.compress(steps.tobytes(), 6)


def from_bytes(data: bytes) -> Features:
    """Read features; raises InvalidError "features" for damage and "features_schema" for another schema."""
    try:
        magic, schema, *counts = _HEAD.unpack_from(data)
        if magic == _MAGIC and schema != SCHEMA:
            raise InvalidError("These features are of another schema.", code="features_schema")
        steps = np.frombuffer(zlib.decompress(data[_HEAD.size :]), "<i4")
    except (struct.error, zlib.error, ValueError) as exc:
        raise InvalidError("Stored features are damaged.", code="features") from exc
    ids = np.cumsum(steps, dtype=np.int64)
    if magic != _MAGIC or len(ids) != sum(counts) or not all(counts) or ids.min() < 0 or ids.max() >= BUCKETS:
        raise InvalidError("Stored features are damaged.", code="features")
    return Features(ids.astype(np.uint32), tuple(counts))


def _hash(tokens: Sequence[str]) -> _Hashes:
    octets = "\n".join(tokens).encode("utf-8", "replace").split(b"\n")
    if len(octets) != len(tokens):  # a token with a line break in it, or none at all
        octets = [token.encode("utf-8", "replace") for token in tokens]
    return np.fromiter(map(zlib.crc32, octets), np.uint64, len(octets))


def _paired(hashes: _Hashes) -> _Hashes:
    return hashes[:-1] * _SPREAD + hashes[1:]


def _salted(hashes: _Hashes, salt: int) -> _Hashes:
    salted = hashes ^ np.uint64(salt)
    salted *= _SPREAD
    return salted


def _grams(octets: bytes) -> _Hashes:
    """Answer every four octets in a row as a number; they overlap, so the steps between them are of one octet."""
    count = max(len(octets) - _GRAM + 1, 0)
    return np.ndarray(count, ">u4", octets, strides=(1,)).astype(np.uint64)


def _spread(hashes: _Hashes, views: _Hashes | np.uint64) -> Ids:
    mixed = hashes + views
    mixed += np.uint64(1)
    mixed *= _SPREAD
    mixed ^= mixed >> np.uint64(29)
    mixed *= _SPREAD
    mixed >>= _SHIFT
    return mixed.astype(np.uint32)


def _placed(views: Sequence[_Hashes]) -> Features:
    """Answer the buckets of all views, sorted and without repeats in each: one pass over all, not one for each."""
    lengths = [len(view) + 1 for view in views]
    found = _spread(np.concatenate([part for view in views for part in (view, _ALWAYS)]), _NUMBERS.repeat(lengths))
    found |= _BEGINNINGS[:-1].repeat(lengths)
    found.sort()  # and then drop repeats: a fifth of the time of np.unique
    found = found[np.concatenate([_FIRST, found[1:] != found[:-1]])]
    ends = found.searchsorted(_BEGINNINGS)  # seven searches: a fourth of the time of counting all
    found &= np.uint32(BUCKETS - 1)
    return Features(found, tuple((ends[1:] - ends[:-1]).tolist()))
