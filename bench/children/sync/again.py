"""Sync an account several times in one process: again.py URL ACCOUNT TIMES.

`cpu_cold` is the first time, where statements are compiled; `cpu` the median of the others, as in a worker that
lives on. `rows` are the rows written, of the last time, besides those of `leases` and `accounts`.
"""

from __future__ import annotations

import re
import sys
from statistics import median
from typing import Any

from sqlalchemy import Engine, event

from bench.gauge import measured, tell
from mailhelper_core import MailHelper

database, account, times = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WRITE = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
BOOKKEEPING = ("mailhelper_leases", "mailhelper_accounts")
written = 0


@event.listens_for(Engine, "after_cursor_execute")
def count(_c: Any, cursor: Any, statement: str, *_: Any) -> None:
    """Count the rows that a statement wrote."""
    global written
    match = WRITE.match(statement)
    if match and match[1] not in BOOKKEEPING:
        written += max(0, cursor.rowcount)


runs: list[dict[str, float]] = []
with MailHelper(database) as helper:
    ada = helper.for_owner("ada")
    for _ in range(times):
        written = 0
        run: dict[str, float] = {}
        with measured(run):
            report = ada.sync(account)
        runs.append(run)
found = {name: median(run[name] for run in runs[1:] or runs) for name in ("cpu", "wall")}
found |= {"cpu_cold": runs[0]["cpu"], "rss_mb": runs[-1]["rss_mb"], "rows": written}
found |= {"commands": report.commands, "body_bytes": report.body_bytes, "mailboxes": report.mailboxes}
found |= {"new": report.new, "updated": report.updated, "deleted": report.deleted}
tell(found)
