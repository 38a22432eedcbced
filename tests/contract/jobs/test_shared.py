"""Faults of a deployment: F83, F86, F94, F95 and F98: several programs on one account, odd dates, memory, a backup."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker

from mailhelper_celery import install
from mailhelper_core import Account, BusyError, MailHelper, OwnerServices, Settings
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import KEY, MAILS, MakeHelper

ROOT = Path(__file__).parents[3]


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Keep a worker in this process from raising the level of the root logger, which nobody would lower again."""
    level = logging.getLogger().level

    def leave(**_: object) -> None:
        """Celery sets nothing up where somebody else says that he does."""

    signals.setup_logging.connect(leave)
    yield
    signals.setup_logging.disconnect(leave)
    assert logging.getLogger().level == level


@pytest.mark.usefixtures("own_logging")
@pytest.mark.filterwarnings("ignore")  # Celery's own, of its thread pool
def test_f83_a_result_backend_that_is_away_changes_nothing(sqlite_database: str, server: ImapServer) -> None:
    """On SQLite alone: no database knows of a result backend."""
    app: Celery[Any] = Celery("f83", broker="memory://", backend="redis://127.0.0.1:1/0", set_as_current=False)
    tasks = install(app, lambda: MailHelper(Settings(database_url=sqlite_database, key=KEY)))
    with MailHelper(Settings(database_url=sqlite_database, key=KEY), runner=tasks.runner) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        with start_worker(app, perform_ping_check=False, pool="solo", shutdown_timeout=30):
            job = ada.jobs.submit("run", account_id=account.id)
            for _ in range(600):
                if not ada.jobs.get(job.id).is_open:
                    break
                threading.Event().wait(0.05)

        assert (ada.jobs.get(job.id).state, ada.count("")) == ("done", MAILS)


def test_f86_a_web_process_a_worker_and_a_command_line_on_one_account(
    make_helper: MakeHelper, ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    inbox = server.store.user("ada").mailbox("INBOX")
    helpers = [make_helper() for _ in range(3)]
    failures: list[BaseException] = []

    def work(helper: MailHelper) -> None:
        services = helper.for_owner("ada")
        try:
            for number in range(4):
                inbox.append(f"From: e@example.org\r\nSubject: {id(helper)} {number}\r\n\r\nx\r\n".encode())
                services.jobs.submit("run", account_id=account.id)
                helper.jobs.run()
                with suppress(BusyError):
                    services.sync(account.id)
                found = services.search("in:inbox is:unread", limit=1).items
                services.messages.add_keyword([one.id for one in found], "\\Seen")
        except BaseException as exc:  # noqa: BLE001 - told by the test's own thread
            failures.append(exc)

    threads = [threading.Thread(target=work, args=(helper,)) for helper in helpers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ada.run(account.id)

    assert failures == []
    assert ada.count("") == MAILS + 12
    assert ada.accounts.verify(account.id).ok
    assert ada.outbox.pending() == ()


def test_f94_mail_of_any_year_is_stored_and_found(ada: OwnerServices, account: Account, server: ImapServer) -> None:
    years = (1901, 1970, 2038, 9999)
    for year in years:
        raw = f"From: e@example.org\r\nDate: Fri, 1 Jan {year} 00:00:00 +1400\r\nSubject: odd{year}\r\n\r\nx\r\n"
        received = datetime(min(max(year, 1970), 9998), 1, 1, tzinfo=UTC)
        server.store.user("ada").mailbox("INBOX").append(raw.encode(), internal_date=received)

    report = ada.run(account.id)

    assert (report.sync.new, report.sync.quarantined) == (MAILS + len(years), 0)
    assert [len(ada.search(f"subject:odd{year}")) for year in years] == [1] * len(years)
    assert len(ada.search("", limit=100)) == MAILS + len(years)


_SMALL = """
import resource, sys
from mailhelper_core import MailHelper, ServerError, Settings
helper = MailHelper(Settings(database_url=sys.argv[1], key=sys.argv[2]))
ada = helper.for_owner("ada")
ada.accounts.list()
ada.sync(int(sys.argv[3]))
print("warm", flush=True)
input()
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 20_000_000, used + 20_000_000))
for _ in range(8):
    try:
        report = ada.sync(int(sys.argv[3]))
        print("new", report.new, [note.code for note in report.errors])
    except ServerError as exc:
        print(exc.code)
"""


def test_f95_a_mail_that_takes_all_memory_is_put_aside_and_the_rest_comes(
    sqlite_database: str, server: ImapServer
) -> None:
    """On SQLite alone: what takes the memory is reading the mail."""
    helper = MailHelper(Settings(database_url=sqlite_database, key=KEY))
    ada = helper.for_owner("ada")
    account = ada.accounts.add(server.url, username="ada", password="secret")
    # Ten thousand nested parts in twelve megabytes: cheap to send, dear to read.
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(10_000))
    evil = f"From: e@example.org\r\nSubject: evil\r\n{nested}".encode() + b"x" * 12_000_000
    inbox = server.store.user("ada").mailbox("INBOX")
    command = [sys.executable, "-c", _SMALL, sqlite_database, KEY, str(account.id)]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "warm\n"
    inbox.append(evil)
    inbox.append(b"From: e@example.org\r\nSubject: behind it\r\n\r\nx\r\n")

    told, _ = child.communicate("go\n")
    assert "too_much" in told, "the limit was not reached"
    assert child.returncode == 0
    assert ada.count("") == MAILS + 2
    assert [message.subject for message in ada.search("subject:behind")] == ["behind it"]
    helper.close()


def test_f98_a_backup_older_than_the_server_comes_forward_without_loss_or_double(
    tmp_path: Path, server: ImapServer
) -> None:
    """On SQLite alone, whose backup is a copy of the file; to what follows it is all one where old rows came from."""
    path, backup = tmp_path / "mail.db", tmp_path / "backup.db"
    user = server.store.user("ada")
    with MailHelper(f"sqlite:///{path}") as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.run(account.id)
        first, second, third = [message.id for message in ada.search("in:inbox", limit=3)]
        ada.messages.add_keyword([first], "\\Flagged")
        ada.messages.move([second], "Moved")
        helper.close()
        shutil.copy(path, backup)
    with MailHelper(f"sqlite:///{path}") as helper:
        ada = helper.for_owner("ada")
        ada.run(account.id)
        ada.messages.move([third], "Elsewhere")
        user.mailbox("INBOX").append(b"From: e@example.org\r\nSubject: later\r\n\r\nx\r\n")
        user.mailbox("INBOX").expunge(user.mailbox("INBOX").uids[:1])
        ada.run(account.id)
    before = _on_server(server)
    shutil.copy(backup, path)
    for log in (path.with_name("mail.db-wal"), path.with_name("mail.db-shm")):
        log.unlink(missing_ok=True)

    with MailHelper(f"sqlite:///{path}") as helper:
        ada = helper.for_owner("ada")
        ada.run(account.id)
        ada.run(account.id)

        assert _on_server(server) == before
        assert ada.accounts.verify(account.id).ok
        assert ada.outbox.pending() == ()


def _on_server(server: ImapServer) -> dict[str, list[bytes]]:
    boxes = server.store.user("ada").mailboxes
    return {box.name: sorted(message.raw for message in box.messages) for box in boxes}
