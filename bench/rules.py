"""The rules' figures: many rules against one message, and a plan over many messages, without a store and with one.

The last: MAILHELPER_BENCH_RULES says how many rules (1,000), MAILHELPER_BENCH_RULED over how many messages (10,000).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import Runs, child

RUNS = 3
RULES = int(os.environ.get("MAILHELPER_BENCH_RULES", "1000"))
STORED = int(os.environ.get("MAILHELPER_BENCH_RULED", "10000"))


def figures() -> Iterator[Figure]:
    """Yield the figures of the evaluator, and of all that a plan is beside it."""
    one = Runs(tuple(child("judge", 100, 2_000) for _ in range(RUNS)))
    ms = one.median("cpu") / 2_000 * 1000
    value = f"{ms:.3f} ms ({one.spread('cpu')} s for 2,000 mails)"
    yield Figure("100 rules against one message, CPU", "<= 0.5 ms", value, "", ms <= 0.5)
    many = child("judge", 1_000, 10_000)
    value = f"{many['cpu']:.1f} s, {many['hits']:.0f} hits; compiled in {many['compile']:.2f} s"
    yield Figure("1,000 rules planned over 10,000 messages, CPU", "<= 60 s", value, "", many["cpu"] <= 60)
    hanging = child("patterns")
    value, peer = f"{1000 * hanging['dearest']:.3f} ms", f"Python's re on one of them: {hanging['re']:.2f} s"
    yield Figure(
        "expressions that hang other engines, the dearest, CPU", "<= 1 ms", value, peer, hanging["dearest"] <= 1e-3
    )
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        url = f"sqlite:///{Path(folder)}/mail.db"
        child("fill", url, STORED)
        found = child("planned", url, RULES)
    value = f"{found['cpu']:.1f} s (wall {found['wall']:.1f} s), {found['hits']:,.0f} hits"
    value += f"; the rules saved in {found['save']:.1f} s"
    what = f'SQLite: {RULES:,} rules planned over {STORED:,} stored messages by `ada.rules.plan("")`, CPU'
    yield Figure(what, "<= 60 s", value, "", found["cpu"] <= 60)
