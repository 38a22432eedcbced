"""A thousand mails of one account over a slow line: latency.py URL PORT USER PASSWORD; tells seconds until all is done.

Four worker processes of a Celery app on a Redis of their own; each answer of the server comes 50 ms late.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from bench.delay import delayed
from bench.gauge import tell
from mailhelper_core import MailHelper, Settings
from tests.celery.processes import Processes
from tests.servers.redis import new_redis

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
LATENCY_SECONDS = 0.05
WORKERS = ("w0", "w1", "w2", "w3")


def main() -> None:
    """Start what is needed, ask for one `run`, and wait for its end."""
    url, port, user, password = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    redis = new_redis()
    redis.start()
    environment = {"HOST_BROKER_URL": redis.url, "HOST_DATABASE_URL": url, "HOST_LEASE_SECONDS": "20"}
    os.environ.update(environment)
    with tempfile.TemporaryDirectory(prefix="mailhelper-load-") as folder, delayed(port, LATENCY_SECONDS) as slow:
        processes = Processes(Path(folder), environment)
        try:
            with MailHelper(Settings(database_url=url, key=KEY)) as helper:
                helper.migrate()
                ada = helper.for_owner("ada")
                account = ada.accounts.add(f"imap://127.0.0.1:{slow}", username=user, password=password)
                processes.workers(*WORKERS)
                from tests.celery.host import installation  # noqa: PLC0415 - reads the environment set above

                began = time.perf_counter()
                with MailHelper(Settings(database_url=url, key=KEY), runner=installation.runner) as asking:
                    job = asking.for_owner("ada").jobs.submit("run", account_id=account.id)
                while ada.jobs.get(job.id).is_open:
                    time.sleep(0.05)
                wall = time.perf_counter() - began
                result = dict(ada.jobs.get(job.id).result)
                state = ada.jobs.get(job.id).state
        finally:
            processes.stop()
            redis.stop()
    assert state == "done", state
    tell({"wall": wall, "new": result["sync.new"], "processed": result["process.processed"]})


if __name__ == "__main__":
    main()
