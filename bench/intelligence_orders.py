"""Intelligence online, in ten shuffled orders. A call measures as many as fit into some minutes and keeps them.

Ten orders ask bogofilter 80,000 times: `./dev bench intelligence-orders` is called again until all are there. What was
kept counts only for the same engine, peer and mails.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import mailhelper_core
from bench import corpus
from bench.figure import Figure
from bench.spam import online, peers, protocol
from bench.spam.mails import Mail, measured, ordered, truth
from bench.spam.merit import area_missed
from mailhelper_core.ai.learner import features
from mailhelper_core.process.learned import noticed

ORDERS = int(os.environ.get("BENCH_ORDERS", "10"))
# No further order is begun after this long: one takes about half a minute.
SECONDS = 270
# What reads a mail and learns from it.
FOLDERS = ("ai", "mime", "model", "process")


def figures() -> Iterator[Figure]:
    """Yield the figures over all orders, or how many are there."""
    peers.require()
    mails = measured()
    runs = list(_runs(mails))
    if len(runs) < ORDERS:
        yield Figure(f"spam online, {ORDERS} shuffled orders", "", f"{len(runs)} measured: call again for the rest", "")
        return
    ratios = [area_missed(run.spam, run.ours) / area_missed(run.spam, run.theirs) for run in runs]
    interval = online.median_interval(runs, area_missed)
    spread = f"{min(ratios):.2f}..{max(ratios):.2f}; median's 95 % interval {interval[0]:.2f}..{interval[1]:.2f}"
    yield online.ratio(f"{ORDERS} shuffled orders", runs, spread, 0.5)
    yield from online.thresholds(f"{ORDERS} shuffled orders", runs)


def _runs(mails: Sequence[Mail]) -> Iterator[online.Run]:
    kept, until, made = _kept(mails), time.monotonic() + SECONDS, None
    for number in range(1, ORDERS + 1):
        drawn, path = ordered(list(mails), str(number)), kept / f"{number}.json"
        if not path.exists():
            if time.monotonic() > until:
                return
            made = made or {str(mail.path): features.features_of(mail.message, noticed(mail.message)) for mail in mails}
            ours = protocol.ours_online(drawn, made)
            path.write_text(json.dumps([list(ours), peers.online(drawn)]), encoding="utf-8")
        ours, theirs = json.loads(path.read_text(encoding="utf-8"))
        yield online.Run(truth(drawn), np.array(ours), np.array(theirs))


def _kept(mails: Sequence[Mail]) -> Path:
    """Answer the folder of this engine, peer and mails: a changed line of what a score comes from begins anew."""
    engine = Path(mailhelper_core.__file__).parent
    read = [path for folder in FOLDERS for path in sorted((engine / folder).rglob("*.py"))]
    sources = [path.read_bytes() for path in (*read, *sorted(Path(protocol.__file__).parent.glob("*.py")))]
    peer = subprocess.run(["bogofilter", "-V"], capture_output=True, check=True).stdout
    names = "\n".join(mail.path.name for mail in mails).encode()
    name = hashlib.sha256(b"\0".join([*sources, peer, names])).hexdigest()[:16]
    folder = corpus.folder() / f"orders-{name}"
    folder.mkdir(exist_ok=True)
    return folder
