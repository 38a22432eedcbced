"""The server against foreign clients: passwords, SASL, tokens, and what the log keeps to itself."""

from __future__ import annotations

import base64
import imaplib

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import logged_in


def test_wrong_password_is_refused_with_a_code(server: ImapServer) -> None:
    client = imaplib.IMAP4(server.host, server.port)

    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login("ada", "wrong")

    client.shutdown()


def test_imapclient_reports_a_wrong_password_as_login_error(server: ImapServer) -> None:
    client = IMAPClient(server.host, server.port, ssl=False)

    with pytest.raises(LoginError):
        client.login("ada", "wrong")

    client.shutdown()


@pytest.mark.parametrize("without", [set(), {"SASL-IR"}])
def test_plain_login_works_with_and_without_initial_response(without: set[str]) -> None:
    with ImapServer(without=without) as server:
        client = IMAPClient(server.host, server.port, ssl=False)

        client.plain_login("ada", "secret")

        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        client.shutdown()


@pytest.mark.parametrize("mechanism", ["oauth2_login", "oauthbearer_login"])
def test_token_login_asks_the_token_check(mechanism: str) -> None:
    with ImapServer(check_token=lambda user, token: (user, token) == ("ada", "good")) as server:
        client = IMAPClient(server.host, server.port, ssl=False)

        with pytest.raises(LoginError):
            getattr(client, mechanism)("ada", "bad")
        getattr(client, mechanism)("ada", "good")

        assert client.select_folder("INBOX")[b"EXISTS"] == 0
        client.shutdown()


def test_the_log_shows_no_secret(server: ImapServer) -> None:
    token = base64.b64encode(b"\0ada\0secret")
    with logged_in(server):
        client = imaplib.IMAP4(server.host, server.port)
        client.authenticate("PLAIN", lambda _: b"\0ada\0secret")
        client.shutdown()

    shown = " ".join(command.line for command in server.log.commands)

    assert "secret" not in shown
    assert token.decode() not in shown
