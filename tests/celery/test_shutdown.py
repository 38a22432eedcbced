"""A worker that is told to end in the middle of real work does so within ten seconds; nothing is lost or doubled."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery

from mailhelper_celery import CeleryRunner
from mailhelper_core import Job, MailHelper, OwnerServices, Settings
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.imap.fault_actions import Trickle
from mailhelper_core.testing.imap.faults import Fault
from tests.celery.conftest import KEY
from tests.celery.processes import Processes, kill_tree, until
from tests.celery.result import result
from tests.celery.test_hosts import Left, new_app, workers_of
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers

MAILS = 2_000
# At this pace each of the commands that are in flight, for the bodies of 500 messages, takes 18 s.
OCTETS_A_SECOND = 30_000.0
READ_SECONDS = 0.004
END_SECONDS = 10.0


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    """A server with thousands of mails."""
    with ImapServer(users={"ada": "secret"}) as running:
        inbox = running.store.user("ada").mailbox("INBOX")
        for number in range(MAILS):
            inbox.append(_mail(number))
        yield running


@pytest.fixture(scope="module")
def undisturbed(server: ImapServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Left]:
    """What sync, and then process, leave where nobody disturbs them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('undisturbed') / 'mail.db'}"
    with MailHelper(Settings(url, key=KEY)) as helper:
        ada, account_id = _owner(helper, server)
        ada.sync(account_id)
        found = {"sync": result(helper)}
        ada.process(account_id)
        return found | {"process": result(helper)}


@pytest.fixture
def app(redis: Redis, request: pytest.FixtureRequest) -> Celery[Any]:
    """An app on a database of that Redis where no other test leaves messages."""
    return new_app(redis, "end", 3 if "sqlite" in request.node.name else 4)


@pytest.fixture
def helper(database_url: str, app: Celery[Any]) -> Iterator[MailHelper]:
    """A helper whose jobs are left to a worker of the test's own."""
    with MailHelper(Settings(database_url, key=KEY), runner=CeleryRunner(app)) as made:
        yield made


@pytest.fixture
def worker(
    app: Celery[Any], processes: Processes, database_url: str, server: ImapServer
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that takes its time for each message that it reads."""
    # The lease of a host, and with it its patience with a server: here a busy machine may be silent for 10 s.
    own = {"HOST_READ_SECONDS": str(READ_SECONDS), "HOST_LEASE_SECONDS": "20"}
    (started,) = workers_of(processes, app, database_url, **own)
    yield started
    server.faults.clear()
    kill_tree(started)


def test_a_sync_over_a_slow_line_ends_in_time_and_goes_on_where_it_was(
    helper: MailHelper,
    server: ImapServer,
    worker: subprocess.Popen[bytes],
    undisturbed: dict[str, Left],
) -> None:
    ada, account_id = _owner(helper, server)
    server.faults.add(Fault("UID FETCH", Trickle(OCTETS_A_SECOND), times=None, having="BODY.PEEK[]"))
    job = ada.jobs.submit("sync", account_id=account_id)
    until(lambda: ada.count("") > 0)

    left = _ended(worker, ada, job)
    stored = ada.count("")
    server.faults.clear()
    done = helper.jobs.run(job.id, exactly=True)

    assert 0 < stored < MAILS, "it was not in the middle"
    assert (left.state, left.attempts, left.error_code) == ("queued", 0, "")
    assert dict(left.result)["new"] == stored
    assert done is not None
    assert (done.state, dict(done.result)["new"], dict(done.result)["remaining"]) == ("done", MAILS, 0)
    assert result(helper) == undisturbed["sync"]


def test_processing_ends_in_time_and_goes_on_where_it_was(
    helper: MailHelper,
    server: ImapServer,
    worker: subprocess.Popen[bytes],
    undisturbed: dict[str, Left],
) -> None:
    ada, account_id = _owner(helper, server)
    ada.sync(account_id)
    job = ada.jobs.submit("process", account_id=account_id)
    until(lambda: (progress := ada.jobs.get(job.id).progress) is not None and progress.done > 0)

    left = _ended(worker, ada, job)
    processed = dict(left.result)["processed"]
    done = helper.jobs.run(job.id, exactly=True)

    assert 0 < processed < MAILS, "it was not in the middle"
    assert (left.state, left.attempts, left.error_code) == ("queued", 0, "")
    assert done is not None
    assert (done.state, dict(done.result)["processed"]) == ("done", MAILS)
    assert result(helper) == undisturbed["process"]


def _owner(helper: MailHelper, server: ImapServer) -> tuple[OwnerServices, int]:
    helper.migrate()
    ada = helper.for_owner("ada")
    return ada, ada.accounts.add(server.url, username="ada", password="secret").id


def _ended(worker: subprocess.Popen[bytes], ada: OwnerServices, job: Job) -> Job:
    """Tell a worker to end, see that it does so in time, and answer how its job was left."""
    assert ada.jobs.get(job.id).state == "running"
    worker.send_signal(signal.SIGTERM)
    began = time.monotonic()
    worker.wait(timeout=END_SECONDS)
    print(f"{job.kind} ended after {time.monotonic() - began:.1f} s")
    return ada.jobs.get(job.id)


def _mail(number: int) -> bytes:
    what = ("Invoice", "Meeting on Friday", "Your order", "Newsletter")[number % 4]
    minute, second = divmod(number % 3_600, 60)
    head = (
        f"From: p{number % 50}@shop{number % 7}.example\r\nTo: ada@example.org\r\nSubject: {what} {number}\r\n"
        f"Date: Tue, 01 Dec 2026 10:{minute:02}:{second:02} +0000\r\nMessage-ID: <{number}@shop.example>\r\n"
    )
    return (head + "\r\n" + f"This is mail {number}, please read it until Friday.\r\n" * 20).encode()
