"""100,000 mails in 50 mailboxes: memory of the first sync, a sync without news, and one with a little news."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import corpus
from bench.figure import Figure
from bench.measure import child
from bench.sync.lab import Lab, add_account
from bench.sync.proxy import Relay, relay
from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot

COUNT, MAILBOXES, EACH = 100_000, 50, 20
LITTLE = 100
TIMES = 11
BASE, USER = "ten", "hundred"


def figures() -> Iterator[Figure]:
    """Yield the figures of a large account: nearly all of it in INBOX, so that a listing of it would be seen."""
    with running_dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="mailhelper-bench-") as folder:
        lab = Lab(dovecot, Path(folder))
        corpus.deliver(dovecot, BASE, COUNT // 10)
        _deliver(dovecot)
        base = child("sync.first", *lab.account(BASE, BASE))
        with relay(dovecot.port) as counted:
            account = add_account(f"sqlite:///{folder}/{USER}.db", counted.port, USER, PASSWORD)
            yield from _first(child("sync.first", *account), base)
            child("sync.first", *account)
            counted.reset()
            again = child("sync.again", *account, 1)
            yield from _nothing(again | {"octets": counted.octets}, child("sync.again", *account, TIMES))
            _change(lab)
            counted.reset()
            delta = child("sync.again", *account, 1)
            yield _little(delta, counted.octets)
            _arrive(lab)
            counted.reset()
            yield _news(child("sync.again", *account, 1), counted)


def _deliver(dovecot: Dovecot) -> None:
    elsewhere = (MAILBOXES - 1) * EACH
    corpus.deliver(dovecot, USER, COUNT - elsewhere)
    for number, raw in enumerate(corpus.mails(elsewhere)):
        raw = b"X-Elsewhere: %d\n" % number + raw.replace(b"Message-I", b"X-Was-I", 1)
        dovecot.deliver(USER, raw, mailbox=f"box{number // EACH:02d}")


def _first(run: dict[str, float], base: dict[str, float]) -> Iterator[Figure]:
    rss, ratio = run["rss_mb"], run["rss_mb"] / base["rss_mb"]
    value = f"{rss:.0f} MB, {ratio:.2f}x that of 10,000 ({base['rss_mb']:.0f} MB)"
    name = "peak memory of the first sync of 100,000 mails, index included"
    yield Figure(name, "<= 100 MB, <= 1.1x of 10,000", value, "", rss <= 100 and ratio <= 1.1)
    stored, whole = run["cpu"] / COUNT * 1000, run["cpu_indexed"] / COUNT * 1000
    value = f"{stored:.3f} ms stored, {whole:.3f} ms with index; {run['wall']:.0f} s for all"
    yield Figure("that sync, CPU a mail", "<= 0.40 ms, <= 0.95 ms", value, "", stored <= 0.40 and whole <= 0.95)


def _nothing(run: dict[str, float], many: dict[str, float]) -> Iterator[Figure]:
    commands, rows, octets = run["commands"], run["rows"], run["octets"] / MAILBOXES
    value = f"{commands:.0f} command, {octets:.0f} octets a mailbox (login included), {rows:.0f} rows"
    is_met = commands == 1 and octets <= 200 and rows == 0
    name = "nothing changed in 100,000 mails, 50 mailboxes"
    yield Figure(name, "1 command after login, <= 200 octets a mailbox, 0 rows", value, "", is_met)
    cpu = many["cpu"] * 1000
    value = f"{cpu:.1f} ms in a process that lives on, {many['cpu_cold'] * 1000:.0f} ms the first time"
    yield Figure("the same, client CPU, connection and login included", "<= 5 ms", value, "", cpu <= 5)


def _change(lab: Lab) -> None:
    """Let another client flag 100 mails and expunge 100."""
    with lab.client(USER) as client:
        client.uid("STORE", f"1001:{1000 + LITTLE}", "+FLAGS", "(\\Flagged)")
        client.uid("STORE", f"2001:{2000 + LITTLE}", "+FLAGS", "(\\Deleted)")
        client.expunge()


def _arrive(lab: Lab) -> None:
    for number, raw in enumerate(corpus.mails(LITTLE)):
        lab.dovecot.deliver(USER, b"X-New: %d\n" % number + raw.replace(b"Message-I", b"X-Was-I", 1))


def _little(run: dict[str, float], octets: int) -> Figure:
    value = (
        f"{octets / 1000:.1f} kB, login and the list of mailboxes included; {run['updated']:.0f} flagged, "
        f"{run['deleted']:.0f} gone, {run['commands']:.0f} commands"
    )
    is_met = octets <= 15_000 and run["updated"] == run["deleted"] == LITTLE
    return Figure("100 flags, 100 expunged at 100,000", "<= 15 kB", value, "", is_met)


def _news(run: dict[str, float], counted: Relay) -> Figure:
    bodies = run["body_bytes"]
    octets = counted.octets - bodies
    value = f"{octets / 1000:.1f} kB, {run['new']:.0f} new, {run['commands']:.0f} commands"
    name = "100 new besides: login, list, metadata; without their bodies"
    return Figure(name, "<= 15 kB", value, "", octets <= 15_000)
