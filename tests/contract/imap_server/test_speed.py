"""The server is no test's bottleneck: it starts at once and serves faster than a client stores."""

from __future__ import annotations

import imaplib
import time
from statistics import median

from mailhelper_core.testing import ImapServer
from tests.contract.imap_server.clients import MAIL, logged_in

MAILS = 2_000


def test_it_starts_within_50_milliseconds() -> None:
    waits = []
    for _ in range(5):
        started = time.perf_counter()
        server = ImapServer().start()
        waits.append(time.perf_counter() - started)
        server.stop()

    assert median(waits) <= 0.05


def test_it_serves_2_000_mails_a_second() -> None:
    with ImapServer() as server, logged_in(server) as client:
        for _ in range(MAILS):
            server.store.user("ada").mailbox("INBOX").append(MAIL)
        client.select()

        assert max(_mails_a_second(client) for _ in range(3)) >= MAILS


def _mails_a_second(client: imaplib.IMAP4) -> float:
    started = time.perf_counter()
    client.send(b"x UID FETCH 1:* (UID FLAGS BODY.PEEK[])\r\n")
    mails = 0
    while not (line := client.readline()).startswith(b"x OK"):
        mails += line.startswith(b"* ")
    assert mails == MAILS
    return mails / (time.perf_counter() - started)
