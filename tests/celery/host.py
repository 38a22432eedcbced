"""A host's own Celery app, as worker processes of the tests load it; the environment says where everything is."""

from __future__ import annotations

import os
import signal
import time
from types import SimpleNamespace
from typing import Any

from celery import Celery

from mailhelper_celery import install
from mailhelper_core import Classifier, MailHelper, Settings, each, hookimpl
from mailhelper_core.model.report import Progress

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
LEASE_SECONDS = float(os.environ.get("HOST_LEASE_SECONDS", "2"))
STEP_SECONDS = float(os.environ.get("HOST_STEP_SECONDS", "0.1"))

app: Celery[Any] = Celery("host", broker=os.environ["HOST_BROKER_URL"], backend=os.environ["HOST_BROKER_URL"])


@each
def evil(message: Any) -> None:
    """End the worker at the sight of one message, as a fault in native code does."""
    if "poison" in message.subject:
        os.kill(os.getpid(), signal.SIGKILL)


@hookimpl
def register_classifiers() -> list[Classifier]:
    """Offer a classifier that kills."""
    return [Classifier("evil", evil)]


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


def deadly(one: Any) -> dict[str, int]:
    """End the worker, always."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def make_helper() -> MailHelper:
    """Make the helper of one worker process, with two kinds of jobs that only tests have."""
    settings = Settings(
        database_url=os.environ["HOST_DATABASE_URL"], key=KEY, lease_seconds=LEASE_SECONDS, job_retry_seconds=0.0
    )
    plugin = SimpleNamespace(__name__="evil", register_classifiers=register_classifiers)
    helper = MailHelper(settings, plugins=[plugin])
    helper.jobs.works = {**helper.jobs.works, "embed": slow, "train": deadly}
    return helper


installation = install(app, make_helper, configure=True)
# Beside the tick of every five seconds, one that lets tests be short.
app.add_periodic_task(1.0, app.signature("mailhelper.tick"), name="quick", expires=1.0)
