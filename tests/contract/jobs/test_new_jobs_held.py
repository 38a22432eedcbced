"""New jobs that others hold while a worker lines them up: it waits for another worker, and not for a host."""

from __future__ import annotations

from time import monotonic

import pytest
from sqlalchemy import Connection, text

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.jobs import claiming

pytestmark = pytest.mark.servers
PROMPT_SECONDS = 5.0


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: SQLite has one writer."""
    return postgres_database


def test_new_jobs_that_another_worker_lines_up_are_waited_for(
    helper: MailHelper, ada: OwnerServices, host: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    host.execute(text("SELECT id FROM mailhelper_jobs FOR UPDATE"))  # as who lines them up holds them
    monkeypatch.setattr(claiming, "sleep", lambda seconds: host.rollback())

    done = helper.jobs.run()

    assert done is not None
    assert (done.id, done.state) == (job.id, "done")


def test_a_new_job_that_the_host_cancels_and_does_not_commit_keeps_nobody_waiting(
    helper: MailHelper, ada: OwnerServices, host: Connection
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    helper.for_owner("ada", connection=host).jobs.cancel(job.id)
    bob = helper.for_owner("bob").jobs.submit("process")

    begun = monotonic()
    done, none = helper.jobs.run(), helper.jobs.run()

    assert monotonic() - begun < PROMPT_SECONDS
    assert done is not None
    assert (done.id, done.state, none) == (bob.id, "done", None)
    host.rollback()
    again = helper.jobs.run()
    assert again is not None
    assert (again.id, again.state) == (job.id, "done")
