"""An owner with mail of two kinds, who corrects some of it and asks what was learned."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from mailhelper_core.learn.service import LearningService
from mailhelper_core.model.mind.learning import TaskStatus, Training
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.store.mind import models
from mailhelper_core.store.unit_of_work import OwnerStore
from tests.contract.process.hands import NOW, Hands, service

OFFERS = ["pills", "casino", "winner", "million", "transfer", "urgent", "prize", "cheap"]
WORK = ["meeting", "report", "budget", "draft", "agenda", "project", "review", "minutes"]
COMMON = ["please", "the", "and", "we", "have", "for", "you", "today", "about", "with"]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Pupil(Hands):
    """Hands that also teach."""

    def __init__(self, owner: OwnerStore) -> None:
        super().__init__(owner)
        self.learning = LearningService(owner)
        self.opinions = OpinionService(owner)

    def mail(self, number: int, *, spam: bool) -> int:
        """Put one mail of a kind into the store."""
        drawn = random.Random(number)
        told = drawn.choices(OFFERS if spam else WORK, k=6) + drawn.choices(COMMON, k=10)
        drawn.shuffle(told)
        return self.message(f"{'win' if spam else 'our'} {told[0]}", " ".join(told))

    def teach(self, count: int, *, first: int = 0) -> list[int]:
        """Put mails of both kinds into the store, in turn, and say of each what it is."""
        ids = [self.mail(first + number, spam=bool(number % 2)) for number in range(count)]
        self.opinions.correct(ids[1::2], spam=True)
        self.opinions.correct(ids[::2], spam=False)
        return ids

    def train(self) -> Training:
        """Train the question of spam."""
        (training,) = self.learning.train("spam").trainings
        return training

    def of_spam(self) -> TaskStatus:
        """Answer how far spam is learned."""
        return next(task for task in self.learning.status().tasks if task.task == "spam")

    def models(self) -> dict[int, tuple[str, bytes]]:
        """Answer the state and the octets of each model of spam, by its revision."""
        with self.owner.read() as uow:
            return {one.revision: (one.state, one.data) for one in models.of(uow, "spam")}

    def judge(self, *ids: int) -> list[float | None]:
        """Process what waits with the built-in classifiers, and answer the spam of these messages."""
        service(self, built_in=True).process()
        return [self.see(id_).spam for id_ in ids]
