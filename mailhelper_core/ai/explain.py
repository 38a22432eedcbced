"""Why a model answers so: the message's own tokens that weigh most, in words that a person understands."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mailhelper_core.ai.features import WORDS, Features, Ids, hashed, token_buckets, word_buckets
from mailhelper_core.ai.learner import Floats, shares_of
from mailhelper_core.ai.model import Model
from mailhelper_core.ai.tokens import Tokens, phrase

# Reasons a person reads before deciding whether to agree.
MAX_REASONS = 4
# What adds less to the log-odds says nothing.
LEAST_WEIGHT = 0.02


def reasons(model: Model, tokens: Tokens, label: int) -> tuple[str, ...]:
    """Answer what speaks most for a label, the strongest first; nothing is kept between calls."""
    column = 0 if len(model.weights) == 1 else label
    sign = -1 if len(model.weights) == 1 and label == 0 else 1
    weighed: dict[str, float] = {}
    for text, weight in _weighed(model, tokens, column):
        if text and text not in weighed and weight * sign >= LEAST_WEIGHT:
            weighed[text] = weight * sign
    best = sorted(weighed, key=lambda text: (-weighed[text], text))
    return tuple(best[:MAX_REASONS])


def _weighed(model: Model, tokens: Tokens, column: int) -> Iterable[tuple[str, float]]:
    features: Features = hashed(tokens)
    shares = shares_of(len(model.weights))
    plain = (tokens.header, tokens.route, tokens.sender, tokens.shape)
    shown = (
        *((number, view, token_buckets(view, number), "") for number, view in enumerate(plain)),
        (WORDS, tokens.subject, word_buckets(tokens.subject, subject=True), "s:"),
        (WORDS, tokens.text, word_buckets(tokens.text), "w:"),
    )
    for view, found, buckets, mark in shown:
        weights = _weights(model, buckets, column) * shares[view] / np.sqrt(features.counts[view] + 1)
        yield from ((phrase(mark + token), float(weight)) for token, weight in zip(found, weights, strict=True))


def _weights(model: Model, buckets: Ids, column: int) -> Floats:
    weights: Floats = model.weights[column, buckets & (model.weights.shape[1] - 1)].astype(np.float32)
    return weights
