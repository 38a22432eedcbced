"""One service, four hosts: library calls, the caller, threads and Celery workers leave the same behind.

On both databases, with jobs of every kind: all that they leave is compared (`result.py`).
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from celery import Celery

from mailhelper_celery import CeleryRunner
from mailhelper_celery.queues import KINDS
from mailhelper_core import InlineRunner, Job, MailHelper, OwnerServices, Rule, Runner, Settings, ThreadRunner
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.conftest import KEY, MAILS
from tests.celery.processes import Processes, kill_tree, until
from tests.celery.result import result
from tests.servers.redis import Redis

pytestmark = pytest.mark.servers

Left = dict[str, list[str]]
# Of the first act: what a `run` does, in steps. Of the second: all that an owner can ask for.
FIRST = ("sync", "index", "process", "apply_rules", "draft_reply", "embed", "deliver")
SECOND = (
    "train", "reprocess", "process", "apply_rules", "draft_reply", "embed", "index", "deliver", "run", "maintenance",
)  # fmt: skip


def prepared(helper: MailHelper, server: ImapServer) -> tuple[OwnerServices, int]:
    """Give an owner an account, and rules with deeds at the server, in the store and for the replies."""
    ada = helper.for_owner("ada")
    account = ada.accounts.add(server.url, username="ada", password="secret")
    ada.rules.save(Rule("bills", when="category:finance", then=[("tag", "bill"), ("addflag", "$Bill")]))
    ada.rules.save(Rule("answer", when="category:people OR category:finance", then=[("draft_reply", "formal")]))
    ada.rules.save(Rule("read", when="is:unread", then=[("fileinto", "Sorted")]))
    return ada, account.id


def taught(ada: OwnerServices, server: ImapServer) -> None:
    """Say enough for a model of importance and for a tag, each time in the same order; then more mail comes."""
    mails = sorted(ada.search(""), key=lambda one: (one.subject, one.size))
    for mail in mails:
        ada.opinions.correct([mail.id], importance=3 if "shift plan" in mail.subject else 1)
    ada.tags.create("shifts")
    ada.tags.assign([mail.id for mail in mails if "shift plan" in mail.subject], "shifts")
    ada.learning.suggest_tags([mail.id for mail in mails])  # how sure a tag is, is learned once: here of the same mail
    for number in range(4, 6):
        deliver(server, number)


def deliver(server: ImapServer, number: int) -> None:
    """Let one more mail of Bob's lie in the inbox: of a person, about money, unread, and one of a series."""
    raw = (
        f"From: Bob <bob@shop.example>\r\nTo: ada@example.org\r\nSubject: The shift plan {number}\r\n"
        f"Date: Tue, {number + 1:02} Dec 2026 10:00:00 +0000\r\nMessage-ID: <{number}@shop.example>\r\n\r\n"
        f"Dear Ada, here is the shift plan of week {number}. Can you come on Friday?\r\nPlease pay the invoice.\r\n"
    )
    # At a time of its own: what is known of Bob when a mail comes is what came before it.
    came_at = datetime(2026, 12, number + 1, 10, tzinfo=UTC)
    server.store.user("ada").mailbox("INBOX").append(raw.encode(), internal_date=came_at)


def called(ada: OwnerServices, account_id: int, server: ImapServer) -> None:
    """Make the journey in library calls."""
    ada.run(account_id)
    taught(ada, server)
    ada.learning.train()
    ada.reprocess(account_id)
    ada.run(account_id)
    ada.maintain()


def asked(ada: OwnerServices, account_id: int, server: ImapServer, *, first: tuple[str, ...] = ("run",)) -> None:
    """Make the journey in jobs, one after the other."""
    for kind in first:
        wait_for(ada, ada.jobs.submit(kind, account_id=account_id))
    taught(ada, server)
    for kind in SECOND:
        wait_for(ada, ada.jobs.submit(kind, account_id=account_id))
    wait_for(ada)


