"""The rules' figures: many rules against one message, and a plan over many messages; compiled once, no store."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figure import Figure
from bench.measure import Runs, child

RUNS = 3


def figures() -> Iterator[Figure]:
    """Yield the figures of the evaluator."""
    one = Runs(tuple(child("judge", 100, 2_000) for _ in range(RUNS)))
    ms = one.median("cpu") / 2_000 * 1000
    value = f"{ms:.3f} ms ({one.spread('cpu')} s for 2,000 mails)"
    yield Figure("100 rules against one message, CPU", "<= 0.5 ms", value, "", ms <= 0.5)
    many = child("judge", 1_000, 10_000)
    value = f"{many['cpu']:.1f} s, {many['hits']:.0f} hits; compiled in {many['compile']:.2f} s"
    yield Figure("1,000 rules planned over 10,000 messages, CPU", "<= 60 s", value, "", many["cpu"] <= 60)
