"""The web host's figures: pages a CPU second beside a bare Flask page, and how long pages take under load.

MAILHELPER_BENCH_MESSAGES says how many messages (100,000).
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import mailhelper_web
from bench.figure import Figure
from bench.generated import WORDS_A_TEXT
from bench.measure import Runs, alternate, child

COUNT = int(os.environ.get("MAILHELPER_BENCH_MESSAGES", "100000"))
RUNS, ROUNDS = 3, 60
# What the start page asks for besides itself.
STATIC = ("vendor/pico.min.css", "vendor/htmx.min.js", "vendor/inter-5.3.woff2", "app.css", "app.js")
MAX_PAGE_OCTETS = 150_000


def figures() -> Iterator[Figure]:
    """Yield the figures of pages, then those under load."""
    with tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        url = f"sqlite:///{Path(folder)}/mail.db"
        child("fill", url, COUNT, WORDS_A_TEXT, "1")
        child("web_pages", url, folder, "start", 1)
        calls = [("web_pages", url, folder, page, ROUNDS) for page in ("list", "message", "start", "bare")]
        listing, message, start, bare = alternate(RUNS, *calls)
        yield _rate(f"list of 50 of {COUNT:,} messages", listing, bare)
        yield _rate("message page", message, bare)
        wall = start.median("wall_ms")
        value = f"{wall:.0f} ms ({start.spread('wall_ms')})"
        yield Figure(f"start page with {COUNT:,} messages, server time", "<= 200 ms", value, "", wall <= 200)
        octets = start.median("octets") + sum(_sent(name) for name in STATIC)
        name = "start page with style, script and font, first visit"
        yield Figure(name, "<= 150 KB", f"{octets / 1000:.0f} KB", "", octets <= MAX_PAGE_OCTETS)
    yield from _under_load()


def _rate(name: str, ours: Runs, bare: Runs) -> Figure:
    ratio = ours.median("rate") / bare.median("rate")
    value = f"{ours.median('rate'):.0f} requests ({ours.spread('rate')}), ratio {ratio:.2f}"
    peer = f"bare Flask + SQLAlchemy page of 50 rows: {bare.median('rate'):.0f} ({bare.spread('rate')})"
    return Figure(f"{name}, a CPU second", ">= 0.4x", value, peer, ratio >= 0.4)


def _sent(name: str) -> int:
    """Answer the octets that a browser gets: compressed, but for what is compressed already."""
    data = (Path(mailhelper_web.__file__).parent / "static" / name).read_bytes()
    return len(data) if name.endswith(".woff2") else len(gzip.compress(data, 9))


def _under_load() -> Iterator[Figure]:
    yield _waiting("20 users at 1 request/s while 4 accounts sync", 150, child("web_load", "users", 20, 20, 4))
    yield _waiting("100 users at 50 requests/s", 300, child("web_load", "users", 100, 50, 0))
    flood = child("web_load", "flood", 400, 0, 0)
    told = flood["refused"]
    value = f"{told:.0f} of {flood['requests']:.0f} told 429/503 with Retry-After, {flood['errors']:.0f} other errors"
    is_met = flood["errors"] == 0 and told > 0
    yield Figure("400 connections at once", "429/503 with Retry-After, no time-out", value, "", is_met)


def _waiting(name: str, target: int, found: Mapping[str, float]) -> Figure:
    bad = found["errors"] + found["refused"]
    value = f"p95 {found['p95_ms']:.0f} ms, p50 {found['p50_ms']:.0f} ms, {bad:.0f} errors of {found['requests']:.0f}"
    return Figure(name, f"p95 <= {target} ms, 0 errors", value, "", found["p95_ms"] <= target and not bad)
