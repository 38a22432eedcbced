"""A host's own Celery app, as worker processes of the tests load it; the environment says where everything is."""

from __future__ import annotations

import os
import signal
import time
from types import SimpleNamespace
from typing import Any

from celery import Celery
from sqlalchemy import text

from mailhelper_celery import install
from mailhelper_celery.queues import KINDS, PREFIX
from mailhelper_core import Classifier, Endpoint, MailHelper, Settings, SourceType, dispatch, each, hookimpl
from mailhelper_core.model.work.report import Progress
from mailhelper_core.server.local import LocalSession
from mailhelper_core.store.lease import renew_lease

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
LEASE_SECONDS = float(os.environ.get("HOST_LEASE_SECONDS", "2"))
STEP_SECONDS = float(os.environ.get("HOST_STEP_SECONDS", "0.1"))

app: Celery[Any] = Celery("host", broker=os.environ["HOST_BROKER_URL"], backend=os.environ["HOST_BROKER_URL"])


@each
def evil(message: Any) -> None:
    """End the worker at the sight of one message, as a fault in native code does."""
    if message.subject == "poison":
        os.kill(os.getpid(), signal.SIGKILL)


@each
def leaving(message: Any) -> None:
    """End the worker as if all were well."""
    if message.subject == "leave":
        os._exit(0)


@each
def waiting(message: Any) -> None:
    """Wait for what never comes."""
    if message.subject == "wait":
        time.sleep(3_600)


@each
def deaf(message: Any) -> None:
    """Wait in native code, where no limit can raise anything."""
    if message.subject == "deaf":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGTERM})
        time.sleep(3_600)


@each
def slow_reader(message: Any) -> None:
    """Take its time for each message, where a test wants to end its worker meanwhile; and say nothing."""
    time.sleep(float(os.environ.get("HOST_READ_SECONDS", "0")))


def stuck(endpoint: Endpoint) -> LocalSession:
    """Open an empty mail store; wait in native code once there is the file that the URL names."""
    if os.path.exists(endpoint.path):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGTERM})
        time.sleep(3_600)
    return LocalSession(dict, delimiter="/")


@hookimpl
def register_sources() -> list[SourceType]:
    """Offer a source that hangs."""
    return [SourceType("stuck", ("stuck",), stuck)]


@hookimpl
def register_classifiers() -> list[Classifier]:
    """Offer classifiers that kill, leave, hang and linger."""
    return [Classifier(one.__name__, one) for one in (evil, leaving, waiting, deaf, slow_reader)]


def slow(one: Any) -> dict[str, int]:
    """Work in short steps until all twenty are done, each of them kept."""
    done = int(one.cursor or 0)
    steps = 0
    while done < 20 and not one.is_over():
        time.sleep(STEP_SECONDS)
        done += 1
        steps += 1
        one.mark(str(done))
        one.progress(Progress("slow", done, 20))
    return {"steps": steps}


def counted(store: Any) -> Any:
    """Make a work of twenty steps, each of which leaves a row under the job's lease, as a stage leaves what it did."""

    def work(one: Any) -> dict[str, int]:
        steps = 0
        while (done := _kept(store, one.account_id)) < 20 and not one.is_over():
            time.sleep(STEP_SECONDS)
            with store.begin() as connection:
                renew_lease(connection, one.lease, store.now())
                connection.execute(text("INSERT INTO steps VALUES (:id, :step)"), {"id": one.account_id, "step": done})
            steps += 1
            one.progress(Progress("slow", done + 1, 20))
        return {"steps": steps}

    return work


def _kept(store: Any, account_id: int) -> int:
    with store.read() as connection:
        found = connection.scalar(text("SELECT count(*) FROM steps WHERE account_id = :id"), {"id": account_id})
        return int(found)


def deadly(one: Any) -> dict[str, int]:
    """End the worker, always."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def make_helper() -> MailHelper:
    """Make the helper of one worker process, with kinds of jobs that only tests have, unless they want none."""
    # What was sent when a worker was killed is looked for after that time; it goes with the lease, as by default.
    timeout = min(60.0, 5 * LEASE_SECONDS)
    settings = Settings(
        database_url=os.environ["HOST_DATABASE_URL"], key=KEY, lease_seconds=LEASE_SECONDS, job_retry_seconds=0.0,
        server_timeout_seconds=timeout,
    )  # fmt: skip
    plugin = SimpleNamespace(
        __name__="evil", register_classifiers=register_classifiers, register_sources=register_sources
    )
    helper = MailHelper(settings, plugins=[plugin])
    if "HOST_HAS_REAL_WORKS" in os.environ:
        return helper
    works = helper.jobs.works
    steps = counted(helper.jobs.store) if "HOST_COUNTS_STEPS" in os.environ else slow
    helper.jobs.works = {**works, "embed": steps, "train": deadly, "reprocess": works["process"]}
    return helper


installation = install(app, make_helper, configure=True)
if "HOST_SOFT_LIMIT_SECONDS" in os.environ:
    # Limits that a test can wait for, of every task: a bell of any kind may begin any job.
    soft = float(os.environ["HOST_SOFT_LIMIT_SECONDS"])
    for name in KINDS:
        app.tasks[PREFIX + name].soft_time_limit, app.tasks[PREFIX + name].time_limit = soft, 2 * soft
    dispatch.OVERRUN_SECONDS = soft / 2
# Beside the tick of every five seconds, one that lets tests be short.
app.add_periodic_task(1.0, app.signature("mailhelper.tick"), name="quick", expires=1.0)
