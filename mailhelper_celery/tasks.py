"""The tasks: an id in, ids and counts out. A lost or doubled message changes nothing, for the row is the truth."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from celery import Celery

from mailhelper_celery.process import WorkerProcess
from mailhelper_celery.queues import KINDS, PING, PREFIX, TICK
from mailhelper_celery.routes import kinds_beside
from mailhelper_core import MailHelperError

logger = logging.getLogger("mailhelper.celery")

# A slice takes a minute, and its last question to a model another; what hangs longer hangs for good.
SOFT_LIMIT_SECONDS = 150
HARD_LIMIT_SECONDS = 180
TICK_SECONDS = 5.0
# A message expires by the worker's clock, at a time that the beat's has said: a tick counts where they differ by half a
# minute. What of ticks is too old is dropped unread; of those that waited and are not, one is enough.
TICK_EXPIRES_SECONDS = TICK_SECONDS + 30.0
TICKED_SECONDS = 0.5
TICK_LIMIT_SECONDS = 60

Result = dict[str, int | str]
_COMMON: Mapping[str, Any] = {
    "shared": False,  # not in every other Celery app of the process
    "serializer": "json",
    "max_retries": 0,  # there is one retry engine, and it is the row
    "acks_late": True,
    "reject_on_worker_lost": True,
}


def register(app: Celery[Any], process: WorkerProcess, queues: Mapping[str, str]) -> None:
    """Register all tasks on an app."""
    for kind in KINDS:
        # Asked for at the first bell: a host may set its routes after it has installed us.
        kinds = cache(partial(kinds_beside, app, queues, kind))
        _add(app, kind, _run(process, kinds), HARD_LIMIT_SECONDS, soft_time_limit=SOFT_LIMIT_SECONDS)
    _add(app, TICK, _tick(process), TICK_LIMIT_SECONDS)
    _add(app, PING, _ping(process), TICK_LIMIT_SECONDS, ignore_result=False)


def is_scheduled(app: Celery[Any]) -> bool:
    """Whether a beat of this app sends ticks."""
    return any(entry.get("task") == PREFIX + TICK for entry in (app.conf.beat_schedule or {}).values())


def schedule(app: Celery[Any], queues: Mapping[str, str]) -> None:
    """Put the tick on an app's schedule."""
    # A tick that comes late is the next one's work.
    options: dict[str, Any] = {"expires": TICK_EXPIRES_SECONDS}
    if TICK in queues:
        options["queue"] = queues[TICK]
    app.add_periodic_task(TICK_SECONDS, app.signature(PREFIX + TICK), name=PREFIX + TICK, **options)


def _add(
    app: Celery[Any],
    name: str,
    function: Callable[..., Result | None],
    limit: int,
    *,
    soft_time_limit: int | None = None,
    ignore_result: bool = True,
) -> None:
    options: dict[str, Any] = {"time_limit": limit, "soft_time_limit": soft_time_limit, "ignore_result": ignore_result}
    options |= {"name": PREFIX + name, **_COMMON}
    app.task(**options)(function)


def _run(process: WorkerProcess, kinds: Callable[[], frozenset[str]]) -> Callable[[int], Result | None]:
    def run(job_id: int = 0) -> Result | None:
        """Work for one slice on the job whose turn it is; job_id says that one is due."""
        try:
            job = process.helper.jobs.run(job_id or None, kinds=kinds())
        except MailHelperError as exc:  # such as a database that is away: the row waits, and ticks ring for it
            logger.warning("jobs wait: %s", exc.code)
            return None
        return None if job is None else {"job": job.id, "state": job.state}

    return run


def _tick(process: WorkerProcess) -> Callable[[], Result | None]:
    def tick() -> Result | None:
        """Look after all jobs, and ring for what is due; not where this worker has just done so."""
        if not process.is_first_tick_in(TICKED_SECONDS):
            return None
        try:
            report = process.helper.jobs.tick()
        except MailHelperError as exc:
            logger.warning("a tick failed: %s", exc.code)
            return None
        return {"reaped": report.reaped, "rung": report.rung, "polls_due": report.polls_due}

    return tick


def _ping(process: WorkerProcess) -> Callable[[], Result]:
    def ping() -> Result:
        """Answer that a worker listens, and how many things are wrong where it stands."""
        problems = [item for item in process.helper.check().items if not item.ok]
        return {"pid": os.getpid(), "problems": len(problems)}

    return ping
