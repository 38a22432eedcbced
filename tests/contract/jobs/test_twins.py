"""A job that would wait beside a queued twin leaves all that it knows to that."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from tests.contract.jobs.test_faults import claim, expire

pytestmark = pytest.mark.usefixtures("no_waits")


def test_what_a_job_leaves_out_its_twin_leaves_out_too(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(skipped=json.dumps(["acme/model"])))

    def work(one: Slice) -> Counts:
        ada.jobs.submit("process")
        one.progress(Progress("process", 1, 2))
        helper.jobs.stopped.set()
        one.is_over()
        return {}

    helper.jobs.works = {"process": work}
    helper.jobs.run()
    (twin,) = ada.jobs.list(state="queued")

    assert (twin.id != job.id, twin.skipped) == (True, ("acme/model",))


def test_the_third_crash_at_a_provider_is_the_last_though_a_twin_waits(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(attempts=2))
    claim(helper)
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(item="acme/model"))
    ada.jobs.submit("process")
    expire(helper)
    helper.jobs.tick()
    (twin,) = ada.jobs.list(state="queued")

    assert (twin.id != job.id, twin.skipped, twin.attempts) == (True, ("acme/model",), 0)


def test_whom_a_worker_died_at_its_twin_suspects_though_there_was_progress(
    helper: MailHelper, ada: OwnerServices
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    claim(helper)
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.jobs).where(t.jobs.c.id == job.id).values(item="acme/model", attempts=0))
    ada.jobs.submit("process")
    expire(helper)
    helper.jobs.tick()

    assert claim(helper).suspect == "acme/model"
