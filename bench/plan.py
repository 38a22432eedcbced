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
WORDS = 11
# Fields that an index answers; each matches at most one message in a hundred.
RULES = (
    "domain:domain3.example",
    "from:sender4 is:unread in:inbox",
    "subject:w384 has:attachment",
    "from:sender1500 newer_than:2y",
)


def figures() -> Iterator[Figure]:
    """Yield the figures of both databases."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        url = f"sqlite:///{Path(folder)}/mail.db"
        child("fill", url, COUNT, WORDS)
        yield from measure("SQLite", url, 4)
    with running_postgres() as postgres:
        url = postgres.url(postgres.create_database())
        child("fill", url, COUNT, WORDS)
        yield from measure("PostgreSQL", url, 2)


def measure(name: str, url: str, target: int) -> Iterator[Figure]:
    """Yield the figures of a database that is filled."""
    found = child("plan", url, *RULES)
    for query in RULES:
        hits, pages = found[f"hits {query}"], found[f"pages {query}"]
        first, rest, whole = found[f"first {query}"], found[f"rest {query}"], found[f"whole {query}"]
        value = f"{whole:.2f} s; first of {pages:.0f} pages {first:.2f} s, the others {rest:.2f} s; {hits:.0f} hits"
        what = f"{name}: `{query}` planned over {COUNT:,} messages, wall time"
        yield Figure(what, f"<= {target} s", value, "", whole <= target)
