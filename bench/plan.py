"""Plans over 1,000,000 stored messages, on both databases: a soak of some minutes, its rows made up, its texts short.

MAILHELPER_BENCH_PLANNED says how many messages (1,000,000).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import child
from tests.servers.postgres import running_postgres

COUNT = int(os.environ.get("MAILHELPER_BENCH_PLANNED", "1000000"))
# Made up one by one; the others are copies, in SQL.
MADE = 100_000
WORDS = 11
# Fields that an index answers; each matches at most one message in a hundred.
RULES = (
    "domain:domain3.example",
    "from:sender4 is:unread in:inbox",
    "subject:w384 has:attachment",
    "domain:domain7.example date:2026",
    "list:list15.example",
)


def figures() -> Iterator[Figure]:
    """Yield the figures of both databases."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        yield from _filled("SQLite", f"sqlite:///{Path(folder)}/mail.db", 4)
    with running_postgres() as postgres:
        yield from _filled("PostgreSQL", postgres.url(postgres.create_database()), 2)


def _filled(name: str, url: str, target: int) -> Iterator[Figure]:
    child("fill", url, min(MADE, COUNT), WORDS)
    child("multiply", url, COUNT)
    yield from measure(name, url, target)


def measure(name: str, url: str, target: int) -> Iterator[Figure]:
    """Yield the figures of a database that is filled. CPU counts: on a busy machine wall time tells of the machine."""
    found = child("plan", url, *RULES)
    for query in RULES:
        whole, page, hits = found[f"whole cpu {query}"], found[f"page cpu {query}"], found[f"hits {query}"]
        wall = f"wall {found[f'whole wall {query}']:.2f} s, {found[f'page wall {query}']:.2f} s"
        value = f"{whole:.2f} s; the first page of 50 {page:.2f} s ({wall}); {hits:,.0f} hits"
        what = f"{name}: `{query}` over {COUNT:,} messages, CPU of client and server"
        yield Figure(what, f"<= {target} s", value, "", whole <= target)
