"""The web host's figures: pages a CPU second beside a bare Flask page, and how long pages take under load.

MAILHELPER_BENCH_MESSAGES says how many messages (100,000).
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import mailhelper_web
from bench.figure import Figure
from bench.measure import Runs, alternate, child

COUNT = int(os.environ.get("MAILHELPER_BENCH_MESSAGES", "100000"))
RUNS, ROUNDS = 3, 60
# What the start page asks for besides itself.
STATIC = ("vendor/pico.min.css", "vendor/htmx.min.js", "vendor/inter-5.3.woff2", "app.css", "app.js")
MAX_PAGE_OCTETS = 150_000
DEEDS = {"log_in": "requests of log-ins", "correct": "corrections", "sync": "syncs", "summary": "summaries"}


def figures() -> Iterator[Figure]:
    """Yield the figures of pages, then those under load."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        url = f"sqlite:///{Path(folder)}/mail.db"
        child("web.pages", url, folder, "door", 0)
        message_id = int(child("web.fill", url, COUNT)["message"])
        child("web.pages", url, folder, "start", 1, message_id)
        pages = ("list", "message", "whole", "again", "start", "bare")
        calls = [("web.pages", url, folder, page, ROUNDS, message_id) for page in pages]
        listing, message, whole, again, start, bare = alternate(RUNS, *calls)
        yield _rate(f"list of 50 of {COUNT:,} messages", listing, bare)
        yield _rate("message page", message, bare)
        yield _rate("the same and the frame of its HTML, which is a request of its own", whole, bare)
        yield _rate("page and frame, opened again", again, bare)
        wall = start.median("wall_ms")
        value = f"{wall:.0f} ms ({start.spread('wall_ms')})"
        yield Figure(f"start page with {COUNT:,} messages, server time", "<= 200 ms", value, "", wall <= 200)
        octets = start.median("octets") + sum(_sent(name) for name in STATIC)
        name = "start page with style, script and font, first visit"
        yield Figure(name, "<= 150 KB", f"{octets / 1000:.0f} KB", "", octets <= MAX_PAGE_OCTETS)
    yield from _under_load()


def _rate(name: str, ours: Runs, bare: Runs) -> Figure:
    pairs = [one["rate"] / other["rate"] for one, other in zip(ours.values, bare.values, strict=True)]
    ratio = median(pairs)
    spread = f"{min(pairs):.2f}..{max(pairs):.2f}"
    value = f"{ours.median('rate'):.0f} pages ({ours.spread('rate')}), ratio {ratio:.2f} ({spread})"
    peer = f"bare Flask + SQLAlchemy page of 50 rows: {bare.median('rate'):.0f} ({bare.spread('rate')})"
    return Figure(f"{name}, a CPU second", ">= 0.4x", value, peer, ratio >= 0.4)


def _sent(name: str) -> int:
    """Answer the octets that a browser gets: compressed, but for what is compressed already."""
    data = (Path(mailhelper_web.__file__).parent / "static" / name).read_bytes()
    return len(data) if name.endswith(".woff2") else len(gzip.compress(data, 9))


def _under_load() -> Iterator[Figure]:
    quiet = child("web.load", "quiet", 20, 20, 4)
    beside = f"{quiet['came']:,.0f} messages came meanwhile"
    yield _waiting("20 users at 1 request/s while 4 accounts sync", 150, quiet, beside, may_refuse=False)
    busy = child("web.load", "busy", 100, 50, 0)
    yield _waiting("100 users at 50 requests/s", 300, busy, _done(busy), may_refuse=True)
    flood = child("web.load", "flood", 20, 400, 0)
    told = flood["refused"]
    value = f"{told:.0f} of {flood['requests']:.0f} told 429/503 with Retry-After, {flood['errors']:.0f} other errors"
    is_met = flood["errors"] == 0 and told > 0
    yield Figure("400 connections at once", "429/503 with Retry-After, no time-out", value, "", is_met)


def _done(found: Mapping[str, float]) -> str:
    """Answer what users did besides reading, and what the slowest of it took."""
    counts = ", ".join(f"{found[f'{step}_count']:.0f} {name}" for step, name in DEEDS.items())
    slow = f"a log-in {found['log_in_ms']:.0f} ms, a summary {found['summary_ms']:.0f} ms"
    return f"{counts}; {slow}"


def _waiting(name: str, target: int, found: Mapping[str, float], beside: str, *, may_refuse: bool) -> Figure:
    bad = found["errors"] + (0 if may_refuse else found["refused"])
    value = (
        f"p95 {found['p95_ms']:.0f} ms, p50 {found['p50_ms']:.0f} ms, {found['errors']:.0f} errors and"
        f" {found['refused']:.0f} told to come back of {found['requests']:.0f}"
    )
    return Figure(name, f"p95 <= {target} ms, 0 errors", value, beside, found["p95_ms"] <= target and not bad)
