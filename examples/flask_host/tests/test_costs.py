"""What a page costs: as many statements for a full mailbox as for a small one, and nobody on the network is asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from examples.flask_host.tests.browser import Browser, register
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer, MailboxGenerator

PAGES = ("/", "/mail/", "/mail/?q=invoice", "/mail/?view=unread", "/rules/", "/tags/", "/jobs/", "/accounts/")
# The person, their settings, the accounts, what is waiting, and what the page is about.
MOST = 40


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def cost_of(browser: Browser, page: str) -> list[str]:
    browser.get(page)  # what is compiled or looked up once
    with counted_statements() as said:
        assert browser.get(page).status_code == 200
    return said


def more_mail(server: ImapServer, mine: OwnerServices, *, seed: int) -> None:
    MailboxGenerator(seed=seed).fill(server.store.user("ada"), count=40)
    mine.run(mine.accounts.list()[0].id)


def test_a_fuller_mailbox_needs_no_more_statements(
    app: Flask, ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    more_mail(imap_server, synced, seed=4)  # now every page has something to show
    before = {page: len(cost_of(ada, page)) for page in PAGES}
    more_mail(imap_server, synced, seed=5)

    after = {page: len(cost_of(ada, page)) for page in PAGES}

    assert after == before
    assert max(after.values()) <= MOST


def test_no_page_asks_a_mail_server(ada: Browser, synced: OwnerServices, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise AssertionError("a page connects to somebody")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    one = synced.search("")[0].id
    account = synced.accounts.list()[0].id

    for page in (*PAGES, f"/mail/{one}", f"/mail/{one}/frame", f"/mail/?account={account}", f"/accounts/{account}"):
        assert ada.get(page).status_code == 200


def test_what_is_opened_most_asks_no_question_twice(ada: Browser, synced: OwnerServices):
    synced.process(synced.accounts.list()[0].id)
    one = next(found.id for found in synced.search("") if found.parse_status != "headers_only")

    for page, most in (("/mail/?view=inbox", 7), (f"/mail/{one}", 19), (f"/mail/{one}/frame", 2)):
        assert len(cost_of(ada, page)) <= most


def test_a_log_out_writes_its_session_at_once(fresh_app: Flask):
    browser = Browser(fresh_app.test_client())
    register(browser)
    browser.get("/preferences/")
    kept: list[object] = []
    event.listen(fresh_app.extensions["engine"], "commit", kept.append)

    browser.post("/logout", page="/preferences/")

    # SQLite lets nobody else write while it puts one transaction on the disk; each of three waited for that.
    assert len(kept) == 1
    assert browser.get("/preferences/").status_code == 302


def test_a_page_that_reads_asks_once_who_it_is_for(ada: Browser, synced: OwnerServices):
    said = cost_of(ada, "/mail/?view=inbox")

    assert sum("web_users" in one for one in said) == 1
