"""Turns: fair.py URL FIRST OTHERS; one owner asks for much, 19 others for less; tells when the others are done."""

from __future__ import annotations

import subprocess
import sys
import time

from bench.children.fill import batches, put
from bench.gauge import tell
from mailhelper_core import MailHelper, OwnerServices, Settings
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts

OWNERS, WORKERS, WORDS = 19, 2, 60
KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
LOOK_SECONDS = 0.05
# Says what went wrong, a word each: what escaped, what a job ended with or waits for, what was logged and done again.
_WORKER = """
import logging, sys, time
from mailhelper_core import MailHelper, MailHelperError, Settings
class Said(logging.Handler):
    def emit(self, record):
        print("log", flush=True)
logging.getLogger().addHandler(Said(logging.WARNING))
helper = MailHelper(Settings(database_url=sys.argv[1], key=sys.argv[2]))
print("ready", flush=True)
input()
while True:
    try:
        job = helper.jobs.run()
        if job is None:
            time.sleep(0.02)
        elif job.error_code:
            print(job.error_code, flush=True)
    except MailHelperError as exc:
        print(exc.code, flush=True)
"""


def main() -> None:
    """Fill, let two workers work, and note when each of the others is done."""
    url, first, others = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with MailHelper(Settings(database_url=url, key=KEY)) as helper:
        helper.migrate()
        owners = [helper.for_owner(f"owner{number}") for number in range(OWNERS)]
        if first:
            _ask(helper.for_owner("first"), first)
        waiting = {number: _ask(owner, others) for number, owner in enumerate(owners)}
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", _WORKER, url, KEY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(WORKERS)
        ]
        for one in workers:
            assert one.stdout is not None
            one.stdout.readline()
        began, ended = time.perf_counter(), []
        for one in workers:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        while waiting:
            time.sleep(LOOK_SECONDS)
            done = [number for number, id_ in waiting.items() if not owners[number].jobs.get(id_).is_open]
            ended += [time.perf_counter() - began] * len(done)
            waiting = {number: id_ for number, id_ in waiting.items() if number not in done}
        for one in workers:
            one.terminate()
        said = [one.communicate()[0] for one in workers]
        deadlocks = _deadlocks(helper)
    errors = sum(len(text.split()) for text in said) + deadlocks
    tell({"p95": sorted(ended)[int(OWNERS * 0.95)], "errors": errors})


def _deadlocks(helper: MailHelper) -> int:
    """Answer how many deadlocks PostgreSQL has ended; SQLite knows none."""
    store = helper.for_owner("owner0").jobs.owner
    with store.read() as uow:
        if uow.connection.dialect.name != "postgresql":
            return 0
        uow.connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
        asked = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(uow.connection.exec_driver_sql(asked).scalar_one())


def _ask(owner: OwnerServices, count: int) -> int:
    """Store mail of an owner that waits for processing, ask for that, and answer the job."""
    store = owner.jobs.owner
    with store.begin() as uow:
        account_id = accounts.add(
            uow, "imap://127.0.0.1", name="a", username="a", options={}, policy=AccountPolicy(), addresses=frozenset()
        )
        made = t.mailboxes.insert().values(account_id=account_id, name="INBOX", uid_validity=1)
        box = int(uow.connection.scalar(made.returning(t.mailboxes.c.id)) or 0)
    for batch in batches(count, WORDS):
        with store.begin() as uow:
            ids = put(uow, account_id, [box, box], batch)
            rows = [{"stage": "process", "account_id": account_id, "message_id": id_} for id_ in ids]
            uow.execute(t.pending.insert(), rows)
    return owner.jobs.submit("process", account_id=account_id).id


if __name__ == "__main__":
    main()
