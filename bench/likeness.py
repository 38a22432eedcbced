"""Vectors' figures: making them, and finding similar mails among 10,000 of 384 dimensions, exactly."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import child

COUNT = 10_000


def figures() -> Iterator[Figure]:
    """Yield the figures on SQLite."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        url = f"sqlite:///{Path(folder)}/mail.db"
        child("fill", url, COUNT)
        found = child("likeness", url)
    peer = f"a loop over the same vectors: {found['loop']:.0f} ms"
    what = f"similar mails of one, {COUNT:,} x 384 on SQLite, CPU"
    yield Figure(f"{what}, warm", "<= 10 ms", f"{found['warm']:.1f} ms", peer, found["warm"] <= 10)
    yield Figure(f"{what}, first in a process", "<= 150 ms", f"{found['cold']:.0f} ms", peer, found["cold"] <= 150)
    yield Figure("a query by meaning, warm, CPU", "", f"{found['query']:.1f} ms", "")
    cpu = found["embed_cpu"] / found["embedded"] * 1000
    yield Figure("vector of a mail, local embedder, with storing it, CPU a mail", "", f"{cpu:.2f} ms", "")
