"""The server against raw bytes: literals of nothing, and what no client should send."""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
import time
from typing import Any

import pytest

from mailhelper_core.testing import ImapServer, LocalCertificate
from tests.contract.imap_server.clients import logged_in, uids


class SlowContext(ssl.SSLContext):
    """Takes its time between emptying a socket and answering the one that it became."""

    has_begun = threading.Event()

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        wrapped = super().wrap_socket(*args, **options)
        self.has_begun.set()
        time.sleep(0.2)
        return wrapped


def test_a_literal_may_be_empty(server: ImapServer) -> None:
    with socket.create_connection((server.host, server.port), 20) as wire, wire.makefile("rb") as lines:
        lines.readline()
        wire.sendall(b"a LOGIN {3+}\r\nada {6}\r\n")
        assert lines.readline() == b"+ OK\r\n"
        wire.sendall(b"secret\r\nb SELECT INBOX\r\nc UID SEARCH SUBJECT {0}\r\n")
        while not lines.readline().startswith(b"+ "):
            pass
        wire.sendall(b" UID 2:3\r\n")

        assert [lines.readline(), lines.readline()] == [b"* SEARCH 2 3\r\n", b"c OK Search completed\r\n"]


def test_a_message_of_nothing_is_refused(server: ImapServer, client: imaplib.IMAP4) -> None:
    assert client.append("INBOX", "", "", b"")[0] == "NO"
    assert client.noop()[0] == "OK"
    assert len(server.store.user("ada").mailbox("INBOX").uids) == 5


@pytest.mark.parametrize(
    "command", ["CREATE one two", "DELETE Archive now", "FETCH 1 BODY.PEEK[0]", "STORE 1 FLAGS a)"]
)
def test_what_is_no_command_is_bad_and_changes_nothing(server: ImapServer, client: imaplib.IMAP4, command: str) -> None:
    before = [mailbox.name for mailbox in server.store.user("ada").mailboxes]

    with pytest.raises(imaplib.IMAP4.error, match="BAD"):
        client._simple_command(*command.split(" "))

    assert [mailbox.name for mailbox in server.store.user("ada").mailboxes] == before


def test_a_client_that_says_nothing_in_the_handshake_holds_up_no_stop() -> None:
    server = ImapServer(tls=LocalCertificate()).start()
    with socket.create_connection((server.host, server.port), 20):
        while not server.connections:
            pass

        server.stop()

        assert server.connections == 0  # else `stop` gave up waiting for it


def test_a_connection_that_is_cut_while_its_socket_is_wrapped_holds_up_no_stop() -> None:
    context = SlowContext(ssl.PROTOCOL_TLS_SERVER)
    server = ImapServer(tls=context).start()
    with socket.create_connection((server.host, server.port), 20):
        assert context.has_begun.wait(20)

        server.stop()

        assert server.connections == 0


def test_a_mailbox_that_was_renumbered_answers_nothing_about_its_old_uids(server: ImapServer) -> None:
    with logged_in(server) as client:
        client.select()
        inbox = server.store.user("ada").mailbox("INBOX")
        inbox.expunge([1])
        inbox.renumber()

        with pytest.raises(imaplib.IMAP4.abort, match="renumbered"):
            client.uid("FETCH", "2", "(BODY.PEEK[])")

        assert server.log.body_bytes == 0


def test_every_field_of_a_name_is_searched(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.store.user("ada").mailbox("INBOX").append(b"Received: one\r\nReceived: by\r\n two\r\n\r\n")
    client.noop()

    assert uids(client, "HEADER Received two") == [6]
