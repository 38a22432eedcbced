"""A thousand accounts that nothing happens to: idle.py URL IMAP_URL USER PASSWORD; tells what ticks and polls cost."""

from __future__ import annotations

import sys
import time

from bench.gauge import tell
from mailhelper_core import MailHelper
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts

ACCOUNTS, TICKS, POLLS = 1_000, 60, 50
HOUR = 3_600_000_000


def main() -> None:
    """Tick among a thousand accounts, then poll one of them again and again."""
    url, server, user, password = sys.argv[1:5]
    found: dict[str, float] = {}
    with MailHelper(url, key=b"k" * 32) as helper:
        helper.migrate()
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server, username=user, password=password)
        ada.run(account.id)
        store = ada.jobs.owner.store
        with ada.jobs.owner.begin() as uow:
            for number in range(ACCOUNTS - 1):
                accounts.add(
                    uow, "imap://127.0.0.1", name=str(number), username=str(number), options={},
                    policy=AccountPolicy(), addresses=frozenset(),
                )  # fmt: skip
            uow.execute(t.accounts.update().values(next_poll_at=uow.now + HOUR))
        helper.jobs.tick()
        before = time.process_time()
        for _ in range(TICKS):
            helper.jobs.tick()
        found["tick_ms"] = (time.process_time() - before) / TICKS * 1000
        jobs = len(ada.jobs.list(limit=500))
        cpu = []
        for _ in range(POLLS):
            with store.begin() as connection:
                connection.execute(t.accounts.update().where(t.accounts.c.id == account.id).values(next_poll_at=0))
            before = time.process_time()
            assert helper.jobs.poll() == 1
            cpu.append(time.process_time() - before)
        found |= {"poll_ms": sorted(cpu)[POLLS // 2] * 1000, "job_rows": len(ada.jobs.list(limit=500)) - jobs}
    tell(found)


if __name__ == "__main__":
    main()
