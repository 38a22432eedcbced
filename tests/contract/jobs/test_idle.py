"""Jobs whose workers live and get nowhere: named after an hour, and left alone."""

from __future__ import annotations

from sqlalchemy import update

from mailhelper_core import MailHelper, OwnerServices, Progress, ServerError
from mailhelper_core.jobs.beat import Hand
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store import tables as t
from tests.contract.jobs.conftest import Clock


def test_a_job_that_beats_and_gets_nowhere_for_an_hour_is_named_until_it_gets_further(
    helper: MailHelper, ada: OwnerServices, clock: Clock
) -> None:
    seen: list[tuple[list[int], bool]] = []

    def look(seconds: float) -> None:
        clock.advance(seconds)
        hand._beat()
        found = next(item.found for item in helper.health().items if item.name == "jobs")
        seen.append(([one.id for one in helper.jobs.stuck()], "1 without progress for an hour" in found))

    job = ada.jobs.submit("process")
    claim = helper.jobs._claim(None, {"process"})
    assert claim is not None
    with Hand(helper.jobs.store, claim, helper.jobs.settings, lambda: False) as hand:
        hand.progress(Progress("process", 1, 9))
        look(3500)
        look(200)
        hand.progress(Progress("process", 2, 9))
        look(3500)
        hand.mark("7")
        look(3500)
        look(200)

    assert seen == [([], False), ([job.id], True), ([], False), ([], False), ([job.id], True)]
    assert ada.jobs.get(job.id).state == "running"


def test_a_job_whose_slices_get_nowhere_is_named_and_one_that_failed_meanwhile_is_not(
    helper: MailHelper, ada: OwnerServices, clock: Clock
) -> None:
    job = ada.jobs.submit("process")
    seen: list[list[int]] = []

    def work(one: Slice) -> Counts:
        seen.append([found.id for found in helper.jobs.stuck()])
        if len(seen) == 10:
            raise ServerError
        return {}

    helper.jobs.works = {"process": work}
    for _ in range(12):
        with helper.jobs.store.begin() as connection:  # as a slice that was cut leaves it
            connection.execute(update(t.jobs).where(t.jobs.c.state == "done").values(state="queued", finished_at=None))
        assert helper.jobs.run(job.id, exactly=True) is not None
        clock.advance(500)

    assert seen == [[]] * 8 + [[job.id]] * 2 + [[]] * 2
