"""CeleryRunner: passes bells to workers as messages that name a task and carry one id."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from mailhelper_celery.queues import PREFIX
from mailhelper_core import Bell

logger = logging.getLogger("mailhelper.celery")

# A bell that nobody heard for so long is of no use: a tick has rung again.
EXPIRES_SECONDS = 60
# A broker that is away is left alone for so long, so that nobody waits for it at each click; ticks ring later.
SILENT_SECONDS = 30.0


class CeleryRunner:
    """The runner of processes whose jobs are done by Celery workers.

    A broker that is away, or an app that cannot send, costs no job: the row waits for a tick or another worker.
    """

    def __init__(self, app: Celery[Any], *, queues: Mapping[str, str] | None = None) -> None:
        self._app, self._queues = app, dict(queues or {})
        self._silent_until = 0.0

    def start(self, jobs: object) -> None:
        """Celery's beat looks after the jobs."""

    def ring(self, jobs: object, bells: Sequence[Bell]) -> None:
        """Send a task for each bell; it claims the job whose turn it is, so the id is only a hint."""
        for bell in bells:
            if monotonic() < self._silent_until:
                return
            self._send(bell)

    def stop(self) -> None:
        """Nothing is at work in this process."""

    def _send(self, bell: Bell) -> None:
        options: dict[str, Any] = {"expires": EXPIRES_SECONDS, "ignore_result": True, "retry": False}
        if bell.kind in self._queues:
            options["queue"] = self._queues[bell.kind]
        try:
            self._app.send_task(
                PREFIX + bell.kind,
                args=(bell.job_id,),
                argsrepr="()",
                kwargsrepr="{}",
                serializer="json",
                **options,
            )
        except (OperationalError, OSError) as exc:
            self._silent_until = monotonic() + SILENT_SECONDS
            logger.warning("the broker is away, jobs wait for a tick: %s", type(exc).__name__)
        except Exception as exc:  # noqa: BLE001 - the job is committed: no setting of the app may fail its caller now
            logger.warning("no bell was rung for %s, it waits: %s", bell.kind, type(exc).__name__)
