"""install(): mailhelper's tasks on the host's own Celery app, and nothing on any other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from celery import Celery, signals

from mailhelper_celery import doctor, tasks, wanted
from mailhelper_celery.process import WorkerProcess
from mailhelper_celery.queues import PING, PREFIX
from mailhelper_celery.runner import CeleryRunner
from mailhelper_core import HealthItem, MailHelper

logger = logging.getLogger("mailhelper.celery")


@dataclass(frozen=True, slots=True)
class Installation:
    """What was installed: the runner for the host's own helper, and looks at what is running."""

    app: Celery[Any]
    runner: CeleryRunner
    queues: Mapping[str, str]

    def problems(self) -> tuple[str, ...]:
        """Answer which settings of the app do not fit, and why; workers log them at their start."""
        return wanted.problems(self.app)

    def listening(self, *, timeout_seconds: float = 1.0) -> dict[str, bool]:
        """Ask all workers, and answer for each queue whether one of them listens to it."""
        wanted_queues = set(self.queues.values()) or {str(self.app.conf.task_default_queue)}
        answers = self.app.control.inspect(timeout=timeout_seconds).active_queues() or {}
        heard = {queue["name"] for queues in answers.values() for queue in queues}
        return {name: name in heard for name in sorted(wanted_queues)}

    def look(self, *, timeout_seconds: float = 1.0) -> tuple[HealthItem, ...]:
        """Look at broker, workers, queues and settings of the deployment, with advice for what is wrong."""
        return doctor.look(self, timeout_seconds=timeout_seconds)

    def ping(self, *, timeout_seconds: float = 5.0) -> dict[str, int]:
        """Send a ping to a worker and back; needs a result backend. Raises celery's TimeoutError."""
        options: dict[str, Any] = {"queue": self.queues[PING]} if PING in self.queues else {}
        answer = self.app.send_task(PREFIX + PING, expires=timeout_seconds, **options)
        return dict(answer.get(timeout=timeout_seconds))


def install(
    app: Celery[Any],
    make_helper: Callable[[], MailHelper],
    *,
    queues: Mapping[str, str] | None = None,
    configure: bool = False,
) -> Installation:
    """Register the tasks and the tick on an app.

    make_helper is called once in each worker process, after the fork. queues names queues by task, such as QUEUES;
    by default all tasks go to the host's own. Settings of the whole app are only checked, unless `configure`.
    """
    chosen = dict(queues or {})
    runner = CeleryRunner(app, queues=chosen)
    installation = Installation(app, runner, chosen)
    tasks.register(app, WorkerProcess(make_helper, runner), chosen)
    if configure:
        wanted.configure(app)

    def warn(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "app", None) is app:
            for problem in installation.problems():
                logger.warning("%s", problem)

    signals.worker_init.connect(warn, weak=False)
    return installation
