"""Where messages of our tasks go: where install() was told to, else where the host's routes say, else its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from celery import Celery
from celery.exceptions import QueueNotFound

from mailhelper_celery.queues import KINDS, PREFIX, TICK


@dataclass(frozen=True, slots=True)
class Route:
    """The queue of one task, and whether the app knows it."""

    task: str
    queue: str
    is_known: bool = True


def routes(app: Celery[Any], queues: Mapping[str, str], names: tuple[str, ...] = (*KINDS, TICK)) -> Iterator[Route]:
    """Yield where each task goes."""
    # A copy: a router that is asked for a new queue makes it, and a worker without -Q may come to listen to it.
    amqp: Any = app.amqp
    router = amqp.Router(amqp.Queues(list(amqp.queues.values())))
    for name in names:
        chosen = queues.get(name, "")
        try:
            options = router.route({"queue": chosen} if chosen else {}, PREFIX + name)
        except QueueNotFound:
            yield Route(name, chosen or str(app.conf.task_default_queue), is_known=False)
        else:
            # A route of exchange and key alone names no queue: who listens there is the host's to say.
            if "queue" in options:
                yield Route(name, str(options["queue"].name))


def kinds_beside(app: Celery[Any], queues: Mapping[str, str], kind: str) -> frozenset[str]:
    """Answer the kinds of jobs whose bells are heard where this one's is: a worker serves its queue, not one task.

    Kinds whose routes name no queue count as heard by the same workers.
    """
    queue_of = {route.task: route.queue for route in routes(app, queues, KINDS)}
    return frozenset(other for other in KINDS if queue_of.get(other) == queue_of.get(kind))


def unknown(app: Celery[Any], queues: Mapping[str, str]) -> tuple[str, ...]:
    """Answer the queues that tasks should go to and that the app refuses to make."""
    return tuple(sorted({route.queue for route in routes(app, queues) if not route.is_known}))
