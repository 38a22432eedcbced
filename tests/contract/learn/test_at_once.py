"""Two processes that write for one owner at once: the second waits for the first, and neither is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import update

from mailhelper_core import ReplyStyle
from mailhelper_core.learn import lessons
from mailhelper_core.learn.signals import Signal
from mailhelper_core.model.mail.keyword import FLAGGED, pack_keywords
from mailhelper_core.model.mind.learning import TASKS
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import commanded, examples, models, observations, replies, shared
from mailhelper_core.store.mind.observations import NOTHING, Noted, Observed
from mailhelper_core.store.plugins import settings
from mailhelper_core.store.unit_of_work import UnitOfWork
from tests.contract.learn.pupil import Pupil

PATIENCE_SECONDS = 30.0
HEAD_START_SECONDS = 0.3


def add_model(uow: UnitOfWork) -> object:
    return models.add(uow, "spam", state="live", examples=1, through=1, accuracy=None, data=b"{}")


DEEDS: dict[str, Callable[[UnitOfWork], object]] = {
    "collect": lambda uow: examples.collect(uow, tuple(TASKS)),
    "add": add_model,
    "commands_done": lambda uow: commanded.done(uow, 1),
    "put_features": lambda uow: examples.put_features(uow, {1: b"made"}, 1),
    "share": lambda uow: shared.put(uow, "spam", b"{}"),
    "set_style": lambda uow: replies.set_style(uow, ReplyStyle(closing="Best wishes")),
    "set": lambda uow: settings.write(uow, "shop", "days", "7"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_second_waits_and_finds_what_the_first_wrote(ada: Pupil, deed: str) -> None:
    ada.teach(4)
    with ada.owner.begin() as uow:
        uow.execute(update(t.owners).where(t.owners.c.id == uow.owner_id).values(shares_learning=True))
    has_written, may_commit = threading.Event(), threading.Event()

    def first() -> object:
        with ada.owner.begin() as uow:
            found = DEEDS[deed](uow)
            has_written.set()
            may_commit.wait(PATIENCE_SECONDS)
            return found

    def second() -> object:
        has_written.wait(PATIENCE_SECONDS)
        with ada.owner.begin() as uow:
            return DEEDS[deed](uow)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        with pytest.raises(TimeoutError):
            other.result(timeout=HEAD_START_SECONDS)
        may_commit.set()

        answers = (one.result(PATIENCE_SECONDS), other.result(PATIENCE_SECONDS))

    assert answers == {"collect": (4, 0), "add": (1, 2)}.get(deed, (None, None))


def test_two_that_read_the_owners_deeds_at_once_read_each_once(ada: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    id_, both, say = ada.mail(1, spam=True), threading.Barrier(2), lessons.signals_of
    with ada.owner.begin() as uow:
        observations.note(uow, [Noted(ada.account_id, id_, 1, "keywords", NOTHING, pack_keywords([FLAGGED]))])

    def meet(seen: Sequence[Observed]) -> list[Signal]:
        with suppress(threading.BrokenBarrierError):  # one alone has come so far
            both.wait(HEAD_START_SECONDS)
        return say(seen)

    monkeypatch.setattr(lessons, "signals_of", meet)
    with ThreadPoolExecutor(2) as pool:
        counts = [one.result() for one in [pool.submit(lessons.take_signals, ada.owner) for _ in range(2)]]

    assert sorted(counts) == [0, 1]
