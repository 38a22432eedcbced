"""Jobs on a real Redis, real workers and a real beat, whatever is killed, lost, doubled or late."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from mailhelper_core import Account, Job, MailHelper, OwnerServices, Settings
from mailhelper_core.testing import ImapServer
from tests.celery.conftest import KEY, MAILS
from tests.celery.processes import Processes, children, kill_tree, until
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers
# From the kill to the end of what was left: the lease of 3 s, a tick, and the work itself, on a busy machine.
RECOVERY_SECONDS = 30.0
Worker = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def workers(processes: Processes) -> Iterator[list[Worker]]:
    """Two workers at work, and the beat; the last one in the list is the one that still lives at the end.

    All go with the module: others share the broker and the database, and would be ticked and worked for too.
    """
    started = processes.workers("first", "second")
    beat = processes.beat()
    yield started
    for process in (*started, beat):
        kill_tree(process)


@pytest.fixture
def helper(workers: list[Worker], workers_database: str) -> Iterator[MailHelper]:
    """A helper as the host's web process has it."""
    from tests.celery import host  # noqa: PLC0415 - reads the environment when imported

    with MailHelper(Settings(workers_database, key=KEY), runner=host.installation.runner) as made:
        made.jobs.works = {**made.jobs.works, "embed": host.slow, "train": host.deadly}
        yield made


@pytest.fixture
def ada(helper: MailHelper, request: pytest.FixtureRequest) -> OwnerServices:
    """An owner of the test's own."""
    return helper.for_owner(request.node.name)


@pytest.fixture
def account(ada: OwnerServices, server: ImapServer) -> Iterator[Account]:
    """Ada's account; it goes with the test, so that nobody polls it."""
    account = ada.accounts.add(server.url, username="ada", password="secret")
    yield account
    ada.accounts.update(account.id, paused=True)


def ended(ada: OwnerServices, job: Job, *, seconds: float = RECOVERY_SECONDS) -> Job:
    """Wait for the end of a job."""
    until(lambda: not ada.jobs.get(job.id).is_open, seconds=seconds)
    return ada.jobs.get(job.id)


def has_steps(ada: OwnerServices, job: Job, count: int) -> bool:
    """Say whether the slow job has come so far."""
    progress = ada.jobs.get(job.id).progress
    return progress is not None and progress.done >= count


def test_f84_tasks_that_come_twice_late_and_out_of_order_change_nothing(
    ada: OwnerServices, account: Account, helper: MailHelper
) -> None:
    from tests.celery import host  # noqa: PLC0415

    jobs = [ada.jobs.submit(kind, account_id=account.id) for kind in ("sync", "process", "apply_rules")]
    for job in (*reversed(jobs), *jobs):
        host.app.send_task(f"mailhelper.{job.kind}", args=(job.id,), ignore_result=True)
    found = [ended(ada, job) for job in jobs]
    ended(ada, ada.jobs.submit("run", account_id=account.id))
    for job in jobs:
        host.app.send_task(f"mailhelper.{job.kind}", args=(job.id,), ignore_result=True)

    assert [job.state for job in found] == ["done"] * 3
    assert dict(found[0].result)["new"] == ada.count("") == MAILS
    assert len([one for one in ada.events() if one.kind == "job_finished"]) == 4


@pytest.mark.full
def test_f71_pool_processes_that_are_killed_lose_and_double_nothing(ada: OwnerServices, workers: list[Worker]) -> None:
    job = ada.jobs.submit("embed")
    until(lambda: has_steps(ada, job, 3))
    kept = ada.jobs.get(job.id).progress

    for pid in (*children(workers[0]), *children(workers[1])):
        os.kill(pid, signal.SIGKILL)
    found = ended(ada, job)

    assert kept is not None
    assert (found.state, found.progress and found.progress.done) == ("done", 20)
    assert 0 < dict(found.result)["steps"] <= 20 - kept.done


def test_f71_the_work_of_a_worker_that_is_killed_whole_is_finished_by_another(
    ada: OwnerServices, workers: list[Worker]
) -> None:
    job = ada.jobs.submit("embed")
    until(lambda: has_steps(ada, job, 3))

    kill_tree(workers[0])

    assert ended(ada, job).state == "done"


def test_a_job_that_kills_every_worker_is_taken_out_of_circulation_after_three(ada: OwnerServices) -> None:
    poison = ada.jobs.submit("train")

    found = ended(ada, poison, seconds=2 * RECOVERY_SECONDS)

    assert (found.state, found.attempts, found.error_code) == ("quarantined", 3, "crashed")


def test_a_plugin_that_kills_every_worker_is_left_out_and_the_rest_goes_on(
    ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    server.store.user("ada").mailbox("INBOX").append(b"From: e@example.org\r\nSubject: poison\r\n\r\nx\r\n")

    found = ended(ada, ada.jobs.submit("run", account_id=account.id), seconds=2 * RECOVERY_SECONDS)

    assert (found.state, found.skipped) == ("done", ("evil/evil",))
    assert ada.count("") == MAILS + 1
    assert ada.process(account.id).processed == 0


def test_a_running_job_is_cancelled_from_another_process(ada: OwnerServices) -> None:
    job = ada.jobs.submit("embed")
    until(lambda: has_steps(ada, job, 1))

    ada.jobs.cancel(job.id)
    found = ended(ada, job)

    assert found.state == "cancelled"
    assert dict(found.result)["steps"] < 20


def test_a_poll_writes_a_job_only_when_the_server_has_news(
    ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    until(lambda: ada.count("") == MAILS, seconds=RECOVERY_SECONDS)
    (first,) = ada.jobs.list()

    polls = len(server.log.commands)
    with ada.jobs.owner.begin() as uow:
        uow.connection.exec_driver_sql(f"UPDATE mailhelper_accounts SET next_poll_at = 0 WHERE id = {account.id}")
    until(lambda: len(server.log.commands) > polls, seconds=RECOVERY_SECONDS)

    assert ended(ada, first).state == "done"
    assert [job.id for job in ada.jobs.list()] == [first.id]


def test_f81_f82_a_broker_that_is_away_and_forgets_all_costs_no_job(
    ada: OwnerServices, account: Account, redis: Redis
) -> None:
    redis.stop()
    took = until(lambda: ada.jobs.submit("sync", account_id=account.id).state == "queued")
    redis.start()

    assert took < 10.0
    assert ended(ada, ada.jobs.list()[0], seconds=2 * RECOVERY_SECONDS).state == "done"
    assert ada.count("") == MAILS


def test_f80_a_worker_that_is_told_to_end_does_so_after_a_batch_and_the_library_goes_on(
    ada: OwnerServices, helper: MailHelper, workers: list[Worker]
) -> None:
    job = ada.jobs.submit("embed")
    until(lambda: has_steps(ada, job, 3))

    living = [worker for worker in workers if worker.poll() is None]
    for worker in living:
        worker.send_signal(signal.SIGTERM)
    for worker in living:
        worker.wait(timeout=10.0)
    left = ada.jobs.get(job.id)
    done = helper.jobs.run(job.id, exactly=True)

    assert (left.state, left.attempts, left.error_code) == ("queued", 0, "")
    assert done is not None
    assert (done.state, dict(done.result)) == ("done", {"steps": 20})


def test_logs_of_workers_hold_no_mail_no_address_and_no_secret(processes: Processes, workers: list[Worker]) -> None:
    logs = b"".join(processes.log(name) for name in ("first", "second", "beat"))

    for secret in (b"example.org", b"poison", b"secret", b"Subject"):
        assert secret not in logs
