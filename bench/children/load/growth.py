"""Memory of a worker: growth.py URL FIRST LAST; tells its resident memory after job FIRST and after job LAST."""

from __future__ import annotations

import imaplib
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.gauge import tell
from mailhelper_core import MailHelper, Rule
from mailhelper_core.testing import MailboxGenerator

# As in a host's day: mostly nothing new, now and then a mail that is understood, ruled on and delivered.
NEWS_EVERY = 20
USER, PASSWORD = "ada", "secret"
# In a process of its own: what a server remembers must not be counted as a worker's memory.
_SERVER = f"""
from mailhelper_core.testing import ImapServer
with ImapServer(users={{"{USER}": "{PASSWORD}"}}) as server:
    print(server.port, flush=True)
    input()
"""


def resident_kib() -> int:
    """Answer the resident memory now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) if found else 0


@contextmanager
def served() -> Iterator[int]:
    """Serve a mailbox, and answer the port."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.stdin.write("end\n")


def main() -> None:
    """Run jobs, each of which syncs, processes, applies rules and delivers, and look at the memory."""
    url, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    found: dict[str, float] = {}
    with served() as port, imaplib.IMAP4("127.0.0.1", port) as client, MailHelper(url, key=b"k" * 32) as helper:
        client.login(USER, PASSWORD)
        helper.migrate()
        raws = [mail.raw for mail in MailboxGenerator(seed=3).mails(200)]
        ada = helper.for_owner("ada")
        account = ada.accounts.add(f"imap://127.0.0.1:{port}", username=USER, password=PASSWORD)
        ada.rules.save(Rule("flag", when="larger:1", then=[("addflag", "\\Flagged")]))
        for number in range(1, last + 1):
            if number % NEWS_EVERY == 0:
                client.append("INBOX", "", "", raws[number // NEWS_EVERY % len(raws)])
            ada.jobs.submit("run", account_id=account.id)
            assert helper.jobs.run() is not None
            if number == first:
                found["first_kib"] = resident_kib()
        found["last_kib"] = resident_kib()
        found["news"] = ada.count("is:flagged")
    tell(found)


if __name__ == "__main__":
    main()
