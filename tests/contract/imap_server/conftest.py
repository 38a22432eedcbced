"""A server with five mails in INBOX, and imaplib connected to it."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator

import pytest

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, SENT, logged_in


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as running:
        inbox = running.store.user("ada").mailbox("INBOX")
        for _ in range(5):
            inbox.append(MAIL, internal_date=SENT)
        yield running


@pytest.fixture
def client(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    with logged_in(server) as connected:
        connected.select()
        yield connected


@pytest.fixture
def resyncing(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    with logged_in(server) as connected:
        connected.enable("QRESYNC")
        yield connected
