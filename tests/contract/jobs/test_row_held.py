"""Owners first in the row whom a worker or a host holds: who stands behind them is served. SQLite has one writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, create_engine, event, insert, select, update

from mailhelper_core import Job, MailHelper
from mailhelper_core.jobs import claiming
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_claims, job_turns

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


def test_owners_whose_jobs_a_host_holds_cost_no_statement_each(helper: MailHelper, host: Connection) -> None:
    _queued(helper, range(1, 41), "process")
    seen: list[str] = []
    event.listen(helper.jobs.store.engine, "before_cursor_execute", lambda *how: seen.append(how[2]))

    costs = []
    for held in (10, 39):
        host.execute(select(t.jobs.c.id).where(t.jobs.c.owner_id <= held).with_for_update())
        seen.clear()
        done = helper.jobs._claim(None, ("process",))
        costs.append(len(seen))
        assert (done and done.job.owner) == f"owner-{held + 1:02}"
        host.rollback()

    assert costs[0] == costs[1]


def test_an_owner_of_whom_the_host_holds_one_job_of_two_is_served(helper: MailHelper, host: Connection) -> None:
    _queued(helper, range(1, 7), "process")
    _queued(helper, (5, 6), "run")
    host.execute(select(t.jobs.c.id).where(t.jobs.c.kind == "process").with_for_update())

    claims = [helper.jobs._claim(None, ("process", "run")) for _ in range(3)]

    assert [one and (one.job.owner, one.job.kind) for one in claims] == [("owner-05", "run"), ("owner-06", "run"), None]


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "in the row"])
def test_nobody_gives_way_to_what_a_host_holds(helper: MailHelper, host: Connection, is_new: bool) -> None:
    helper.for_owner("ada").jobs.submit("process")
    mine = helper.jobs._claim(None, ("process",))
    job = helper.for_owner("eve").jobs.submit("process")
    if not is_new:
        job_turns.line_up(helper.jobs.store)
    helper.for_owner("eve", connection=host).jobs.submit("process")

    assert mine is not None
    assert not job_claims.others_wait(helper.jobs.store, mine)
    host.commit()
    assert job_claims.others_wait(helper.jobs.store, mine)
    assert (done := helper.jobs.run())
    assert done.id == job.id


def _queued(helper: MailHelper, numbers: Iterable[int], kind: str) -> None:
    """Put owners with a job that is due into the row, in their order."""
    jobs = [
        {"owner_id": n, "kind": kind, "resource": f"owner:{n}:{kind}", "state": "queued", "not_before": 0,
         "created_at": n, "lined_up_at": 1}
        for n in numbers
    ]  # fmt: skip
    with helper.jobs.store.begin() as connection:
        if kind == "process":
            connection.execute(insert(t.owners), [{"id": n, "key": f"owner-{n:02}", "created_at": 0} for n in numbers])
            connection.execute(insert(t.job_turns), [{"owner_id": n, "served_at": n, "woken_by": n} for n in numbers])
        connection.execute(insert(t.jobs), jobs)


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
