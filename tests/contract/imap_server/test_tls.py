"""The server against foreign clients: TLS from the start, and STARTTLS."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator

import pytest

from mailhelper_core.testing import ImapServer, LocalCertificate


@pytest.fixture(scope="module")
def certificate() -> LocalCertificate:
    return LocalCertificate()


@pytest.fixture
def starttls_server(certificate: LocalCertificate) -> Iterator[ImapServer]:
    with ImapServer(starttls=certificate.server_context(), capabilities={"LOGINDISABLED", "IDLE"}) as server:
        yield server


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_certificate_gets_in(certificate: LocalCertificate, host: str) -> None:
    with ImapServer(tls=certificate.server_context()) as server:
        client = imaplib.IMAP4_SSL(host, server.port, ssl_context=certificate.client_context())

        assert client.login("ada", "secret")[0] == "OK"
        assert server.url.startswith("imaps://")
        client.logout()


@pytest.mark.parametrize(
    "bad",
    [LocalCertificate(valid_days=-1), LocalCertificate(hosts=("mail.example.org",))],
    ids=["expired", "wrong host"],
)
def test_a_bad_certificate_is_noticed(bad: LocalCertificate) -> None:
    with ImapServer(tls=bad.server_context()) as server, pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", server.port, ssl_context=bad.client_context())


def test_idle_works_over_tls(certificate: LocalCertificate) -> None:
    with ImapServer(tls=certificate.server_context()) as server:
        client = imaplib.IMAP4_SSL("localhost", server.port, ssl_context=certificate.client_context())
        client.login("ada", "secret")
        client.select()
        client.send(b"x IDLE\r\n")
        client.readline()

        server.store.user("ada").mailbox("INBOX").append(b"Subject: new\r\n\r\n")
        news = client.readline()
        client.send(b"DONE\r\n")

        assert news == b"* 1 EXISTS\r\n"
        assert [client.readline()[:4] for _ in range(2)] == [b"* 0 ", b"x OK"]
        client.shutdown()


def test_starttls_comes_before_the_login(starttls_server: ImapServer, certificate: LocalCertificate) -> None:
    client = imaplib.IMAP4("localhost", starttls_server.port)
    with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
        client.login("ada", "secret")

    client.starttls(certificate.client_context())

    assert "STARTTLS" not in client.capabilities
    assert "LOGINDISABLED" not in client.capabilities
    assert client.login("ada", "secret")[0] == "OK"
    client.logout()


def test_plain_text_behind_starttls_is_dropped(starttls_server: ImapServer, certificate: LocalCertificate) -> None:
    client = imaplib.IMAP4("localhost", starttls_server.port)
    client.send(b"x STARTTLS\r\ny LOGIN ada secret\r\n")
    client.readline()

    client.sock = certificate.client_context().wrap_socket(client.sock, server_hostname="localhost")
    client.file = client.sock.makefile("rb")

    client.noop()
    assert starttls_server.log.names[-2:] == ["STARTTLS", "NOOP"]
    client.shutdown()
