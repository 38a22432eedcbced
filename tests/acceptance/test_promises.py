"""What the README says you can rely on, where no other suite of this folder proves it."""

from __future__ import annotations

import logging
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mailhelper_core import LoginError, MailHelper, OwnerServices, Rule, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER
from tests.acceptance.mailboxes import Target

ROOT = Path(__file__).parent.parent.parent
URL = "sqlite:///mail.db"
COUNT = 40
SECRET = "horse-battery-staple"

_connections: list[tuple[object, ...]] = []
sys.addaudithook(lambda event, arguments: _connections.append(arguments[1]) if event == "socket.connect" else None)


@pytest.fixture
def ada(home: Path) -> Iterator[OwnerServices]:
    """An owner with a fresh database."""
    with MailHelper(URL) as helper:
        yield helper.for_owner("ada")


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a little mail."""
    with ImapServer(users={USER: PASSWORD}) as running:
        MailboxGenerator(seed=7).fill(running.store.user(USER), count=COUNT)
        yield running


def test_a_sync_without_news_costs_one_command_and_writes_no_message(ada: OwnerServices, target: Target) -> None:
    target.fill(tuple(mail for mail in MailboxGenerator(seed=7).mails(10) if b"\0" not in mail.raw))
    account = ada.accounts.add(target.url, username=target.username, password=target.password)
    ada.run(account.id)
    before = _rows()

    report = ada.sync(account.id)

    assert (report.commands, report.body_bytes, report.new, report.updated) == (1, 0, 0, 0)
    assert _rows() == before


def test_passwords_show_in_no_log_report_error_or_repr(
    ada: OwnerServices, server: ImapServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.store.add_user("eve", SECRET)
    account = ada.accounts.add(server.url, username="eve", password=SECRET)
    refused = ada.accounts.add(server.url, username=USER, password=SECRET)

    said = [repr(account), repr(ada.accounts.check(account.id)), repr(ada.run(account.id).as_dict()), repr(ada)]
    with pytest.raises(LoginError) as caught:
        ada.sync(refused.id)

    assert SECRET not in " ".join([*said, repr(caught.value), str(caught.value), repr(ada.accounts.list())])
    assert SECRET not in caplog.text
    assert SECRET.encode() not in Path("mail.db").read_bytes()


def test_no_connection_is_made_but_to_the_mail_server(ada: OwnerServices, server: ImapServer) -> None:
    _connections.clear()
    account = ada.accounts.add(server.url, username=USER, password=PASSWORD)

    ada.run(account.id)

    assert {address[:2] for address in _connections} == {("127.0.0.1", server.port)}


def test_html_is_safe_before_it_is_shown(ada: OwnerServices, server: ImapServer) -> None:
    page = b"<p>hello</p><script>steal()</script><img src='https://tracker.example/x.gif' onerror='steal()'>"
    raw = b"Subject: page\r\nContent-Type: text/html\r\n\r\n" + page
    server.store.user(USER).mailbox("INBOX").append(raw)
    account = ada.accounts.add(server.url, username=USER, password=PASSWORD)
    ada.sync(account.id)

    shown = ada.messages.html(ada.search("subject:page")[0].id)

    assert "hello" in shown
    assert not [word for word in ("script", "steal", "tracker") if word in shown]


def test_nothing_is_deleted_for_good(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username=USER, password=PASSWORD)
    ada.rules.save(Rule("away", when="in:inbox", then=["discard"]))

    report = ada.run(account.id)

    user = server.store.user(USER)
    assert report.deliver.delivered > 0
    assert sum(len(mailbox.uids) for mailbox in user.mailboxes) == COUNT
    assert ada.count("", at_most=COUNT) == COUNT


def test_a_sync_that_was_killed_goes_on_where_it_committed_last(home: Path, server: ImapServer) -> None:
    MailboxGenerator(seed=8).fill(server.store.user(USER), count=200)
    settings = Settings(database_url=f"sqlite:///{home / 'mail.db'}", lease_seconds=1.0)
    with MailHelper(settings) as helper:
        account = helper.for_owner("ada").accounts.add(server.url, username=USER, password=PASSWORD)
    code = f"""
import time
from mailhelper_core import MailHelper, Settings
helper = MailHelper(Settings(database_url={settings.database_url!r}, lease_seconds=1.0))
def report(step):
    print(step.done, flush=True)
    time.sleep(0.2)
helper.for_owner("ada").sync({account.id}, progress=report)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    while int(process.stdout.readline()) == 0:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    time.sleep(settings.lease_seconds)

    with MailHelper(settings) as helper:
        ada = helper.for_owner("ada")
        kept = ada.count("", at_most=1000)
        report = ada.sync(account.id)

        assert 0 < kept < 200 + COUNT
        assert report.new == 200 + COUNT - kept
        assert ada.count("", at_most=1000) == 200 + COUNT


def _rows() -> list[tuple[object, ...]]:
    """Answer what is stored of messages and their places."""
    with closing(sqlite3.connect("mail.db")) as connection:
        tables = ("mailhelper_messages", "mailhelper_placements", "mailhelper_mailboxes", "mailhelper_events")
        return [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
