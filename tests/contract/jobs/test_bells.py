"""Bells of a tick: with more jobs due than one tick may ring for, each has its turn."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from mailhelper_core import Bell
from mailhelper_core.jobs import service
from mailhelper_core.jobs.runner import Jobs
from mailhelper_core.store import tables as t
from tests.contract.jobs.conftest import Clock, MakeHelper, add_account


class Ears:
    """A runner that hears and works on nothing."""

    def __init__(self) -> None:
        self.heard: list[Bell] = []

    def start(self, jobs: Jobs) -> None:
        """Nothing is looked after."""

    def ring(self, jobs: Jobs, bells: Sequence[Bell]) -> None:
        """Remember the bells of jobs."""
        self.heard += [bell for bell in bells if bell.job_id]

    def stop(self) -> None:
        """Nothing is at work."""


@pytest.mark.parametrize("ahead", [0.0, 3600.0], ids=["clocks agree", "a clock was ahead"])
def test_jobs_of_a_queue_that_nobody_serves_do_not_take_the_bells_of_others(
    make_helper: MakeHelper, clock: Clock, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    monkeypatch.setattr(service, "MAX_BELLS", 3)
    ears = Ears()
    helper = make_helper(ears)
    ada = helper.for_owner("ada")
    ids = [add_account(ada, f"a{number}") for number in range(5)]
    asked = [ada.jobs.submit("embed", account_id=id_) for id_ in ids]
    asked.append(ada.jobs.submit("index", account_id=ids[0]))  # its bell is lost
    with helper.jobs.store.begin() as connection:
        lost = t.jobs.c.id == asked[-1].id
        connection.execute(update(t.jobs).where(lost).values(rung_at=t.jobs.c.rung_at + int(ahead * 1_000_000)))

    rung = []
    for _ in range(4):
        clock.advance(service.RING_AGAIN_SECONDS + 1)
        ears.heard.clear()
        helper.jobs.tick()
        rung.append([bell.job_id for bell in ears.heard])

    assert [len(one) for one in rung] == [3] * 4
    assert sorted(rung[0] + rung[1]) == sorted(rung[2] + rung[3]) == [job.id for job in asked]
