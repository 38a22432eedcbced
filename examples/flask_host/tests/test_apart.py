"""`mailhelper-web serve` works on jobs beside the process that answers pages, and neither outlives the other."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailhelper_core import Bell, Job, MailHelper, OwnerServices, Settings
from mailhelper_core.testing import Call, Fault, ImapServer, MailboxGenerator
from mailhelper_web.apart import JobsApart
from tests.celery.processes import until
from tests.servers.process import free_port

PROGRAM = Path(sys.executable).parent / "mailhelper-web"
# A lease lasts twenty seconds; then somebody else takes a job that was at work.
TAKEN_BACK_SECONDS = 60


@dataclass
class Host:
    """What runs, and the services of an owner whose account it syncs."""

    process: subprocess.Popen[bytes]
    imap: ImapServer
    folder: Path
    ada: OwnerServices

    def ask(self) -> Job:
        """Ask for a sync as a page does, but without a bell."""
        return self.ada.jobs.submit("run", account_id=self.ada.accounts.list()[0].id)

    def is_done(self, job: Job) -> bool:
        """Say whether a job has done what was asked."""
        return self.ada.jobs.get(job.id).state == "done"

    def worker(self) -> int:
        """Answer the process that has worked on a job last."""
        with closing(sqlite3.connect(self.folder / "mail.db")) as database:
            [holder] = database.execute(
                "SELECT holder FROM mailhelper_leases WHERE holder <> '' ORDER BY expires_at DESC, token DESC LIMIT 1"
            ).fetchone()
        return int(holder.split(":")[-2])

    @property
    def log(self) -> str:
        """What the host said."""
        return (self.folder / "log").read_text()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """The host by its command, on a database with an account."""
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    with ImapServer(users={"ada": "secret"}) as imap, MailHelper(url) as helper, (tmp_path / "log").open("wb") as log:
        MailboxGenerator(seed=3).fill(imap.store.user("ada"), count=20)
        helper.migrate()
        ada = helper.for_owner("1")
        ada.accounts.add(imap.url, username="ada", password="secret")
        environment = {
            **os.environ,
            "MAILHELPER_DATABASE_URL": url,
            "MAILHELPER_PLUGINS": "",
            "MAILHELPER_WEB_SECRET_FILE": str(tmp_path / "secret"),
            "MAILHELPER_WEB_PRIVATE_HOSTS": "1",
        }
        command = [PROGRAM, "serve", "--port", str(free_port())]
        with subprocess.Popen(command, env=environment, stdout=log, stderr=log, process_group=0) as process:
            yield Host(process, imap, tmp_path, ada)
            process.kill()


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """Answer what the kernel says of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _is_there(pid: int) -> bool:
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def test_jobs_are_done_by_another_process_than_pages_and_after_them(host: Host):
    job = host.ask()
    until(lambda: host.is_done(job))

    worker = host.worker()

    answering = _parent(worker)
    assert _parent(answering) == host.process.pid
    assert len({worker, answering, host.process.pid}) == 3
    assert int(_stat(worker)[16]) > int(_stat(answering)[16])  # niceness


def test_a_process_that_is_killed_at_work_has_a_successor_that_ends_the_job(host: Host):
    is_in, may_go = threading.Event(), threading.Event()

    def wait() -> None:
        is_in.set()
        may_go.wait(30)

    host.imap.faults.add(Fault("UID FETCH", Call(wait)))
    job = host.ask()
    assert is_in.wait(30)
    killed = host.worker()

    os.kill(killed, signal.SIGKILL)
    may_go.set()

    until(lambda: host.is_done(job), seconds=TAKEN_BACK_SECONDS)
    assert host.worker() != killed
    assert not _is_there(killed)
    assert "the process of jobs ended: status -9" in host.log
    assert "Traceback" not in host.log


@pytest.mark.parametrize("told", [lambda pid: os.kill(pid, signal.SIGTERM), lambda pid: os.killpg(pid, signal.SIGINT)])
def test_told_to_end_both_do(host: Host, told: Callable[[int], None]):
    job = host.ask()
    until(lambda: host.is_done(job))
    pids = [worker := host.worker(), _parent(worker)]

    told(host.process.pid)

    assert host.process.wait(20) == 0
    # A signal to the whole group reaches each of them, and they end in any order.
    until(lambda: not [pid for pid in pids if _is_there(pid)], seconds=15)
    assert "the process of jobs ended" not in host.log
    assert "Traceback" not in host.log


@pytest.mark.parametrize("level", [0, 1])
def test_no_process_of_jobs_is_left_by_one_that_is_killed(host: Host, level: int):
    job = host.ask()
    until(lambda: host.is_done(job))
    worker = host.worker()

    os.kill([host.process.pid, _parent(worker)][level], signal.SIGKILL)

    until(lambda: not _is_there(worker), seconds=15)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[OwnerServices]:
    """The services of an owner where jobs are done apart."""
    settings = Settings(f"sqlite:///{tmp_path / 'mail.db'}", plugins=())
    with MailHelper(settings, runner=JobsApart(settings, 1)) as helper:
        helper.migrate()
        helper.jobs.start()
        yield helper.for_owner("1")
        helper.jobs.stop()


def _done(ada: OwnerServices) -> None:
    job = ada.jobs.submit("train").id
    until(lambda: ada.jobs.get(job).state == "done")


def test_a_bell_is_heard_at_once(apart: OwnerServices):
    _done(apart)
    before = time.monotonic()

    for _ in range(4):  # without a bell each would wait for a tick of its own, every five seconds
        _done(apart)

    assert time.monotonic() - before < 10


def test_more_bells_than_anybody_hears_block_nobody(tmp_path: Path):
    settings = Settings(f"sqlite:///{tmp_path / 'mail.db'}", plugins=("none",))
    with MailHelper(settings) as helper:
        runner = JobsApart(settings, 1)
        runner.start(helper.jobs)
        until(lambda: runner.process is not None)
        os.kill(runner.process, signal.SIGSTOP)

        for _ in range(2_000):
            runner.ring(helper.jobs, [Bell(0, "")] * 100)

        os.kill(runner.process, signal.SIGCONT)
        runner.stop()
        runner.ring(helper.jobs, [Bell(0, "")])  # nobody hears it
        assert runner.process is None


def test_one_that_dies_at_once_is_begun_after_a_growing_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("mailhelper_web.apart.FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr("mailhelper_web.apart.sys.executable", shutil.which("false"))
    with MailHelper(f"sqlite:///{tmp_path / 'mail.db'}") as helper:
        runner = JobsApart(helper.settings, 1)
        runner.start(helper.jobs)

        until(lambda: len(caplog.messages) >= 4)

        runner.stop()
    assert re.findall(r"status 1; another begins in ([\d.]+) s", caplog.text)[:4] == ["0.1", "0.2", "0.4", "0.8"]
