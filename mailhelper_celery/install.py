"""install(): mailhelper's tasks on the host's own Celery app, and nothing on any other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from celery import Celery, signals
from celery.exceptions import TimeoutError as NoAnswerError

from mailhelper_celery import doctor, quiet, routes, tasks, wanted
from mailhelper_celery.process import WorkerProcess
from mailhelper_celery.queues import PING, PREFIX, TICK, checked
from mailhelper_celery.runner import CeleryRunner
from mailhelper_core import ConfigError, HealthItem, MailHelper

logger = logging.getLogger("mailhelper.celery")


# What is on which app: a task keeps the function that it was registered with, whatever is said later.
_installed: WeakKeyDictionary[Celery[Any], tuple[Callable[[], MailHelper], dict[str, str]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Installation:
    """What was installed: the runner for the host's own helper, and looks at what is running."""

    app: Celery[Any]
    runner: CeleryRunner
    queues: Mapping[str, str]

    def problems(self) -> tuple[str, ...]:
        """Answer which settings of the app do not fit, and why; workers log them at their start."""
        return wanted.problems(self.app, self.queues)

    def listening(self, *, timeout_seconds: float = 1.0) -> dict[str, bool]:
        """Ask all workers, and answer for each queue whether one of them listens to it."""
        answers = self.app.control.inspect(timeout=timeout_seconds).active_queues() or {}
        heard = {queue["name"] for queues in answers.values() for queue in queues}
        return {name: name in heard for name in sorted(self._names)}

    def look(self, *, timeout_seconds: float = 1.0) -> tuple[HealthItem, ...]:
        """Look at broker, workers, queues and settings of the deployment, with advice for what is wrong."""
        return doctor.look(self, timeout_seconds=timeout_seconds)

    def ping(self, *, timeout_seconds: float = 5.0) -> dict[str, int]:
        """Send a ping to a worker and back, where ticks go; needs a result backend. Raises celery's TimeoutError."""
        queue = self.queues.get(PING) or self._queue_of(TICK)
        answer = self.app.send_task(PREFIX + PING, expires=timeout_seconds, queue=queue)
        try:
            return dict(answer.get(timeout=timeout_seconds))
        except NoAnswerError as exc:
            answer.forget()  # else the interpreter's end finds a result that is still waited for, and says so at length
            raise NoAnswerError(f"No worker of the queue {queue!r} answered within {timeout_seconds:g} s.") from exc

    def deaf(self) -> str:
        """Answer what is wrong with the queues of this worker process; empty where it hears one that bells go to."""
        heard = set(self.app.amqp.queues.consume_from)
        if heard & self._names:
            return ""
        wanted_names = sorted(self._names)
        return (
            f"this worker listens to {', '.join(sorted(heard))} and to none of {', '.join(wanted_names)}: "
            f"it will do no job; start it with -Q {','.join(wanted_names)}"
        )

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(route.queue for route in routes.routes(self.app, self.queues))

    def _queue_of(self, name: str) -> str | None:
        return next((route.queue for route in routes.routes(self.app, self.queues, (name,))), None)


def install(
    app: Celery[Any],
    make_helper: Callable[[], MailHelper],
    *,
    queues: Mapping[str, str] | None = None,
    configure: bool = False,
) -> Installation:
    """Register the tasks and the tick on an app.

    make_helper is called once in each worker process, after the fork. queues names queues by task, such as QUEUES;
    tasks that it leaves out go to the host's own. Settings of the whole app are only checked, unless `configure`.
    The same call again answers the same, and registers nothing twice. Raises ConfigError for tasks that there are not,
    for what is no app or no function, and for another function or other queues on an app that has its tasks.
    """
    _require(app, make_helper)
    chosen = checked({} if queues is None else queues)
    runner = CeleryRunner(app, queues=chosen)
    installation = Installation(app, runner, chosen)
    if app in _installed:
        if _installed[app] != (make_helper, chosen):
            problem = "This Celery app has mailhelper's tasks already, of another make_helper or for other queues:"
            raise ConfigError(
                f"{problem} call install() once for each app, and use what it answered.", code="installed"
            )
        if configure:
            wanted.configure(app)
        return installation
    _installed[app] = (make_helper, chosen)
    tasks.register(app, WorkerProcess(make_helper, runner), chosen)
    tasks.schedule(app, chosen)
    if configure:
        wanted.configure(app)
    quiet.let_ticks_be_quiet()
    _connect(installation)
    return installation


def _require(app: object, make_helper: object) -> None:
    if not isinstance(app, Celery):
        raise ConfigError("install() takes your Celery app first: install(app, make_helper).", code="app")
    if not callable(make_helper):
        problem = "install() takes a function that makes a MailHelper, and no MailHelper:"
        raise ConfigError(f"{problem} each worker process makes its own, after the fork.", code="make_helper")


def _connect(installation: Installation) -> None:
    """Hear when the app is complete and when its workers start."""
    app: Any = installation.app

    def keep_the_tick(**_: Any) -> None:
        # A host that sets its own beat_schedule after install() has replaced the one with our entry.
        if app.configured and not tasks.is_scheduled(app):
            tasks.schedule(app, installation.queues)

    def warn(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "app", None) is app:
            for problem in installation.problems():
                logger.warning("%s", problem)

    def say_if_deaf(sender: Any = None, **_: Any) -> None:
        if getattr(sender, "app", None) is app and (said := installation.deaf()):
            logger.warning("%s", said)

    app.on_after_finalize.connect(keep_the_tick, weak=False)
    signals.worker_init.connect(warn, weak=False)
    signals.worker_ready.connect(say_if_deaf, weak=False)
