"""Memory of a worker: growth.py URL FIRST LAST; tells its resident memory after job FIRST and after job LAST."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from bench.gauge import tell
from mailhelper_core import MailHelper, Rule
from mailhelper_core.testing import ImapServer, MailboxGenerator

# As in a host's day: mostly nothing new, now and then a mail that is understood, ruled on and delivered.
NEWS_EVERY = 20


def resident_kib() -> int:
    """Answer the resident memory now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) if found else 0


def main() -> None:
    """Run jobs of all kinds of work and look at the memory."""
    url, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    found: dict[str, float] = {}
    # The server is another process's affair: its mail must not be counted as ours.
    with ImapServer(users={"ada": "secret"}) as server, MailHelper(url, key=b"k" * 32) as helper:
        helper.migrate()
        raws = [mail.raw for mail in MailboxGenerator(seed=3).mails(200)]
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.rules.save(Rule("flag", when="larger:1", then=[("addflag", "\\Flagged")]))
        inbox = server.store.user("ada").mailbox("INBOX")
        for number in range(1, last + 1):
            if number % NEWS_EVERY == 0:
                inbox.expunge()
                inbox.append(raws[number // NEWS_EVERY % len(raws)])
            ada.jobs.submit("run", account_id=account.id)
            assert helper.jobs.run() is not None
            if number == first:
                found["first_kib"] = resident_kib()
        found["last_kib"] = resident_kib()
    tell(found)


if __name__ == "__main__":
    main()
