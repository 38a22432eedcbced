"""One service, four hosts: a library call, the caller, threads and Celery workers leave the same behind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from mailhelper_celery import CeleryRunner
from mailhelper_core import InlineRunner, Job, MailHelper, OwnerServices, Rule, Runner, Settings, ThreadRunner
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.conftest import KEY, MAILS
from tests.celery.processes import Processes, kill_tree, until
from tests.celery.result import result_hash
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers

Drive = Callable[[OwnerServices, int], None]
BELLS = ("sync", "index", "process", "apply_rules", "deliver")


def prepared(helper: MailHelper, server: ImapServer) -> tuple[OwnerServices, int]:
    """Give an owner an account, and rules with deeds at the server."""
    ada = helper.for_owner("ada")
    account = ada.accounts.add(server.url, username="ada", password="secret")
    ada.rules.save(Rule("bills", when="category:finance", then=[("tag", "bill"), ("addflag", "$Bill")]))
    ada.rules.save(Rule("read", when="is:unread", then=[("fileinto", "Sorted")]))
    return ada, account.id


def in_steps(ada: OwnerServices, account_id: int) -> None:
    """Make the journey with five jobs instead of one."""
    for kind in ("deliver", "sync", "process", "apply_rules", "deliver"):
        job = ada.jobs.submit(kind, account_id=account_id)
        until(lambda id_=job.id: not ada.jobs.get(id_).is_open)  # type: ignore[misc]


def in_one(ada: OwnerServices, account_id: int) -> None:
    """Make the journey with one job."""
    job = ada.jobs.submit("run", account_id=account_id)
    until(lambda: not ada.jobs.get(job.id).is_open)
    assert ada.jobs.get(job.id).state == "done"


@pytest.fixture
def direct_hash(tmp_path: Path) -> str:
    """What the library call leaves behind."""
    with new_server() as server, MailHelper(Settings(f"sqlite:///{tmp_path / 'direct.db'}", key=KEY)) as helper:
        helper.migrate()
        ada, account_id = prepared(helper, server)
        ada.run(account_id)
        return result_hash(helper)


def new_server() -> ImapServer:
    """Answer a server with the same mail each time."""
    server = ImapServer(users={"ada": "secret"})
    MailboxGenerator(seed=7).fill(server.store.user("ada"), count=MAILS)
    return server


@pytest.fixture(params=["inline", "threads", "celery"])
def helper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailHelper]:
    """A helper with each runner; whatever ran before, nobody else works for it."""
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    runner: Runner = InlineRunner() if request.param == "inline" else ThreadRunner(2, tick_seconds=1.0)
    app = new_app(request.getfixturevalue("redis"), "hosts", 2) if request.param == "celery" else None
    with MailHelper(Settings(url, key=KEY), runner=runner if app is None else CeleryRunner(app)) as made:
        made.migrate()
        if app is None:
            yield made
            return
        (worker,) = workers_of(request.getfixturevalue("processes"), app, url)
        yield made
        kill_tree(worker)


def new_app(redis: Redis, name: str, number: int) -> Celery[Any]:
    """Answer an app on a database of that Redis where no other test leaves messages."""
    return Celery(name, broker=f"{redis.url.rpartition('/')[0]}/{number}", set_as_current=False)


def workers_of(processes: Processes, app: Celery[Any], url: str) -> list[subprocess.Popen[bytes]]:
    """Start a worker that hears this app and works on this database."""
    own = {"HOST_BROKER_URL": str(app.conf.broker_url), "HOST_DATABASE_URL": url}
    return replace(processes, environment=processes.environment | own).workers(str(app.main))


def test_every_host_leaves_the_same_behind(helper: MailHelper, direct_hash: str) -> None:
    with new_server() as server:
        ada, account_id = prepared(helper, server)
        in_one(ada, account_id)
        assert result_hash(helper) == direct_hash


def test_five_jobs_leave_the_same_behind_as_one(direct_hash: str, tmp_path: Path) -> None:
    settings = Settings(f"sqlite:///{tmp_path / 'steps.db'}", key=KEY)
    with new_server() as server, MailHelper(settings, runner=ThreadRunner(2)) as helper:
        helper.migrate()
        in_steps(*prepared(helper, server))

        assert result_hash(helper) == direct_hash


def test_bells_that_come_three_times_and_backwards_leave_the_same_behind(
    direct_hash: str, processes: Processes, redis: Redis, tmp_path: Path
) -> None:
    """F84: bells of several kinds come thrice, out of order, and again when all has ended."""
    app, url = new_app(redis, "bells", 1), f"sqlite:///{tmp_path / 'bells.db'}"
    with new_server() as server, MailHelper(Settings(url, key=KEY)) as helper:
        helper.migrate()
        ada, account_id = prepared(helper, server)
        (worker,) = workers_of(processes, app, url)
        jobs: list[Job] = []
        for _ in BELLS:  # backwards, a round may do no more than one stage of the journey
            asked = [ada.jobs.submit(kind, account_id=account_id) for kind in BELLS]
            ring(app, [*reversed(asked)] * 3)
            until(lambda: not ada.jobs.list(state="queued").items and not ada.jobs.list(state="running").items)
            jobs += asked
        ring(app, [*reversed(jobs)] * 3)
        last = ada.jobs.submit("maintenance")
        ring(app, [last])
        until(lambda: not ada.jobs.get(last.id).is_open)
        kill_tree(worker)

        assert {ada.jobs.get(job.id).state for job in jobs} == {"done"}
        assert result_hash(helper) == direct_hash


def ring(app: Celery[Any], jobs: list[Job]) -> None:
    """Send a message for each job, as whoever submits it and every tick may do."""
    for job in jobs:
        app.send_task(f"mailhelper.{job.kind}", args=(job.id,), ignore_result=True)
