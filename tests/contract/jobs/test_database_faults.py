"""Faults F87 to F92: a database that fails costs no job an attempt, and what met a deadlock is repeated."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep
from typing import Any

import pytest

from mailhelper_core import BusyError, ConfigError, MailHelper, OwnerServices, Settings
from mailhelper_core.jobs import repeat
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_claims, job_ends
from tests.contract.jobs.conftest import KEY, MakeHelper

pytestmark = pytest.mark.usefixtures("no_waits")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ConfigError(code="database_unreachable", transient=True), id="F87"),
        pytest.param(BusyError(code="deadlock"), id="F88"),
        pytest.param(BusyError(code="database_locked"), id="F89"),
        pytest.param(ConfigError(code="disk_full", transient=True), id="F90"),
        pytest.param(ConfigError(code="database_unreachable", transient=True), id="F92"),
    ],
)
def test_f87_to_f92_a_database_that_fails_costs_no_attempt(
    helper: MailHelper, ada: OwnerServices, error: ConfigError
) -> None:
    failing = [True] * 5

    def work(one: Slice) -> Counts:
        if failing:
            failing.pop()
            raise type(error)(code=error.code, transient=True, retry_after=0.0)
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    states = [found.state if (found := helper.jobs.run()) else "" for _ in range(6)]

    assert states == ["queued"] * 5 + ["done"]
    assert ada.jobs.get(job.id).attempts == 0


def test_f88_a_claim_that_met_a_deadlock_is_repeated(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada.jobs.submit("process")
    real, failures = job_claims.claim, [1, 2, 3]

    def claim_after_deadlocks(*args: object, **named: object) -> object:
        if failures:
            failures.pop()
            raise BusyError(code="deadlock")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(job_claims, "claim", claim_after_deadlocks)
    done = helper.jobs.run()

    assert done is not None
    assert done.state == "done"


def test_f91_a_database_that_cannot_be_written_fails_the_job_with_its_code(
    helper: MailHelper, ada: OwnerServices
) -> None:
    helper.jobs.works = {"process": lambda one: (_ for _ in ()).throw(ConfigError(code="read_only"))}
    ada.jobs.submit("process")

    done = helper.jobs.run()

    assert done is not None
    assert (done.state, done.error_code) == ("failed", "read_only")


@contextmanager
def none_left(helper: MailHelper) -> Iterator[None]:
    """Take all connections that the pool has."""
    engine = helper.jobs.store.engine
    pool: Any = engine.pool
    pool._timeout = 0.05
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(engine.connect())
        yield


def test_f92_who_finds_no_connection_is_told_so(helper: MailHelper, ada: OwnerServices) -> None:
    job = ada.jobs.submit("process")

    with none_left(helper):
        for call in (lambda: ada.jobs.get(job.id), lambda: ada.jobs.submit("train"), helper.jobs.tick):
            with pytest.raises(BusyError) as refused:
                call()
            assert (refused.value.code, refused.value.transient) == ("no_connection", True)


def test_f92_a_job_that_finds_no_connection_is_tried_again(make_helper: MakeHelper) -> None:
    helper = make_helper(lease_seconds=0.4)
    ada = helper.for_owner("ada")
    failing = [True]

    def work(one: Slice) -> Counts:
        if failing:
            failing.pop()
            with none_left(helper):
                ada.jobs.list()
        return {}

    helper.jobs.works = {"process": work}
    job = ada.jobs.submit("process")
    first, second = helper.jobs.run(), helper.jobs.run()

    assert first is not None
    assert (first.state, first.attempts, first.error_code) == ("queued", 0, "no_connection")
    assert second is not None
    assert (second.id, second.state) == (job.id, "done")


@pytest.mark.parametrize(("code", "failures"), [("no_connection", 1), ("database_unreachable", 12)])
def test_f92_the_end_of_a_job_is_tried_again_and_its_work_is_not(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch, code: str, failures: int
) -> None:
    real, left, worked = job_ends.finish, [code] * failures, []

    def finish(*args: Any) -> object:
        if not left:
            return real(*args)
        if left.pop() == "no_connection":
            with none_left(helper):
                return real(*args)
        raise ConfigError(code=code, transient=True)

    monkeypatch.setattr(job_ends, "finish", finish)
    helper.jobs.works = {"process": lambda one: worked.append(1) or {}}
    ada.jobs.submit("process")
    done = helper.jobs.run()

    assert done is not None
    assert (done.state, left, worked) == ("done", [], [1])
    assert helper.jobs.run() is None


@pytest.mark.parametrize("is_stopping", [False, True])
def test_f92_an_end_that_cannot_be_written_is_given_up_with_the_lease_or_when_the_process_ends(
    make_helper: MakeHelper, monkeypatch: pytest.MonkeyPatch, is_stopping: bool
) -> None:
    helper = make_helper(lease_seconds=20.0 if is_stopping else 0.3)
    tried: list[float] = []

    def finish(*_: object) -> object:
        tried.append(monotonic())
        if is_stopping:
            helper.jobs.stopped.set()
        raise BusyError(code="no_connection")

    monkeypatch.setattr(job_ends, "finish", finish)
    monkeypatch.setattr(repeat, "sleep", lambda seconds: sleep(0.05))
    helper.jobs.works = {"process": lambda one: {}}
    job = helper.for_owner("ada").jobs.submit("process")
    helper.jobs.run()

    assert helper.jobs.get(job.id).state == "running"
    if is_stopping:
        assert len(tried) == 1
    else:
        assert tried[-1] - tried[0] >= 0.2


def test_a_beat_that_fails_unexpectedly_is_followed_by_others(
    make_helper: MakeHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = make_helper(lease_seconds=2.0)
    real, failures, beats = job_claims.beat, [1], []

    def beat(*args: object, **named: object) -> object:
        if failures:
            failures.pop()
            raise RuntimeError
        beats.append(1)
        return real(*args, **named)  # type: ignore[arg-type]

    def work(one: Slice) -> Counts:
        for _ in range(200):
            if len(beats) > 1 or one.is_over():
                break
            threading.Event().wait(0.05)
        return {}

    monkeypatch.setattr(job_claims, "beat", beat)
    helper.jobs.works = {"process": work}
    helper.for_owner("ada").jobs.submit("process")
    done = helper.jobs.run()

    assert done is not None
    assert (done.state, failures, len(beats) > 1) == ("done", [], True)


@pytest.mark.servers
def test_a_statement_that_the_server_ends_is_tried_again(postgres_database: str) -> None:
    store = Store.open(postgres_database)

    with pytest.raises(BusyError) as refused, store.read() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 20; SELECT pg_sleep(1)")

    store.close()
    assert (refused.value.code, refused.value.transient) == ("statement_timeout", True)


@pytest.mark.servers
def test_f91_connections_to_a_server_that_became_a_standby_are_replaced(postgres_database: str) -> None:
    with MailHelper(Settings(postgres_database, key=KEY, pool_size=2)) as helper:
        helper.jobs.works = {"process": lambda one: {}}
        helper.for_owner("ada").jobs.submit("process")
        engine = helper.jobs.store.engine
        with ExitStack() as demoted:
            for connection in [demoted.enter_context(engine.connect()) for _ in range(2)]:
                connection.exec_driver_sql("SET default_transaction_read_only = on")
                connection.commit()

        done = helper.jobs.run()

    assert done is not None
    assert done.state == "done"
