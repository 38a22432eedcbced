"""Search's figures: the first page of published queries over made-up mail of real size, on both databases.

MAILHELPER_BENCH_MESSAGES says how many messages (100,000).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from bench.figure import Figure
from bench.generated import word
from bench.measure import child
from tests.servers.postgres import running_postgres

COUNT = int(os.environ.get("MAILHELPER_BENCH_MESSAGES", "100000"))
# Found in at most 2,000 messages of 100,000.
RARE = (
    word(4_000),
    word(9_000),
    f'"{word(400)} {word(401)}"',
    f"subject:{word(900)}",
    "from:sender1500",
    f"{word(29_000)}*",
)
COMMON = (word(0), word(1), word(10))
FILTERED = tuple(f"{query} is:unread has:attachment larger:5k" for query in (word(0), word(20), word(300)))


def figures() -> Iterator[Figure]:
    """Yield the figures of both databases."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        yield from _measure("SQLite", f"sqlite:///{Path(folder)}/mail.db")
    with running_postgres() as postgres:
        yield from _measure("PostgreSQL", postgres.url(postgres.create_database()))


def _measure(name: str, url: str) -> Iterator[Figure]:
    filled = child("fill", url, COUNT)
    found = child("find", url, *RARE, *COMMON, *FILTERED)
    yield _pages(f"{name}: words and phrases with few hits", RARE, found, 50)
    yield _pages(f"{name}: the commonest words", COMMON, found, 150)
    yield _pages(f"{name}: a word and three filters", FILTERED, found, 150)
    cpu = filled["index_cpu"] / COUNT * 1000
    yield Figure(f"{name}: indexing, CPU of the client a mail", "", f"{cpu:.3f} ms", "")
    value = f"{found['plan']:.2f} s ({found['plan_cpu']:.2f} s CPU of the client), {found['plan_hits']:.0f} hits"
    yield Figure(f"{name}: plan of one rule with indexed fields over {COUNT:,} messages", "", value, "")


def _pages(name: str, queries: tuple[str, ...], found: Mapping[str, float], target: int) -> Figure:
    times = [found[f"{sort} {query}"] for query in queries for sort in ("newest", "relevance")]
    hits = [found[f"hits {query}"] for query in queries]
    value = f"{median(times):.1f} ms ({min(times):.1f}..{max(times):.1f}), {min(hits):.0f} to {max(hits):.0f} hits"
    what = f"{name}, first page of {COUNT:,} mails, wall time"
    return Figure(what, f"<= {target} ms", value, "", median(times) <= target)
