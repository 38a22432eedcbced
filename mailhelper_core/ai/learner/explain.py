"""Why a model answers so: the message's own tokens that weigh most, in words that a person understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.features import ABOUT, WORDS, Features, Ids, token_buckets, word_buckets
from mailhelper_core.ai.learner.learner import shares_of
from mailhelper_core.ai.learner.model import Model
from mailhelper_core.ai.tokens import Tokens, phrase

# Reasons a person reads before deciding whether to agree.
MAX_REASONS = 4
# What adds less to the log-odds says nothing.
LEAST_WEIGHT = 0.02
# Tokens of which the reasons are taken: some say nothing to a person, and some say the same.
LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Traces:
    """The tokens of a message that may be named, with their marks, buckets, views and the sizes of these."""

    tokens: Sequence[str]
    ids: Ids
    views: NDArray[np.int_]
    sizes: NDArray[np.float64]


def traces_of(tokens: Tokens, features: Features) -> Traces:
    """Prepare one message for any number of questions."""
    plain = (tokens.header, tokens.route, tokens.sender, tokens.shape)
    ids = [token_buckets(view, number) for number, view in enumerate(plain)]
    ids += [word_buckets(tokens.subject, subject=True), word_buckets(tokens.text), token_buckets(tokens.about, ABOUT)]
    views = np.repeat([0, 1, 2, 3, WORDS, WORDS, ABOUT], [len(one) for one in ids])
    named = [token for view in plain for token in view]
    named += [f"s:{word}" for word in tokens.subject] + [f"w:{word}" for word in tokens.text]
    named += tokens.about
    return Traces(named, np.concatenate(ids), views, np.sqrt(np.array(features.counts) + 1))


def reasons(model: Model, traces: Traces, label: int) -> tuple[str, ...]:
    """Answer what speaks most for a label, the strongest first."""
    column = 0 if len(model.weights) == 1 else label
    sign = -1 if len(model.weights) == 1 and label == 0 else 1
    says = sign * shares_of(len(model.weights)) / traces.sizes
    weights = model.weights[column].take(traces.ids & (model.weights.shape[1] - 1)) * says[traces.views]
    found: dict[str, None] = {}
    for place in np.argsort(-weights, kind="stable")[:LOOKED_AT]:
        text = phrase(traces.tokens[place]) if weights[place] >= LEAST_WEIGHT else ""
        if text:
            found[text] = None
    return tuple(found)[:MAX_REASONS]
