"""The peer: IMAPClient fetches every body and throws it away: imapclient_fetch.py PORT USER PASSWORD."""

from __future__ import annotations

import sys

from imapclient import IMAPClient

from bench.gauge import measured, tell

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
BATCH = 500
found: dict[str, float] = {"octets": 0, "mails": 0}
with measured(found):
    client = IMAPClient("127.0.0.1", port, ssl=False)
    client.login(user, password)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    for first in range(0, len(uids), BATCH):
        for answer in client.fetch(uids[first : first + BATCH], [b"BODY.PEEK[]"]).values():
            found["octets"] += len(answer[b"BODY[]"])
            found["mails"] += 1
    client.logout()
tell(found)
