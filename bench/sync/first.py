"""The first sync of 10,000 real mails, what it fetches, and what it does not fetch again."""

from __future__ import annotations

import base64
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import corpus
from bench.figure import Figure
from bench.measure import Runs, alternate, child
from bench.sync.lab import Lab, per_mail, times
from tests.servers.dovecot import PASSWORD, running_dovecot

COUNT = 10_000
FEW = 20
MOVED = 1_000
RUNS = 3
USER, LARGE, SMALL = "bench", "large", "small"
# Just below the size cap, above which only the header is stored.
LARGE_BYTES = 29_800_000


def figures() -> Iterator[Figure]:
    """Yield the figures of a first sync."""
    with running_dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        lab = Lab(dovecot, Path(folder))
        corpus.deliver(dovecot, USER, COUNT)
        corpus.deliver(dovecot, SMALL, FEW)
        corpus.deliver(dovecot, LARGE, FEW)
        dovecot.deliver(LARGE, _large_mail())
        yield from _fetch(lab)
        yield from _sync(lab)
        yield from _again(lab)
        yield _large(lab)


def _fetch(lab: Lab) -> Iterator[Figure]:
    login = (lab.dovecot.port, USER, PASSWORD)
    calls = [(f"sync.{name}", *login) for name in ("fetch", "imaplib_fetch", "imapclient_fetch")]
    ours, imaplib, imapclient = alternate(RUNS, *calls)
    yield times("fetch of 10,000 mails, client CPU", ours, imaplib, "cpu", 1.0, "imaplib")
    yield times("the same, against IMAPClient.fetch", ours, imapclient, "cpu", 0.15, "IMAPClient.fetch")


def _sync(lab: Lab) -> Iterator[Figure]:
    found = [child("sync.first", *lab.account(USER, f"first{number}")) for number in range(RUNS)]
    runs = Runs(tuple(found))
    yield per_mail("first sync of 10,000 mails, stored, parsed, threaded", runs, "cpu", 0.40, COUNT)
    yield per_mail("the same with the search index", runs, "cpu_indexed", 0.95, COUNT)
    rss = runs.median("rss_mb")
    yield Figure("peak memory of that sync", "<= 100 MB", f"{rss:.0f} MB ({runs.spread('rss_mb')})", "", rss <= 100)


def _again(lab: Lab) -> Iterator[Figure]:
    """Measure what comes back to mind: a mailbox that was renumbered, and mails that another client moved."""
    account = lab.account(USER, "again")
    child("sync.first", *account)
    lab.renumber(USER)
    yield _adopted("UIDVALIDITY change of 10,000 mails", child("sync.first", *account), COUNT)
    lab.dovecot.make_mailbox(USER, "Archive")
    with lab.client(USER) as client:
        client.uid("MOVE", f"1:{MOVED}", "Archive")
    yield _adopted("1,000 mails moved by another client", child("sync.first", *account), MOVED)


def _adopted(name: str, run: dict[str, float], count: int) -> Figure:
    value = f"{run['body_bytes']:.0f} octets, {run['adopted']:.0f} found again, {run['cpu_indexed']:.2f} s CPU"
    is_met = run["body_bytes"] == 0 and run["adopted"] == count
    return Figure(name, "0 body octets", value, "", is_met)


def _large(lab: Lab) -> Figure:
    calls = [("sync.first", *lab.account(user, f"{user}{0}")) for user in (LARGE, SMALL)]
    large, small = (child(*call)["rss_mb"] for call in calls)
    added = (large - small) * 2**20 / LARGE_BYTES
    value = f"+ {large - small:.0f} MB, {added:.1f}x its size (without it {small:.0f} MB)"
    return Figure("peak memory for one mail of 30 MB", "<= 4x its size", value, "", added <= 4)


def _large_mail() -> bytes:
    head = (
        b"From: Ada <ada@example.org>\r\nTo: eve@example.org\r\nSubject: a film\r\nMessage-ID: <film@example.org>\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee below.\r\n--b\r\n'
        b"Content-Type: video/mp4; name=film.mp4\r\nContent-Disposition: attachment\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    octets = random.Random(corpus.SEED).randbytes(LARGE_BYTES // 78 * 57)
    return head + base64.encodebytes(octets).replace(b"\n", b"\r\n") + b"--b--\r\n"
