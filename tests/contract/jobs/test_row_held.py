"""Owners first in the row whom a worker or a host holds: who stands behind them is served. SQLite has one writer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, create_engine, insert, update

from mailhelper_core import Job, MailHelper
from mailhelper_core.jobs import claiming
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_turns

pytestmark = pytest.mark.servers
MOST, PAGES = 3, 2


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone."""
    return postgres_database


@pytest.fixture
def helper(helper: MailHelper) -> MailHelper:
    """A helper whose jobs do nothing."""
    helper.jobs.works = {"process": lambda one: {}}
    return helper


@pytest.fixture
def job(helper: MailHelper) -> Job:
    """A job that is due, of an owner who stands behind others."""
    job = helper.for_owner("ada").jobs.submit("process")
    job_turns.line_up(helper.jobs.store)
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.job_turns).values(served_at=10))
    return job


@pytest.fixture
def short_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one look see a few owners only."""
    monkeypatch.setattr(job_turns, "MOST_OWNERS", MOST)
    monkeypatch.setattr(claiming, "PAGES", PAGES, raising=False)


def test_who_is_due_behind_a_page_that_another_worker_lets_rest_is_claimed(helper: MailHelper, job: Job) -> None:
    ids = _idle(helper, job_turns.MOST_OWNERS + 10)
    with helper.jobs.store.begin() as other:
        assert job_turns.rest(other, ids) == len(ids)
        done = helper.jobs.run()

    assert (done and done.id) == job.id


@pytest.mark.usefixtures("short_look")
def test_a_row_that_other_workers_shorten_is_awaited(
    helper: MailHelper, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = _idle(helper, MOST * PAGES * (claiming.LOOKS + 2))
    with ExitStack() as others:
        commits: list[Callable[[], None]] = []
        for start in range(0, len(ids), MOST):
            other = others.enter_context(ExitStack())
            job_turns.rest(other.enter_context(helper.jobs.store.begin()), ids[start : start + MOST])
            commits.append(other.close)
        monkeypatch.setattr(claiming, "sleep", lambda _: commits.pop(0)())
        done = helper.jobs.run()

    assert (done and done.id) == job.id


@pytest.mark.usefixtures("short_look", "job")
def test_a_worker_that_rests_nobody_in_the_end_is_awaited_for_a_moment_only(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(claiming, "sleep", waits.append)
    ids = _idle(helper, MOST * PAGES)
    with helper.jobs.store.begin() as other:
        job_turns.rest(other, ids)

        assert helper.jobs.run() is None

    assert waits
    assert len(waits) <= 2 * claiming.LOOKS


def test_who_is_due_behind_a_page_that_a_host_holds_is_claimed(helper: MailHelper, database_url: str) -> None:
    held = [f"held-{number}" for number in range(job_turns.MOST_OWNERS + 5)]
    for name in held:
        helper.for_owner(name).jobs.submit("process")
    job = helper.for_owner("free").jobs.submit("process")
    job_turns.line_up(helper.jobs.store)
    engine = create_engine(database_url)

    with engine.connect() as host:
        _ask_anew(helper, host, held)
        done, none = helper.jobs.run(), helper.jobs.run()
        host.rollback()
    engine.dispose()

    assert (done and done.id, none) == (job.id, None)
    assert helper.jobs.run() is not None


def _ask_anew(helper: MailHelper, host: Connection, owners: list[str]) -> None:
    for name in owners:
        helper.for_owner(name, connection=host).jobs.submit("process")


def _idle(helper: MailHelper, many: int) -> list[int]:
    """Put owners without a job first in the row; of some the places differ by what woke them only."""
    ids = list(range(1_000, 1_000 + many))
    with helper.jobs.store.begin() as connection:
        connection.execute(
            insert(t.job_turns), [{"owner_id": id_, "served_at": 1 + id_ % 2, "woken_by": id_} for id_ in ids]
        )
    return ids
