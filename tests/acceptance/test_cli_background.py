"""The command line in the background: what `work` and `watch` say meanwhile."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from mailhelper_core import TickReport
from mailhelper_core.jobs.service import JobService
from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.unit.sync.world import fill

pytestmark = pytest.mark.usefixtures("used_home")

PATIENCE_SECONDS = 20


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with three mails."""
    with ImapServer(users={USER: PASSWORD}) as server:
        fill(server.store.user(USER).mailbox("INBOX"), range(1, 4))
        yield server


@pytest.fixture
def mail(cli: Cli, server: ImapServer) -> Cli:
    """The command line of an owner with an account of which nothing was fetched."""
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    return cli


def _end_when(is_so: Callable[[], bool]) -> None:
    """End the command that runs in this process, as Ctrl-C does, as soon as it listens to signals and it is so."""

    def wait() -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and (signal.getsignal(signal.SIGTERM) == signal.SIG_DFL or not is_so()):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def test_work_says_for_whom_and_what_it_did(mail: Cli) -> None:
    mail.ok("rule", "add", "star", "--then", "addflag \\Flagged")
    mail.ok("job", "submit", "run")

    said = mail.ok("work", "--once").err

    lines = [line.split(" ", 1)[1] for line in said.splitlines()]
    assert lines[0] == f"works for account 1 ({USER}); Ctrl-C ends it"
    assert "account 1: 3 new messages" in lines
    assert "account 1: 3 changes done on the server" in lines
    assert any(line.startswith("job 1 (run): done") for line in lines)
    assert PASSWORD not in said


def test_a_log_collector_gets_objects_without_a_name(mail: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILHELPER_LOG", "json")
    mail.ok("job", "submit", "run")

    said = mail.ok("work", "--once").err

    lines = [json.loads(line) for line in said.splitlines()]
    told = [(line["logger"], line["level"], line["message"]) for line in lines]
    assert told[0] == ("mailhelper.cli", "info", "works for 1 account; Ctrl-C ends it")
    assert ("mailhelper.cli", "info", "account 1: 3 new messages") in told
    assert any(logger == "mailhelper.jobs" and message.startswith("job 1 (run): done") for logger, _, message in told)
    assert USER not in said


def test_a_collector_gets_objects_whoever_speaks(mail: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILHELPER_LOG", "json")
    monkeypatch.setattr(JobService, "tick", _that_warns(JobService.tick))

    said = mail.ok("work", "--once").err

    lines = [json.loads(line) for line in said.splitlines()]
    told = [(line["logger"], line["message"]) for line in lines if line["level"] == "warning"]
    assert told == [("mailhelper.plugins", "failed"), ("another", "is away")]


def _that_warns(tick: Callable[[JobService], TickReport]) -> Callable[[JobService], TickReport]:
    def warn(jobs: JobService) -> TickReport:
        logging.getLogger("mailhelper.plugins").warning("failed")
        logging.getLogger("another").warning("is away")
        return tick(jobs)

    return warn


def test_trouble_is_one_line(cli: Cli) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok("job", "submit", "sync", "--account", "1")

    assert "job 1 (sync): queued refused" in cli.ok("work", "--once").err


@pytest.mark.parametrize("option", ["-q", "--json"])
def test_it_can_be_quiet(mail: Cli, option: str) -> None:
    mail.ok("job", "submit", "run")

    assert mail.ok("work", "--once", option).err == ""


def test_watch_says_what_it_watches_and_what_came(mail: Cli) -> None:
    stored = threading.Event()

    class Waiting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "done" in record.getMessage():
                stored.set()

    handler = Waiting()
    logging.getLogger("mailhelper.jobs").addHandler(handler)
    _end_when(stored.is_set)
    try:
        said = mail.ok("watch")
    finally:
        logging.getLogger("mailhelper.jobs").removeHandler(handler)

    assert f"watches account 1 ({USER}); Ctrl-C ends it" in said.err
    assert "account 1: 3 new messages" in said.err
    assert said.out == "stopped\n"


def test_watch_without_threads_leaves_the_job_to_others(mail: Cli) -> None:
    mail.ok("job", "submit", "run")
    _end_when(lambda: True)

    assert mail.ok("watch", "--threads", "0").out == "stopped\n"

    assert mail.ok("--json", "job", "show", "1").json["job"]["state"] == "queued"


def test_watch_without_threads_says_what_is_missing_for_a_broker(mail: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setitem(sys.modules, "mailhelper_celery.app", None)

    refused = mail("watch", "--threads", "0")

    assert refused.code == 7
    assert "pip install 'mailhelper[celery]'" in refused.err
