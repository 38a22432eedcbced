"""Many users: turns, idle accounts, a slow line, a slow provider, the memory of a worker."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench import corpus
from bench.figure import Figure
from bench.measure import Runs, alternate, child
from tests.servers.dovecot import PASSWORD, running_dovecot
from tests.servers.postgres import Postgres, running_postgres

MAILS, SLOW_MAILS = 1_000, 100
FIRST, OTHERS = 50_000, 500
FIRST_JOB, LAST_JOB = 1_000, 10_000
# 50 ms of CPU a job, of worker, PostgreSQL and who asks: minutes on a machine that is free, an hour on one that is not.
WORKER_TIMEOUT_SECONDS = 2 * 3_600
USER = "load"
RUNS = 2


def figures() -> Iterator[Figure]:
    """Yield the figures of load."""
    with running_postgres() as postgres, tempfile.TemporaryDirectory(prefix="mailhelper-load-") as name:
        folder = Path(name)
        with running_dovecot() as dovecot:
            corpus.deliver(dovecot, USER, MAILS)
            yield from _idle(folder, dovecot.port)
            yield _latency(postgres, dovecot.port)
        yield _consult(folder)
        yield from _fair(postgres, folder)
        yield _worker_growth(_url(postgres))
        yield _growth("PostgreSQL", _url(postgres))
        yield _growth("SQLite", f"sqlite:///{folder / 'growth.db'}")


def _url(postgres: Postgres) -> str:
    return postgres.url(postgres.create_database())


def _idle(folder: Path, port: int) -> Iterator[Figure]:
    runs = Runs(tuple(
        child("load.idle", f"sqlite:///{folder / f'idle{number}.db'}", f"imap://127.0.0.1:{port}", USER, PASSWORD)
        for number in range(RUNS)
    ))  # fmt: skip
    share = runs.median("tick_ms") / 5_000
    value = f"{share:.2%} ({runs.median('tick_ms'):.1f} ms every 5 s)"
    yield Figure("a tick among 1,000 idle accounts, of one core", "<= 1 %", value, "", share <= 0.01)
    poll, rows = runs.median("poll_ms"), runs.median("job_rows")
    value = f"{poll:.1f} ms ({runs.spread('poll_ms')}), {rows:.0f} rows"
    yield Figure("a poll without news, client CPU", "<= 10 ms, no job row", value, "", poll <= 10 and rows == 0)


def _latency(postgres: Postgres, port: int) -> Figure:
    runs = Runs(tuple(child("load.latency", _url(postgres), port, USER, PASSWORD) for _ in range(RUNS)))
    wall = runs.median("wall")
    is_whole = runs.median("new") == runs.median("processed") == MAILS
    name = f"{MAILS:,} mails of one account, sync and process, 4 workers, 50 ms late"
    return Figure(name, "<= 15 s", f"{wall:.1f} s ({runs.spread('wall')})", "", is_whole and wall <= 15)


def _consult(folder: Path) -> Figure:
    found = child("load.consult", f"sqlite:///{folder / 'consult.db'}", SLOW_MAILS, 2.0)
    value = f"{found['wall']:.0f} s for {found['calls']:.0f} calls"
    met = found["wall"] <= 60 and found["calls"] >= SLOW_MAILS
    name = f"{SLOW_MAILS} mails through a provider that takes 2 s, one process"
    return Figure(name, "<= 60 s with 4 workers", value, "", met)


def _fair(postgres: Postgres, folder: Path) -> Iterator[Figure]:
    for kind in ("PostgreSQL", "SQLite"):
        url = _url(postgres) if kind == "PostgreSQL" else f"sqlite:///{folder / 'fair.db'}"
        alone_url = _url(postgres) if kind == "PostgreSQL" else f"sqlite:///{folder / 'alone.db'}"
        first, alone = alternate(1, ("load.fair", url, FIRST, OTHERS), ("load.fair", alone_url, 0, OTHERS))
        times = first.median("p95") / alone.median("p95")
        errors = first.median("errors") + alone.median("errors")
        value = f"{times:.2f} times ({first.median('p95'):.1f} s, {errors:.0f} errors)"
        name = f"one owner asks for {FIRST:,} mails first, 19 others for {OTHERS:,} each, {kind}: the others' p95"
        beside = f"without the first: {alone.median('p95'):.1f} s"
        yield Figure(name, "<= 2 times, no lock error, no deadlock", value, beside, times <= 2 and errors == 0)


def _worker_growth(url: str) -> Figure:
    """The memory of one prefork process of a real worker, which is never replaced."""
    found = child("load.worker", url, FIRST_JOB, LAST_JOB, timeout_seconds=WORKER_TIMEOUT_SECONDS)
    name = f"memory of a Celery worker's process from its job {FIRST_JOB:,} to {LAST_JOB:,}, of nine kinds, PostgreSQL"
    return _grown(name, found)


def _growth(database: str, url: str) -> Figure:
    found = child("load.growth", url, FIRST_JOB, LAST_JOB)
    return _grown(f"memory of a process from its job {FIRST_JOB:,} to {LAST_JOB:,}, each a `run`, {database}", found)


def _grown(name: str, found: Mapping[str, float]) -> Figure:
    growth = found["last_kib"] / found["first_kib"] - 1
    value = f"{growth:.1%} ({found['first_kib'] / 1024:.0f} to {found['last_kib'] / 1024:.0f} MB)"
    return Figure(name, "<= 5 %", value, "", growth <= 0.05)
