"""Classifiers of plugins are trained with what the owner said, and get back what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mailhelper_core import Classification, Classifier, Context, MessageDetail
from mailhelper_core.store.mind import models
from tests.contract.plugins.conftest import Start, fill, plugin


class Echo:
    """Says of every mail what it was taught last."""

    def __init__(self, *, answer: Any = None) -> None:
        self.answer = answer
        self.trained: list[list[str]] = []
        classifier = Classifier("echo", self.classify, labels=("*",), train=self.train)
        self.module = plugin("echo", register_classifiers=lambda: [classifier])

    def train(self, examples: Sequence[tuple[MessageDetail, str]]) -> Any:
        self.trained.append([value for _, value in examples])
        return examples[-1][1].encode() if self.answer is None else self.answer

    def classify(self, messages: Sequence[MessageDetail], context: Context) -> list[Any]:
        return [Classification(context.state.decode(), 0.9) if context.state else None for _ in messages]


def test_what_is_learned_comes_back_as_state(start: Start) -> None:
    echo = Echo()
    env = start(echo.module)
    fill(env, 1)
    env.ada.run(env.account.id)
    ids = [message.id for message in env.ada.search("")]
    env.ada.opinions.correct(ids, category="garden")

    report = env.ada.learning.train()
    env.ada.reprocess()
    env.ada.process()

    assert echo.trained == [["garden"]]
    assert [one.task for one in report.trainings if one.task.startswith("plugin:")] == ["plugin:echo"]
    assert "echo" in {one.said_by for one in env.ada.opinions.of(ids)[ids[0]] if one.value == "garden"}


def test_nothing_new_is_not_learned_again(start: Start) -> None:
    echo = Echo()
    env = start(echo.module)
    fill(env, 1)
    env.ada.run(env.account.id)
    env.ada.opinions.correct([message.id for message in env.ada.search("")], category="garden")

    env.ada.learning.train()
    env.ada.learning.train()

    assert len(echo.trained) == 1


def test_what_was_forgotten_or_taken_back_is_learned_without(start: Start) -> None:
    echo = Echo()
    env = start(echo.module)
    fill(env, 2)
    env.ada.run(env.account.id)
    first, second = [message.id for message in env.ada.search("")]
    env.ada.opinions.correct([first], category="garden")
    change = env.ada.opinions.correct([second], category="boats")
    env.ada.learning.train()

    env.ada.undo(change.id)
    env.ada.learning.train()
    env.ada.learning.unlearn([first])
    env.ada.learning.train()
    with env.ada._owner.read() as uow:
        kept = models.of(uow, "plugin:echo")

    assert echo.trained == [["garden", "boats"], ["garden"]]
    assert not kept


def test_a_state_that_is_no_octets_is_named_and_not_kept(start: Start) -> None:
    env = start(Echo(answer={"weights": 1}).module)
    fill(env, 1)
    env.ada.run(env.account.id)
    env.ada.opinions.correct([message.id for message in env.ada.search("")], category="garden")

    report = env.ada.learning.train()

    assert [(note.where, note.code) for note in report.errors] == [("plugin:echo/echo", "plugin_answer")]
