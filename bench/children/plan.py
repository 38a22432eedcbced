"""Plan rules over a filled database: plan.py URL RULE ...; CPU of client and server, wall time, hits are told."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from bench.gauge import tell
from mailhelper_core import MailHelper, Plan, Rule, Store

# Hits of a page, as a host shows them.
PAGE = 50
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Plan each rule alone: its first page, and all of it."""
    url, queries = sys.argv[1], sys.argv[2:]
    figures: dict[str, float] = {}
    store = Store.open(url)
    with MailHelper(url) as helper:
        ada = helper.for_owner("ada")
        ada.rules.plan("subject:nothing")  # connects, and checks the schema
        for query in queries:
            rules = [Rule("indexed", query, [("tag", "a")])]
            # The first call brings what the others find in memory; a page is what a host asks for.
            for name, limit in (("page", PAGE), ("whole", None)):
                plan, cpu, wall = measured(store, lambda: ada.rules.plan("", rules=rules, limit=limit))  # noqa: B023
                figures |= {f"{name} cpu {query}": cpu, f"{name} wall {query}": wall, f"hits {query}": len(plan.hits)}
    store.close()
    tell(figures)


def measured(store: Store, ask: Callable[[], Plan]) -> tuple[Plan, float, float]:
    """Answer a plan with its CPU seconds, the database server's among them, and its wall time."""
    cpu, wall = time.process_time() + server_cpu(store), time.perf_counter()
    plan = ask()
    wall = time.perf_counter() - wall
    return plan, time.process_time() + server_cpu(store) - cpu, wall


def server_cpu(store: Store) -> float:
    """Answer the CPU seconds so far of PostgreSQL's processes for this database; SQLite has none of its own."""
    if store.engine.dialect.name == "sqlite":
        return 0.0
    with store.read() as connection:
        found = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        stats = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split() for (pid,) in found]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / _TICKS


if __name__ == "__main__":
    main()
