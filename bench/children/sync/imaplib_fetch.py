"""The peer: the standard library fetches every body and throws it away: imaplib_fetch.py PORT USER PASSWORD."""

from __future__ import annotations

import imaplib
import sys

from bench.gauge import measured, tell

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
BATCH = 500
found: dict[str, float] = {"octets": 0}
imaplib._MAXLINE = 10_000_000  # type: ignore[attr-defined]
with measured(found):
    client = imaplib.IMAP4("127.0.0.1", port)
    client.login(user, password)
    count = int(client.select("INBOX", readonly=True)[1][0] or 0)
    for first in range(1, count + 1, BATCH):
        items = "(UID BODY.PEEK[])"
        _, answer = client.fetch(f"{first}:{min(count, first + BATCH - 1)}", items)
        found["octets"] += sum(len(part[1]) for part in answer if isinstance(part, tuple))
    client.logout()
found["mails"] = count
tell(found)
