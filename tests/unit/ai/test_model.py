"""Models: what is stored is what was trained; damage and other schemas are told, never guessed."""

from __future__ import annotations

import json
from time import process_time

import numpy as np
import pytest

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Lesson
from mailhelper_core.ai.learner import local
from mailhelper_core.ai.learner.explain import reasons, traces_of
from mailhelper_core.ai.learner.features import features_of
from mailhelper_core.ai.learner.features import to_bytes as to_rest
from mailhelper_core.ai.learner.model import from_bytes, to_bytes
from mailhelper_core.ai.learner.train import train
from mailhelper_core.ai.tokens import tokens_of
from mailhelper_core.errors import ConfigError, InvalidError
from tests.unit.ai.examples import examples, letter, offer


@pytest.fixture(scope="module")
def stored() -> bytes:
    return to_bytes(train(examples(60), ("no", "yes")).model)


def test_a_model_is_the_same_after_rest() -> None:
    model = train(examples(60), ("no", "yes")).model

    again = from_bytes(to_bytes(model))

    assert np.array_equal(again.weights, model.weights)
    assert (again.labels, again.scale, again.examples) == (model.labels, model.scale, model.examples)


def test_the_same_lessons_give_the_same_octets() -> None:
    assert to_bytes(train(examples(30), ("no", "yes")).model) == to_bytes(train(examples(30), ("no", "yes")).model)


@pytest.mark.parametrize("cut", [0, 5, 40, -1])
def test_a_cut_model_is_damaged(stored: bytes, cut: int) -> None:
    with pytest.raises(InvalidError) as raised:
        from_bytes(stored[:cut])

    assert raised.value.code == "model"


def test_a_flipped_octet_is_noticed(stored: bytes) -> None:
    damaged = stored[:-9] + bytes([stored[-9] ^ 255]) + stored[-8:]

    assert local.check(damaged) == "model"


def test_an_older_model_says_that_it_is_older(stored: bytes) -> None:
    magic, line, packed = stored.split(b"\n", 2)
    head = json.loads(line) | {"features": 0}

    assert local.check(b"\n".join([magic, json.dumps(head).encode(), packed])) == "model_schema"


@pytest.mark.parametrize(
    "change",
    [
        {"slope": 10**400},
        {"slope": float("nan")},
        {"offset": float("inf")},
        {"examples": [1]},
        {"examples": [1, 10**400, float("inf")]},
        {"labels": ["no", "no"]},
    ],
)
def test_a_head_that_makes_no_sense_is_noticed(stored: bytes, change: dict[str, object]) -> None:
    magic, line, packed = stored.split(b"\n", 2)

    assert local.check(b"\n".join([magic, json.dumps(json.loads(line) | change).encode(), packed])) == "model"


def test_a_head_without_end_is_noticed(stored: bytes) -> None:
    assert local.check(stored.replace(b"{", b"[" * 60_000, 1)) == "model"


def test_of_very_many_answers_the_most_frequent_are_learned() -> None:
    said = [Lesson(to_rest(features_of(letter(number))), f"a{number % 70:02}") for number in range(280)]

    fitted = gate.train(said[:-3])

    assert (len(fitted.labels), local.check(fitted.data)) == (64, "")


def test_a_damaged_model_says_nothing_and_the_others_still_do(stored: bytes) -> None:
    said = local.judge({"spam": stored, "reply": b"soup"}, [offer(900), letter(901)])

    assert [[one.kind for one in opinions] for opinions in said][1] == ["spam"]


def test_opinions_come_with_reasons_in_words(stored: bytes) -> None:
    model = from_bytes(stored)

    found = reasons(model, traces_of(tokens_of(offer(7)), features_of(offer(7))), 1)

    assert found
    assert any("has" in text for text in found)


def test_one_answer_alone_is_no_question() -> None:
    lessons = [Lesson(data, "yes") for data in local.encode([offer(number) for number in range(200)])]

    with pytest.raises(InvalidError) as raised:
        local.train(lessons)

    assert raised.value.code == "too_few"


def test_without_numpy_the_gate_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "installed", lambda: False)

    with pytest.raises(ConfigError, match=r"mailhelper\[learn\]"):
        gate.encode([offer(1)])


def test_three_questions_cost_a_few_milliseconds_a_mail(stored: bytes) -> None:
    messages = [offer(number) for number in range(200)]
    local.judge(dict.fromkeys(("spam",), stored), messages)

    started = process_time()
    local.judge({"spam": stored, "reply": stored, "urgency": stored}, messages)

    assert (process_time() - started) / len(messages) < 0.006
