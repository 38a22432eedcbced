"""Intelligence online, by date: each mail is judged before it is learned, ours and bogofilter in the same order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure
from bench.spam import online, peers, protocol
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
    yield from online.thresholds("by date", [run])
    yield _cpu(used / len(dated) * 1_000, peer_used / len(dated) * 1_000)


def _cpu(ours: float, theirs: float) -> Figure:
    is_met = ours <= 3 and ours <= 0.2 * theirs
    value, peer = f"{ours:.2f} ms, {ours / theirs:.2f}x", f"bogofilter {theirs:.2f} ms"
    return Figure("CPU a mail, octets to update", "<= 3 ms, <= 0.2x bogofilter", value, peer, is_met)
