"""Dovecot as the tests get it: real, on loopback, its mail written straight into Maildirs."""

from __future__ import annotations

import imaplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.servers.process import is_running

RAW = b"Subject: hello\n\nworld\n"


@contextmanager
def _login(server: Dovecot, user: str) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", server.port) as connection:
        connection.login(user, PASSWORD)
        yield connection


def test_what_a_client_appends_it_fetches_again(dovecot: Dovecot, dovecot_user: str) -> None:
    with _login(dovecot, dovecot_user) as connection:
        connection.append("INBOX", None, None, RAW)  # imaplib sends CRLF
        connection.select("INBOX")

        _, answer = connection.fetch("1", "(BODY.PEEK[])")

    assert answer[0][1] == RAW.replace(b"\n", b"\r\n")


def test_a_delivered_message_has_its_flags_date_and_size(dovecot: Dovecot, dovecot_user: str) -> None:
    received_at = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    dovecot.deliver(dovecot_user, RAW, flags="SF", received_at=received_at)

    with _login(dovecot, dovecot_user) as connection:
        connection.select("INBOX")
        _, answer = connection.fetch("1", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")

    facts, body = answer[0]
    assert b"\\Flagged \\Seen" in facts
    assert b"02-Jan-2020 03:04:05 +0000" in facts
    assert f"RFC822.SIZE {len(body)} ".encode() in facts


@pytest.mark.parametrize("raw", [b"A: b\r\n\r\nx\r\n", b"A: b\n\nx", b"A: b\r\n\nmixed\r\n\n", b""])
def test_the_size_in_the_file_name_is_what_dovecot_counts(raw: bytes, dovecot: Dovecot, dovecot_user: str) -> None:
    dovecot.deliver(dovecot_user, raw)

    with _login(dovecot, dovecot_user) as connection:
        connection.select("INBOX")
        _, answer = connection.fetch("1", "(RFC822.SIZE BODY.PEEK[])")

    facts, body = answer[0]
    assert f"RFC822.SIZE {len(body)} ".encode() in facts


def test_made_mailboxes_are_seen_at_once_with_their_roles(dovecot: Dovecot, dovecot_user: str) -> None:
    with _login(dovecot, dovecot_user) as connection:
        connection.list()
        dovecot.make_mailbox(dovecot_user, "Trash")
        dovecot.make_mailbox(dovecot_user, "Bücher/Neu")
        dovecot.deliver(dovecot_user, RAW, mailbox="Bücher/Neu")

        _, mailboxes = connection.list()
        _, counts = connection.status('"B&APw-cher/Neu"', "(MESSAGES)")

    assert any(b"\\Trash" in line and line.endswith(b" Trash") for line in mailboxes)
    assert b"(MESSAGES 1)" in counts[0]


def test_capabilities_can_be_hidden(dovecot_with: Callable[[str], Dovecot], dovecot_user: str) -> None:
    server = dovecot_with("IMAP4rev1 IDLE")

    with _login(server, dovecot_user) as connection:
        _, capabilities = connection.capability()

    assert capabilities[-1] == b"IMAP4rev1 IDLE"


def test_a_stopped_server_is_gone_and_leaves_no_files(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("dovecot")  # says it when Dovecot is not installed

    with running_dovecot() as server:
        socket.create_connection(("127.0.0.1", server.port)).close()

    # Another server of another test may have its port by now: it is asked whether its process is gone.
    assert not is_running(server.running.pid)
    assert not Path(server.running.directory).exists()
