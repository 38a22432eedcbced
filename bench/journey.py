"""The journey's figures: first sync and run of 10,000 real mails from Dovecot, and a run without news."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import corpus
from bench.figure import Figure
from bench.measure import Runs, child
from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot

COUNT = 10_000
RUNS = 3
USER = "bench"


def figures() -> Iterator[Figure]:
    """Yield the figures of the journey."""
    with running_dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        corpus.deliver(dovecot, USER, COUNT)
        yield from _sync(dovecot, Path(folder))
        yield from _run(dovecot, Path(folder))


def _sync(dovecot: Dovecot, folder: Path) -> Iterator[Figure]:
    ours, theirs, again = [], [], []
    for number in range(RUNS):
        database, account = _database(dovecot, folder / f"sync{number}.db")
        ours.append(child("sync.first", database, account))
        theirs.append(child("sync.imaplib_fetch", dovecot.port, USER, PASSWORD))
        again.append(child("sync.first", database, account))
    mine, peer, quiet = Runs(tuple(ours)), Runs(tuple(theirs)), Runs(tuple(again))
    yield _per_mail("sync of 10,000 mails, stored, parsed, threaded", mine, "cpu", 0.8, peer)
    yield _per_mail("the same with the search index", mine, "cpu_indexed", 0.95, peer)
    rss = mine.median("rss_mb")
    value = f"{rss:.0f} MB ({mine.spread('rss_mb')})"
    yield Figure("peak memory of that sync", "<= 120 MB", value, f"imaplib {peer.median('rss_mb'):.0f} MB", rss <= 120)
    octets = quiet.median("body_bytes")
    value = (
        f"{quiet.median('commands'):.0f} commands, {octets:.0f} octets, {quiet.median('cpu_indexed') * 1000:.0f} ms CPU"
    )
    yield Figure("a second sync without news", "0 body octets, 0 rows", value, "", octets == 0)


def _run(dovecot: Dovecot, folder: Path) -> Iterator[Figure]:
    found = []
    for number in range(RUNS):
        database, account = _database(dovecot, folder / f"run{number}.db")
        found.append(child("run", database, account))
    runs = Runs(tuple(found))
    yield _per_mail("the whole journey of 10,000 mails", runs, "cpu", 5)
    yield _per_mail("the opinions of it: spam, category, urgency, importance", runs, "cpu_process", 2)


def _per_mail(name: str, runs: Runs, key: str, target: float, peer: Runs | None = None) -> Figure:
    cpu = runs.median(key) / COUNT * 1000
    value = f"{cpu:.3f} ms ({_spread(runs, key)})"
    beside = ""
    if peer is not None:
        theirs = peer.median("cpu") / COUNT * 1000
        beside = f"imaplib fetching and dropping: {theirs:.3f} ms, ratio {cpu / theirs:.1f}"
    return Figure(f"{name}, CPU a mail", f"<= {target} ms", value, beside, cpu <= target)


def _spread(runs: Runs, key: str) -> str:
    found = [run[key] / COUNT * 1000 for run in runs.values]
    return f"{min(found):.3f}..{max(found):.3f}"


def _database(dovecot: Dovecot, path: Path) -> tuple[str, int]:
    database = f"sqlite:///{path}"
    made = child("prepare", database, f"imap://127.0.0.1:{dovecot.port}", USER, PASSWORD)
    return database, int(made["account"])
