"""The whole deployment: PostgreSQL, Redis, a worker and a beat of the ready-made app, Dovecot; nothing is made up."""

from __future__ import annotations

import imaplib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core import MailHelper, Rule, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.conftest import KEY
from tests.celery.processes import Processes, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers
MAILS = 30


@pytest.fixture
def deployment(redis: Redis, postgres_database: str, tmp_path: Path) -> Iterator[Processes]:
    """A worker and a beat, as a sysadmin starts them."""
    key_file = tmp_path / "mail.key"
    key_file.write_text(KEY)
    environment = {
        "MAILHELPER_DATABASE_URL": postgres_database,
        "MAILHELPER_KEY_FILE": str(key_file),
        "MAILHELPER_LOG": "json",
        "CELERY_BROKER_URL": redis.url,
        "CELERY_RESULT_BACKEND": redis.url,
    }
    started = Processes(tmp_path, environment, app="mailhelper_celery.app")
    yield started
    started.stop()


def test_an_account_is_added_and_its_mail_is_synced_understood_ruled_on_and_delivered(
    deployment: Processes, postgres_database: str, dovecot: Dovecot, dovecot_user: str
) -> None:
    _deliver(dovecot, dovecot_user)
    deployment.workers("ready-made")
    deployment.beat()
    with MailHelper(Settings(database_url=postgres_database, key=KEY)) as helper:
        ada = helper.for_owner("ada")
        ada.rules.save(Rule("all", when="larger:1", then=[("tag", "seen"), ("addflag", "\\Flagged")]))
        account = ada.accounts.add(f"imap://127.0.0.1:{dovecot.port}", username=dovecot_user, password=PASSWORD)

        # Nobody asks for a job: the beat finds the account, the poll finds mail.
        until(lambda: _flagged(dovecot, dovecot_user) == MAILS and not ada.outbox.pending(), seconds=60.0)
        until(lambda: {job.state for job in ada.jobs.list()} == {"done"}, seconds=30.0)

        assert 0 < ada.count("") == ada.count("tag:seen")
        assert all(message.category for message in ada.search("category:newsletter", limit=5))
        assert helper.health().ok
        assert ada.accounts.verify(account.id).ok
    log = deployment.log("ready-made") + deployment.log("beat")
    assert b'"logger": "celery' in log
    assert PASSWORD.encode() + b'"' not in log


def test_a_watcher_that_does_no_job_tells_the_workers_at_once(deployment: Processes, postgres_database: str) -> None:
    deployment.workers("ready-made")  # no beat: nobody else tells them
    settings = Settings(database_url=postgres_database, key=KEY)
    # A Dovecot among many gets no more of the system's inotify instances, and pushes nothing then.
    with ImapServer(users={"ada": "secret"}) as server, MailHelper(settings) as helper:
        ada = helper.for_owner("ada")
        ada.accounts.add(server.url, username="ada", password="secret")
        watcher = deployment.watcher()
        until(lambda: {job.state for job in ada.jobs.list()} == {"done"}, seconds=30.0)

        for mail in MailboxGenerator(seed=4).mails(3):
            server.store.user("ada").mailbox("INBOX").append(mail.raw)

        until(lambda: ada.count("") == 3, seconds=30.0)
        watcher.send_signal(signal.SIGTERM)
        assert watcher.wait(timeout=30.0) == 0
    assert b"job 1" not in deployment.log("watcher")


def _deliver(dovecot: Dovecot, user: str, *, count: int = MAILS) -> None:
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(user, PASSWORD)
        for mail in MailboxGenerator(seed=4).mails(count):
            client.append("INBOX", "", "", mail.raw)  # type: ignore[arg-type]


def _flagged(dovecot: Dovecot, user: str) -> int:
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(user, PASSWORD)
        client.select("INBOX", readonly=True)
        return len(client.search(None, "FLAGGED")[1][0].split())
