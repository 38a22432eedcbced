"""Two clients the bundled server was not written for, logged in, and the mail they look at."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from imapclient import IMAPClient

from mailhelper_core.testing import ImapServer

MAIL = (
    b"From: Ada Muster <ada@example.org>\r\nTo: bob@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"Date: Tue, 06 Feb 2024 10:00:00 +0100\r\nMessage-ID: <one@example.org>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n"
    b"preamble\r\n--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello there\r\n"
    b"--cut\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n"
    b'--cut\r\nContent-Type: image/png; name="a b.png"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--cut--\r\n'
)
SENT = datetime(2024, 2, 6, 9, 0, tzinfo=UTC)


@contextmanager
def logged_in(server: ImapServer) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4(server.host, server.port)
    client.login("ada", "secret")
    try:
        yield client
    finally:
        client.shutdown()


@contextmanager
def imapclient_for(server: ImapServer) -> Iterator[IMAPClient]:
    client = IMAPClient(server.host, server.port, ssl=False)
    client.login("ada", "secret")
    try:
        yield client
    finally:
        client.shutdown()


def fetch(client: imaplib.IMAP4, numbers: str, items: str) -> bytes:
    """Answer all that came back for a UID FETCH, joined."""
    status, data = client.uid("FETCH", numbers, items)
    assert status == "OK"
    return b"".join(b"".join(part) if isinstance(part, tuple) else part for part in data if part)


def uids(client: imaplib.IMAP4, *criteria: str) -> list[int]:
    status, data = client.uid("SEARCH", *criteria)
    assert status == "OK"
    return [int(uid) for uid in data[0].split()]
