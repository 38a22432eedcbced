"""Intelligence online, by date: each mail is judged before it is learned, ours and two peers in the same order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure
from bench.spam import online, peers, protocol, rspamd
from bench.spam.mails import measured, ordered, truth
from bench.spam.merit import area_missed, ratio_interval


def figures() -> Iterator[Figure]:
    """Yield the figures of one pass by date."""
    peers.require()
    dated = ordered(measured(), "date")
    ours, used = protocol.ours_online(dated)
    theirs, peer_used = peers.online(dated)
    run = online.Run(truth(dated), ours, np.array(theirs))
    low, high = ratio_interval(run.spam, run.ours, run.theirs, area_missed)
    yield online.ratio("by date", [run], f"{low:.2f}..{high:.2f}", 0.5)
    yield _beside_rspamd(run, rspamd.online(dated))
    yield from online.thresholds("by date", [run])
    yield _cpu(used / len(dated) * 1_000, peer_used / len(dated) * 1_000)


def _beside_rspamd(run: online.Run, scores: list[float]) -> Figure:
    mine, theirs = area_missed(run.spam, run.ours), area_missed(run.spam, np.array(scores))
    name = "spam online by date, 1-AUC against rspamd's Bayes"
    return Figure(name, "better", f"{mine:.3f} %", f"rspamd {theirs:.3f} %", mine < theirs)


def _cpu(ours: float, theirs: float) -> Figure:
    is_met = ours <= 3 and ours <= 0.2 * theirs
    value, peer = f"{ours:.2f} ms, {ours / theirs:.2f}x", f"bogofilter {theirs:.2f} ms"
    return Figure("CPU a mail, octets to update", "<= 3 ms, <= 0.2x bogofilter", value, peer, is_met)
