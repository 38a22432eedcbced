"""The local learner behind the gate: features, training, opinions with reasons, contests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from mailhelper_core.ai.gate import Contest, Fitted, Lesson, ReadFacts, no_facts
from mailhelper_core.ai.learner import features as vectors
from mailhelper_core.ai.learner import model as models_at_rest
from mailhelper_core.ai.learner.calibrate import probabilities
from mailhelper_core.ai.learner.crossing import parts
from mailhelper_core.ai.learner.explain import Traces, reasons, traces_of
from mailhelper_core.ai.learner.learner import Example, asks_about, scores
from mailhelper_core.ai.learner.measure import chance_of_luck
from mailhelper_core.ai.learner.model import Model
from mailhelper_core.ai.learner.train import chances, unmeasured
from mailhelper_core.ai.learner.train import train as train_model
from mailhelper_core.ai.needs import LEAST_LABELS, learnable
from mailhelper_core.ai.shared import delta_of, prior_of, start
from mailhelper_core.ai.tokens import tokens_of
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import Opinion

FEATURE_SCHEMA = vectors.SCHEMA

# A model says nothing below this; one of more than two answers less, where the likeliest must beat all the others.
SURE, SURE_OF_MANY = 0.6, 0.5
# Decoded models that a process keeps: a few owners' five questions, about 1 MiB each.
CACHED_MODELS = 16


def encode(messages: Sequence[MessageDetail], facts: ReadFacts = no_facts) -> list[bytes]:
    """Answer features at rest."""
    return [vectors.to_bytes(vectors.features_of(message, facts(message))) for message in messages]


def is_intact(features: bytes) -> bool:
    """Say whether features at rest can be read."""
    try:
        vectors.from_bytes(features)
    except InvalidError:
        return False
    return True


def train(lessons: Sequence[Lesson], prior: bytes = b"") -> Fitted:
    """Train on the answers that were given often enough, from the shared prior on where there is one."""
    labels = _labels(lessons)
    trained = train_model(_examples(lessons, labels), labels, start(_decoded(prior) if prior else None, labels))
    return Fitted(models_at_rest.to_bytes(trained.model), labels, trained.held_back)


def _twin(lessons: Sequence[Lesson], prior: bytes) -> Model:
    labels = _labels(lessons)
    return unmeasured(_examples(lessons, labels), labels, start(_decoded(prior) if prior else None, labels))


def _labels(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    labels = learnable(lesson.value for lesson in lessons)
    if len(labels) < LEAST_LABELS:
        raise InvalidError("There are too few examples of two different answers.", code="too_few")
    return labels


def judge(
    models: Mapping[str, bytes], messages: Sequence[MessageDetail], facts: ReadFacts = no_facts
) -> list[tuple[Opinion, ...]]:
    """Answer opinions; a model that cannot be read says nothing."""
    readable = {kind: _decoded(data) for kind, data in models.items() if not check(data)}
    if not readable:
        return [()] * len(messages)
    deeper = any(asks_about(len(model.weights)) for model in readable.values())
    tokens = [tokens_of(message, facts(message), asks_about=deeper) for message in messages]
    batch = [vectors.hashed(one) for one in tokens]
    said: list[list[Opinion]] = [[] for _ in messages]
    traces = [traces_of(one, found) for one, found in zip(tokens, batch, strict=True)]
    for kind, model in readable.items():
        chance = probabilities(scores(model.weights, batch), model.scale)
        for number, row in enumerate(chance):
            if opinion := _opinion(kind, model, row, traces[number]):
                said[number].append(opinion)
    return [tuple(one) for one in said]


def share(lessons: Sequence[Lesson], labels: Sequence[str]) -> bytes:
    """Learn what one owner adds to the shared prior."""
    return models_at_rest.to_bytes(delta_of(_examples(lessons, labels), labels))


def prior(deltas: Sequence[bytes]) -> bytes:
    """Add up deltas; those that cannot be read are left out, and too few make none."""
    try:
        return models_at_rest.to_bytes(prior_of([_decoded(one) for one in deltas if not check(one)]))
    except InvalidError:
        return b""


def contest(live: bytes, older: Sequence[Lesson], newer: Sequence[Lesson], prior: bytes = b"") -> Contest:
    """Let the live model answer about all newer lessons, and a twin of the candidate about each part of them.

    What counts is what a message would get: a right answer is worth more than none, none more than a wrong one. How
    sure a right answer is does not count: that is a matter of the scale, which is rough with few examples.
    """
    theirs_model, better, worse = _decoded(live), 0, 0
    for told, asked in parts(newer):
        try:
            twin = _twin([*older, *told], prior)
        except InvalidError:  # too few are left for a twin
            continue
        mine, theirs = _worth(twin, asked), _worth(theirs_model, asked)
        better, worse = better + int((mine > theirs).sum()), worse + int((theirs > mine).sum())
    return Contest(better, worse, chance_of_luck(better, worse), chance_of_luck(worse, better))


def accuracy(data: bytes, lessons: Sequence[Lesson]) -> float:
    """Answer the share of right answers, those for which the model has no label counted as wrong."""
    model = _decoded(data)
    best = chances(model, _examples(lessons, model.labels, strict=False)).argmax(axis=1)
    return float(np.mean([model.labels[number] == lesson.value for number, lesson in zip(best, lessons, strict=True)]))


def check(data: bytes) -> str:
    """Answer the error's code."""
    try:
        _decoded(data)
    except InvalidError as error:
        return error.code
    return ""


def _examples(lessons: Sequence[Lesson], labels: Sequence[str], *, strict: bool = True) -> list[Example]:
    """Decode lessons; without `strict` also those whose answer is no label, as if it were the first."""
    numbers = {label: number for number, label in enumerate(labels)}
    return [
        Example(vectors.from_bytes(lesson.features), numbers.get(lesson.value, 0), lesson.weight)
        for lesson in lessons
        if not strict or lesson.value in numbers
    ]


def _worth(model: Model, lessons: Sequence[Lesson]) -> np.ndarray[tuple[int], np.dtype[np.int_]]:
    """Answer by lesson what the model's answer would be worth: 1 right, 0 none, -1 wrong."""
    chance = chances(model, _examples(lessons, model.labels, strict=False))
    said, sure = chance.argmax(axis=1), chance.max(axis=1) >= _least_sure(model)
    right = np.array([model.labels[best] == one.value for best, one in zip(said, lessons, strict=True)])
    return np.where(sure, np.where(right, 1, -1), 0)


def _least_sure(model: Model) -> float:
    return SURE if len(model.labels) <= LEAST_LABELS else SURE_OF_MANY


@lru_cache(maxsize=CACHED_MODELS)
def _decoded(data: bytes) -> Model:
    return models_at_rest.from_bytes(data)


def _opinion(
    kind: str, model: Model, chance: np.ndarray[tuple[int], np.dtype[np.float64]], traces: Traces
) -> Opinion | None:
    best = int(chance.argmax())
    value, confidence = model.labels[best], float(chance[best])
    if confidence < _least_sure(model):
        return None
    return Opinion(kind, value, confidence, reasons(model, traces, best))
