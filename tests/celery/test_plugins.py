"""F103 and F105 on a real worker: a plugin that hangs, or ends its worker, is named, and mail goes on without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailhelper_celery import CeleryRunner
from mailhelper_core import Bell, BusyError, MailHelper, OwnerServices, Settings, SourceType, hookimpl
from mailhelper_core.server.local import LocalSession
from mailhelper_core.testing import ImapServer
from tests.celery.conftest import KEY
from tests.celery.processes import Processes, kill_tree, until
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers
SOFT_LIMIT_SECONDS = 3
# Three times the hard limit (twice the soft one), the lease of 2 s, a tick and a new process each take half a minute.
ENDED_SECONDS = 120.0


@pytest.fixture(scope="module")
def worker(processes: Processes) -> Iterator[None]:
    """A worker and the beat of these tests alone: others would find their jobs taken."""
    limits = {"HOST_SOFT_LIMIT_SECONDS": str(SOFT_LIMIT_SECONDS)}
    limited = replace(processes, environment=processes.environment | limits)  # the list of what runs stays the same
    started = [*limited.workers("third"), limited.beat()]
    yield
    for process in started:
        kill_tree(process)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server without mail."""
    with ImapServer(users={"ada": "secret"}) as running:
        yield running


@pytest.fixture
def runner(worker: None, redis: Redis) -> CeleryRunner:
    """What rings for the workers of this test."""
    from tests.celery import host  # noqa: PLC0415 - reads the environment when imported

    return host.installation.runner


@pytest.fixture
def ada(worker: None, workers_database: str, request: pytest.FixtureRequest) -> Iterator[OwnerServices]:
    """An owner of the test's own, in a process that rings for nobody."""
    with MailHelper(Settings(workers_database, key=KEY)) as helper:
        yield helper.for_owner(request.node.name)


@pytest.mark.parametrize(
    ("subject", "skipped"),
    [
        ("deaf", ("evil/deaf",)),  # native code: only the hard limit ends it
        ("wait", ()),  # Python: the soft limit raises in it, and the report names it at once
        # os._exit: no exception, and an exit code as if all were well; the row's way is that of a kill
        pytest.param("leave", ("evil/leaving",), marks=pytest.mark.full),
    ],
)
def test_the_mail_is_understood_without_it(
    ada: OwnerServices, runner: CeleryRunner, server: ImapServer, subject: str, skipped: tuple[str, ...]
) -> None:
    account = quiet_account(ada, server)
    mail = f"From: bob@example.org\r\nSubject: {subject}\r\n\r\nText\r\n"
    server.store.user("ada").mailbox("INBOX").append(mail.encode())
    until(lambda: has_synced(ada, account), seconds=ENDED_SECONDS)
    job = ada.jobs.submit("reprocess", account_id=account)
    # A bell is a hint: whoever hears one works on the job whose turn it is, under the limits of the bell's task.
    runner.ring(None, [Bell(job.id, "sync")])

    until(lambda: not ada.jobs.get(job.id).is_open, seconds=ENDED_SECONDS)

    found = ada.jobs.get(job.id)
    assert (found.state, found.skipped) == ("done", skipped)
    assert dict(found.result)["processed"] == 1
    assert dict(found.result)["errors"] >= 1
    (message,) = ada.search(f"subject:{subject}")
    said = {one.said_by for one in ada.opinions.of([message.id])[message.id]}
    assert "heuristics" in said
    ada.accounts.update(account, paused=True)


@pytest.mark.full
def test_a_job_that_cannot_do_without_it_names_its_source(
    workers_database: str, runner: CeleryRunner, tmp_path: Path
) -> None:
    plugin = SimpleNamespace(__name__="evil", register_sources=hookimpl(host_sources))
    with MailHelper(Settings(workers_database, key=KEY), plugins=[plugin]) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add(f"stuck://{tmp_path / 'now'}")
        until(lambda: ada.accounts.get(account.id).last_success_at, seconds=ENDED_SECONDS)
        until(lambda: not [job for job in ada.jobs.list() if job.is_open], seconds=ENDED_SECONDS)
        (tmp_path / "now").touch()

        job = ada.jobs.submit("sync", account_id=account.id)
        runner.ring(None, [Bell(job.id, "sync")])
        until(lambda: not ada.jobs.get(job.id).is_open, seconds=ENDED_SECONDS)

        found = ada.jobs.get(job.id)
        assert (found.state, found.error_code, found.item) == ("quarantined", "crashed", "evil/stuck")


def host_sources() -> list[SourceType]:
    """Know the scheme of the workers' source; none is opened here."""
    return [SourceType("stuck", ("stuck",), lambda _: LocalSession(dict, delimiter="/"))]


def has_synced(ada: OwnerServices, account: int) -> bool:
    """Sync, unless a poll holds the account just now."""
    try:
        return ada.sync(account).new == 1
    except BusyError:
        return False


def quiet_account(ada: OwnerServices, server: ImapServer) -> int:
    """Add an account and wait for its first poll; the next is minutes away, so only the test's job meets new mail."""
    account = ada.accounts.add(server.url, username="ada", password="secret")
    until(lambda: ada.accounts.get(account.id).last_success_at, seconds=ENDED_SECONDS)
    until(lambda: not [job for job in ada.jobs.list() if job.is_open], seconds=ENDED_SECONDS)
    return account.id
