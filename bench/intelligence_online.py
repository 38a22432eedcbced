"""Intelligence online, by date: each mail is judged before it is learned, ours and two peers in the same order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure
from bench.spam import in_turn, online, peers, rspamd
from bench.spam.mails import measured, ordered, truth
from bench.spam.merit import area_missed, ratio_interval


def figures() -> Iterator[Figure]:
    """Yield the figures of one pass by date."""
    peers.require()
    dated = ordered(measured(), "date")
    both = in_turn.online(dated)
    run = online.Run(truth(dated), both.ours, both.theirs)
    low, high = ratio_interval(run.spam, run.ours, run.theirs, area_missed)
    yield online.ratio("by date", [run], f"{low:.2f}..{high:.2f}", 0.5)
    yield _beside_rspamd(run, rspamd.online(dated))
    yield from online.thresholds("by date", [run])
    yield _cpu(both)


def _beside_rspamd(run: online.Run, scores: list[float]) -> Figure:
    mine, theirs = area_missed(run.spam, run.ours), area_missed(run.spam, np.array(scores))
    name = "spam online by date, 1-AUC against rspamd's Bayes"
    return Figure(name, "better", f"{mine:.3f} %", f"rspamd {theirs:.3f} %", mine < theirs)


def _cpu(both: in_turn.InTurn) -> Figure:
    is_met = both.ours_ms <= 3 and both.ratio <= 0.2
    value = f"{both.ours_ms:.2f} ms, {both.ratio:.2f}x ({both.spread})"
    peer = f"bogofilter {both.theirs_ms:.2f} ms"
    return Figure("CPU a mail, octets to update", "<= 3 ms, <= 0.2x bogofilter", value, peer, is_met)
