"""Memory of a Celery worker: worker.py URL FIRST LAST; tells what its process holds after job FIRST and after job LAST.

One prefork process does jobs of all short kinds, rung for through a Redis of its own, and is never replaced.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from imaplib import IMAP4
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench.children.load.growth import PASSWORD, USER, served
from bench.gauge import tell
from mailhelper_core import Bell, MailHelper, Rule, Settings
from mailhelper_core.testing import MailboxGenerator
from tests.celery.processes import Processes, children
from tests.servers.redis import new_redis

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
# Those that come often and that no other job follows; of each a worker does as many.
KINDS = ("run", "sync", "deliver", "index", "process", "apply_rules", "embed", "draft_reply", "train")
# So many that the worker finds its next job while we ask for more.
OWNERS = 5
_COUNTED = text("SELECT count(*) FILTER (WHERE finished_at IS NOT NULL), count(*) FROM mailhelper_jobs")


def resident_kib(pid: int) -> int:
    """Answer the resident memory of a process now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) if found else 0


@contextmanager
def working(url: str) -> Iterator[int]:
    """Start a worker of one process, and answer the pid of that."""
    redis = new_redis()
    redis.start()
    environment = {"HOST_BROKER_URL": redis.url, "HOST_DATABASE_URL": url}
    environment |= {"HOST_LEASE_SECONDS": "20", "HOST_HAS_REAL_WORKS": "1"}
    os.environ.update(environment)
    with tempfile.TemporaryDirectory(prefix="mailhelper-load-") as folder:
        processes = Processes(Path(folder), environment)
        try:
            (worker,) = processes.workers("w0")
            (pid,) = children(worker)
            yield pid
            assert children(worker) == [pid], "the process was replaced"
        finally:
            processes.stop()
            redis.stop()


def grow(helper: MailHelper, engine: Engine, port: int, pid: int, first: int, last: int) -> Iterator[tuple[str, float]]:
    """Ask for jobs until so many are done; yield what is found."""
    from tests.celery.host import installation  # noqa: PLC0415 - reads the environment that the worker was given

    accounts = []
    for number in range(OWNERS):
        ada = helper.for_owner(f"owner-{number}")
        account = ada.accounts.add(f"imap://127.0.0.1:{port}", username=USER, password=PASSWORD)
        accounts.append((f"owner-{number}", account.id))
        ada.rules.save(Rule("flag", when="larger:1", then=[("addflag", "\\Flagged")]))
    raws = [mail.raw for mail in MailboxGenerator(seed=3).mails(200)]
    done, is_seen = 0, False
    with IMAP4("127.0.0.1", port) as client:
        client.login(USER, PASSWORD)
        for number in count():
            with engine.connect() as connection:
                done, asked = connection.execute(_COUNTED).one()
            if done >= first and not is_seen:
                yield "first_kib", resident_kib(pid)
                is_seen = True
            if done >= last:
                break
            if asked - done > OWNERS * len(KINDS) // 2:
                time.sleep(0.05)
                continue
            client.append("INBOX", "", "", raws[number % len(raws)])
            bells = []
            with engine.begin() as connection:
                for owner, account_id in accounts:
                    mine = helper.for_owner(owner, connection=connection).jobs
                    bells += [Bell(mine.submit(kind, account_id=account_id).id, kind) for kind in KINDS]
            installation.runner.ring(None, bells)
    yield "last_kib", resident_kib(pid)
    yield "jobs", done


def main() -> None:
    """Start what is needed, and look at the memory of the worker's process."""
    url, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    began = time.monotonic()
    with MailHelper(Settings(database_url=url, key=KEY)) as helper, served() as port, working(url) as pid:
        helper.migrate()
        engine = create_engine(url)
        found = dict(grow(helper, engine, port, pid, first, last))
        engine.dispose()
    tell(found | {"wall": time.monotonic() - began})


if __name__ == "__main__":
    main()
