"""Fetch every body through our adapter and throw it away: fetch.py PORT USER PASSWORD."""

from __future__ import annotations

import sys

from bench.gauge import measured, tell
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.connection import connect_imap

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
BATCH = 500
found: dict[str, float] = {"octets": 0, "mails": 0}
with measured(found):
    session = connect_imap(Endpoint("imap", "127.0.0.1", port, "", user, "none", password))
    session.open("INBOX")
    uids = list(session.uids())
    for first in range(0, len(uids), BATCH):
        for _, raw in session.bodies(UidSet.of(uids[first : first + BATCH])):
            found["octets"] += len(raw)
            found["mails"] += 1
    session.close()
tell(found)