def wait_for(ada: OwnerServices, *jobs: Job) -> None:
    """Wait for the end of some jobs, or of all."""
    if not jobs:
        until(lambda: not ada.jobs.list(state="queued").items and not ada.jobs.list(state="running").items)
    for job in jobs:
        until(lambda id_=job.id: not ada.jobs.get(id_).is_open)  # type: ignore[misc]
        assert ada.jobs.get(job.id).state == "done"


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What library calls leave behind."""
    url = f"sqlite:///{tmp_path_factory.mktemp('direct') / 'mail.db'}"
    with new_server() as server, MailHelper(Settings(url, key=KEY)) as helper:
        helper.migrate()
        called(*prepared(helper, server), server)
        return result(helper)


def new_server() -> ImapServer:
    """Answer a server with the same mail each time."""
    server = ImapServer(users={"ada": "secret"})
    MailboxGenerator(seed=7).fill(server.store.user("ada"), count=MAILS)
    for number in range(4):
        deliver(server, number)
    return server


@pytest.fixture(params=["calls", "inline", "threads", "celery"])
def helper(request: pytest.FixtureRequest, database_url: str) -> Iterator[MailHelper]:
    """A helper with each runner; whatever ran before, nobody else works for it."""
    runner: Runner = ThreadRunner(2, tick_seconds=1.0) if request.param == "threads" else InlineRunner()
    app = new_app(request.getfixturevalue("redis"), "hosts", 2) if request.param == "celery" else None
    with MailHelper(Settings(database_url, key=KEY), runner=runner if app is None else CeleryRunner(app)) as made:
        if app is None:
            yield made
            return
        (worker,) = workers_of(request.getfixturevalue("processes"), app, database_url)
        yield made
        kill_tree(worker)


def new_app(redis: Redis, name: str, number: int) -> Celery[Any]:
    """Answer an app on a database of that Redis where no other test leaves messages."""
    return Celery(name, broker=f"{redis.url.rpartition('/')[0]}/{number}", set_as_current=False)


def workers_of(processes: Processes, app: Celery[Any], url: str, **more: str) -> list[subprocess.Popen[bytes]]:
    """Start a worker that hears this app, works on this database, and has no kinds of jobs of its own."""
    own = {"HOST_BROKER_URL": str(app.conf.broker_url), "HOST_DATABASE_URL": url, "HOST_HAS_REAL_WORKS": "yes"}
    return replace(processes, environment=processes.environment | own | more).workers(str(app.main))


def test_every_host_leaves_the_same_behind(helper: MailHelper, direct: Left, request: pytest.FixtureRequest) -> None:
    journey: Callable[[OwnerServices, int, ImapServer], None] = called if "calls" in request.node.name else asked
    with new_server() as server:
        journey(*prepared(helper, server), server)

        assert result(helper) == direct


def test_the_journey_leaves_something_of_everything_that_is_compared(direct: Left) -> None:
    assert {name for name, rows in direct.items() if not rows} == {"pending"}


def test_a_job_for_each_step_leaves_the_same_behind_as_one(direct: Left, sqlite_database: str) -> None:
    with new_server() as server, MailHelper(Settings(sqlite_database, key=KEY), runner=ThreadRunner(2)) as helper:
        asked(*prepared(helper, server), server, first=FIRST)

        assert result(helper) == direct


def test_bells_that_come_three_times_and_backwards_leave_the_same_behind(
    direct: Left, processes: Processes, redis: Redis, database_url: str
) -> None:
    """F84: bells of every kind come thrice, out of order, and again when all has ended."""
    app = new_app(redis, "bells", 1)
    with new_server() as server, MailHelper(Settings(database_url, key=KEY)) as helper:
        ada, account_id = prepared(helper, server)
        (worker,) = workers_of(processes, app, database_url)
        # Backwards, a round may do no more than one stage of the journey.
        jobs = [job for _ in range(5) for job in round_of(app, ada, account_id, FIRST)]
        taught(ada, server)
        jobs += [job for _ in range(3) for job in round_of(app, ada, account_id, SECOND)]
        ring(app, [*reversed(jobs)] * 3)
        last = ada.jobs.submit("maintenance")
        ring(app, [last])
        wait_for(ada, last)
        kill_tree(worker)

        assert {job.kind for job in jobs} == set(KINDS)
        assert {ada.jobs.get(job.id).state for job in jobs} == {"done"}
        assert result(helper) == direct


def round_of(app: Celery[Any], ada: OwnerServices, account_id: int, kinds: tuple[str, ...]) -> list[Job]:
    """Ask for jobs, ring for them three times, the last one first, with ticks among them, and wait for all."""
    asked = [ada.jobs.submit(kind, account_id=account_id) for kind in kinds]
    ring(app, [*reversed(asked)] * 3)
    wait_for(ada)
    return asked


def ring(app: Celery[Any], jobs: list[Job]) -> None:
    """Send a message for each job, as whoever submits it and every tick may do, and ticks between them."""
    for job in jobs:
        app.send_task(f"mailhelper.{job.kind}", args=(job.id,), ignore_result=True)
        app.send_task("mailhelper.tick", ignore_result=True)
