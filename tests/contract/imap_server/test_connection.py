"""The server against foreign clients: Wrong commands, restarts, counts."""

from __future__ import annotations

import imaplib

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, fetch, logged_in


def test_many_sequence_numbers_beyond_the_mailbox_are_bad(client: imaplib.IMAP4) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="Invalid messageset"):
        client.fetch("9", "(FLAGS)")
    assert client.uid("FETCH", "9", "(FLAGS)") == ("OK", [None])


def test_commands_of_another_state_are_bad(server: ImapServer) -> None:
    with IMAPClient(server.host, server.port, ssl=False) as client:
        client._imap.state = "AUTH"  # the client would not send it otherwise

        with pytest.raises(IMAPClientError, match="not valid in this state"):
            client.list_folders()


def test_stop_and_start_keep_mail_and_port(server: ImapServer) -> None:
    port = server.port
    server.stop()
    server.start()

    with logged_in(server) as client:
        assert (server.port, client.select()[1]) == (port, [b"5"])


def test_the_log_counts_commands_and_body_bytes(server: ImapServer, client: imaplib.IMAP4) -> None:
    server.log.clear()

    fetch(client, "1:2", "(BODY.PEEK[])")
    client.noop()

    assert server.log.names == ["UID FETCH", "NOOP"]
    assert server.log.body_bytes == 2 * len(MAIL)
    assert server.log.commands[0].bytes_out > 2 * len(MAIL)
