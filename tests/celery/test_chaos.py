"""Campaigns: workers, Redis and PostgreSQL are killed while many jobs run; nothing is lost or doubled.

A short one belongs to every run of the tests; the long one, of hundreds of jobs and minutes, to `--full`.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mailhelper_core import Job, MailHelper, OwnerServices, Rule, Settings
from mailhelper_core.jobs.beat import BEATS_A_LEASE
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.work.job import JobState
from mailhelper_core.store.mail import accounts
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.conftest import KEY
from tests.celery.processes import Processes, children, until
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.redis import Redis, new_redis

pytestmark = pytest.mark.servers


@dataclass(frozen=True)
class Campaign:
    """How much is asked for, and what is killed meanwhile."""

    owners: int
    jobs_each: int
    mails: int
    workers: int
    kills: int
    redis_kills: int
    postgres_restarts: int
    pause_seconds: float
    step_seconds: float
    lease_seconds: float
    least_hits: int  # jobs that were at work where they were killed
    pool_size: int = 1


# The long one has what a host has by default: a lease of 20 s, a tick each 5 s. In a worker of the short one a process
# may wait while the other works, as in `examples/deploy`.
SHORT = Campaign(
    4, 10, 40, 2, 3, 1, 1, pause_seconds=0.1, step_seconds=0.015, lease_seconds=2.0, least_hits=1, pool_size=2
)
LONG = Campaign(15, 20, 300, 4, 30, 5, 3, pause_seconds=2.0, step_seconds=0.3, lease_seconds=20.0, least_hits=15)
RECOVERY_SECONDS = 30.0
END_SECONDS = 900.0
RULE = Rule("all", when="larger:1", then=[("addflag", "$Bill"), ("fileinto", "Sorted")])


@pytest.fixture(params=[pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.full)])
def campaign(request: pytest.FixtureRequest) -> Campaign:
    """The campaign of this test."""
    found: Campaign = request.param
    return found


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
def workers_on(campaign: Campaign, redis: Redis, database: tuple[Postgres, str], tmp_path: Path) -> Iterator[Processes]:
    """Worker processes on both."""
    environment = {
        "HOST_BROKER_URL": redis.url,
        "HOST_DATABASE_URL": database[1],
        "HOST_LEASE_SECONDS": str(campaign.lease_seconds),
        "HOST_STEP_SECONDS": str(campaign.step_seconds),
        "HOST_COUNTS_STEPS": "yes",
    }
    started = Processes(tmp_path, environment, pool_size=campaign.pool_size)
    yield started
    started.stop()


def test_nothing_is_lost_or_doubled_whatever_is_killed(
    campaign: Campaign, workers_on: Processes, redis: Redis, database: tuple[Postgres, str]
) -> None:
    with MailHelper(Settings(database[1], key=KEY)) as helper, ImapServer(users={"ada": "secret"}) as server:
        helper.migrate()
        _make_room_for_steps(helper)
        helper.jobs.works = {**helper.jobs.works, "embed": lambda one: {}}  # the workers' function, by name
        sent = sorted(mail.raw for mail in MailboxGenerator(seed=7).mails(campaign.mails))
        for raw in sent:
            server.store.user("ada").mailbox("INBOX").append(raw)
        jobs = _asked(helper, campaign)
        ada = helper.for_owner("ada")
        ada.rules.save(RULE)
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.jobs.submit("run", account_id=account.id)
        workers_on.beat()
        workers = workers_on.workers(*(f"w{number}" for number in range(campaign.workers)))

        recovered = _havoc(helper, campaign, workers_on, workers, redis, database[0])
        until(lambda: not any(_open(helper.for_owner(job.owner), job) for job in jobs), seconds=END_SECONDS)
        until(lambda: _has_done_all(ada, campaign.mails), seconds=END_SECONDS)

        states = [helper.jobs.get(job.id) for job in jobs]
        late = sorted(recovered)[int(len(recovered) * 0.95)] if recovered else 0.0
        print(f"jobs {len(jobs)}, kills {campaign.kills}, recovered {len(recovered)}, p95 {late:.1f} s")
        assert len(recovered) >= campaign.least_hits, "too little was at work where it was killed to prove anything"
        assert {one.state for one in states} == {"done"}
        assert all(one.progress is not None and one.progress.done == 20 for one in states)
        assert _steps(helper) == {job.account_id: list(range(20)) for job in jobs}
        assert late <= RECOVERY_SECONDS
        ada.accounts.update(account.id, paused=True)  # no poll holds what is now looked at
        assert _on_server(server) == {"INBOX": [], "Sorted": sent}
        assert all("$bill" in one.flags for one in server.store.user("ada").mailbox("Sorted").messages)
        ada.accounts.update(account.id, paused=False)
        assert ada.accounts.verify(account.id).ok


def _make_room_for_steps(helper: MailHelper) -> None:
    """Make the table in which the workers' jobs leave a row a step; nothing in it keeps a row from coming twice."""
    with helper.jobs.store.begin() as connection:
        connection.execute(text("CREATE TABLE steps (account_id bigint, step integer)"))


