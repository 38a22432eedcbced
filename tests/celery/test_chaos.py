"""The long campaign: workers, Redis and PostgreSQL killed while hundreds of jobs run; nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core import Job, MailHelper, OwnerServices, Settings
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store.mail import accounts
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.conftest import KEY
from tests.celery.processes import Processes, children, until
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.redis import Redis, new_redis

pytestmark = [pytest.mark.full, pytest.mark.servers]

OWNERS, JOBS_EACH, MAILS = 15, 20, 300
KILLS, REDIS_KILLS, POSTGRES_RESTARTS = 30, 5, 3
PAUSE_SECONDS = 2.0
# The defaults a host has: a lease of 20 s and a tick each 5 s; here 5 s and 1 s, so that the campaign takes minutes.
LEASE_SECONDS = 5.0
RECOVERY_SECONDS = 30.0
END_SECONDS = 900.0


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A Redis of the campaign's own."""
    server = new_redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database() -> Iterator[tuple[Postgres, str]]:
    """A PostgreSQL of the campaign's own, with a database."""
    with running_postgres() as server:
        yield server, server.url(server.create_database())


@pytest.fixture
def workers_on(redis: Redis, database: tuple[Postgres, str], tmp_path: Path) -> Iterator[Processes]:
    """Worker processes on both."""
    environment = {
        "HOST_BROKER_URL": redis.url,
        "HOST_DATABASE_URL": database[1],
        "HOST_LEASE_SECONDS": str(LEASE_SECONDS),
        "HOST_STEP_SECONDS": "0.05",
    }
    started = Processes(tmp_path, environment)
    yield started
    started.stop()


def test_nothing_is_lost_or_doubled_whatever_is_killed(
    workers_on: Processes, redis: Redis, database: tuple[Postgres, str]
) -> None:
    with MailHelper(Settings(database[1], key=KEY)) as helper, ImapServer(users={"ada": "secret"}) as server:
        helper.migrate()
        helper.jobs.works = {**helper.jobs.works, "embed": lambda one: {}}  # the workers' function, by name
        MailboxGenerator(seed=7).fill(server.store.user("ada"), count=MAILS)
        jobs = _asked(helper)
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.jobs.submit("run", account_id=account.id)
        workers = workers_on.workers("w0", "w1", "w2", "w3")
        workers_on.beat()

        recovered = _havoc(helper, workers_on, workers, redis, database[0])
        until(lambda: not any(_open(helper.for_owner(job.owner), job) for job in jobs), seconds=END_SECONDS)
        until(lambda: not ada.jobs.list(state="queued").items and ada.count("") == MAILS, seconds=END_SECONDS)

        states = [helper.jobs.get(job.id) for job in jobs]
        late = sorted(recovered)[int(len(recovered) * 0.95)] if recovered else 0.0
        print(f"jobs {len(jobs)}, kills {KILLS}, recovered {len(recovered)}, p95 {late:.1f} s")
        assert {one.state for one in states} == {"done"}
        assert all(one.progress is not None and one.progress.done == 20 for one in states)
        assert all(dict(one.result)["steps"] <= 20 for one in states)
        assert ada.count("") == MAILS
        assert late <= RECOVERY_SECONDS


def _asked(helper: MailHelper) -> list[Job]:
    """Ask for all jobs of all owners, each for an account that nobody connects to."""
    found = []
    for number in range(OWNERS):
        owner = helper.for_owner(f"owner{number}")
        for each in range(JOBS_EACH):
            with owner.jobs.owner.begin() as uow:
                id_ = accounts.add(
                    uow,
                    "imap://127.0.0.1",
                    name=f"a{each}",
                    username=f"a{each}",
                    options={},
                    policy=AccountPolicy(),
                    addresses=frozenset(),
                )
                accounts.change(uow, id_, state="paused")
            found.append(owner.jobs.submit("embed", account_id=id_))
    return found


def _open(owner: OwnerServices, job: Job) -> bool:
    return owner.jobs.get(job.id).is_open


def _havoc(helper: MailHelper, started: Processes, workers: list, redis: Redis, postgres: Postgres) -> list[float]:
    """Kill what there is, in an order that a seed decides; answer after how long what was running was taken back."""
    chance = random.Random(7)
    deeds = ["worker"] * KILLS + ["redis"] * REDIS_KILLS + ["postgres"] * POSTGRES_RESTARTS
    chance.shuffle(deeds)
    recovered: list[float] = []
    for number, deed in enumerate(deeds):
        time.sleep(PAUSE_SECONDS)
        if deed == "redis":
            redis.stop()
            redis.start()
        elif deed == "postgres":
            postgres.restart()
        else:
            place = chance.randrange(len(workers))
            recovered += _kill(helper, started, workers, place, f"k{number}", whole=chance.random() < 0.3)
    return recovered


def _kill(helper: MailHelper, started: Processes, workers: list, place: int, name: str, *, whole: bool) -> list[float]:
    before = {one.id: one for one in _running(helper)}
    killed_at = helper.jobs.store.clock()
    if whole:
        workers[place] = started.replace(workers[place], name)
    else:
        for pid in children(workers[place]):
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.3)
    left = [one for one in before.values() if _is_left(helper, one, killed_at)]
    return [until(lambda one=one: not _is_left(helper, one, killed_at), seconds=120.0) for one in left]


def _running(helper: MailHelper) -> list[Job]:
    return [
        job for number in range(OWNERS) for job in helper.for_owner(f"owner{number}").jobs.list(state="running").items
    ]


def _is_left(helper: MailHelper, job: Job, since: object) -> bool:
    """Say whether a job counts as running and gives no sign of life since a moment: nobody has taken it back."""
    now = helper.jobs.get(job.id)
    return now.state == "running" and (now.heartbeat_at is None or now.heartbeat_at <= since)  # type: ignore[operator]