def _steps(helper: MailHelper) -> dict[int, list[int]]:
    """Answer the steps that were done, by account."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    with helper.jobs.store.read() as connection:
        for account_id, step in connection.execute(text("SELECT account_id, step FROM steps ORDER BY step")):
            found[account_id].append(step)
    return found


def _has_done_all(ada: OwnerServices, mails: int) -> bool:
    is_open = any(ada.jobs.list(state=state).items for state in ("queued", "running"))
    return not is_open and ada.count("in:Sorted") == mails and not ada.outbox.pending()


def _on_server(server: ImapServer) -> dict[str, list[bytes]]:
    found = {box.name: sorted(one.raw for one in box.messages) for box in server.store.user("ada").mailboxes}
    return {name: raws for name, raws in found.items() if raws or name == "INBOX"}


def _asked(helper: MailHelper, campaign: Campaign) -> list[Job]:
    """Ask for all jobs of all owners, each for an account that nobody connects to."""
    found = []
    for number in range(campaign.owners):
        owner = helper.for_owner(f"owner{number}")
        for each in range(campaign.jobs_each):
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


def _havoc(
    helper: MailHelper, campaign: Campaign, started: Processes, workers: list, redis: Redis, postgres: Postgres
) -> list[float]:
    """Kill what there is, in an order that a seed decides; answer after how long what was running was taken back."""
    chance = random.Random(7)
    owners = ["ada", *(f"owner{number}" for number in range(campaign.owners))]
    deeds = ["redis"] * campaign.redis_kills + ["postgres"] * campaign.postgres_restarts
    deeds += ["worker"] * (campaign.kills - 1)
    chance.shuffle(deeds)
    recovered: list[float] = []
    # All pools at once, until a job was hit: what ends between a look and its kill would prove nothing.
    while not recovered and _in_state(helper, owners, "queued"):
        recovered = _recovered(helper, campaign, owners, lambda: _kill_pools(*workers))
    for number, deed in enumerate(deeds):
        time.sleep(campaign.pause_seconds)
        if deed == "redis":
            redis.stop()
            redis.start()
        elif deed == "postgres":
            postgres.restart()
        else:
            place, is_whole = chance.randrange(len(workers)), chance.random() < 0.3

            def kill(place: int = place, name: str = f"k{number}", *, is_whole: bool = is_whole) -> None:
                if is_whole:
                    workers[place] = started.replace(workers[place], name)
                else:
                    _kill_pools(workers[place])

            recovered += _recovered(helper, campaign, owners, kill)
    return recovered


def _kill_pools(*workers: Any) -> None:
    for worker in workers:
        for pid in children(worker):
            os.kill(pid, signal.SIGKILL)


def _recovered(helper: MailHelper, campaign: Campaign, owners: list[str], kill: Callable[[], None]) -> list[float]:
    """Kill while something runs, and answer after how long, from the kill on, each job that was hit was taken back."""
    until(lambda: _in_state(helper, owners, "running") or not _in_state(helper, owners, "queued"))
    before = _in_state(helper, owners, "running")
    killed_at, began = helper.jobs.store.clock(), time.monotonic()
    kill()
    time.sleep(campaign.lease_seconds / BEATS_A_LEASE + 0.3)  # who lives has given a sign of it by then
    left = [one for one in before if _is_left(helper, one, killed_at)]
    found: list[float] = []
    while left:
        assert time.monotonic() - began < 120.0, "a job that was hit was not taken back"
        time.sleep(0.1)
        still = [one for one in left if _is_left(helper, one, killed_at)]
        found += [time.monotonic() - began] * (len(left) - len(still))
        left = still
    return found


def _in_state(helper: MailHelper, owners: list[str], state: JobState) -> list[Job]:
    return [job for owner in owners for job in helper.for_owner(owner).jobs.list(state=state).items]


def _is_left(helper: MailHelper, job: Job, since: object) -> bool:
    """Say whether a job counts as running and gives no sign of life since a moment: nobody has taken it back."""
    now = helper.jobs.get(job.id)
    return now.state == "running" and (now.heartbeat_at is None or now.heartbeat_at <= since)  # type: ignore[operator]
