"""Settings of the whole Celery app that matter here: checked and warned about, set only where that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from celery import Celery

from mailhelper_celery import routes
from mailhelper_celery.tasks import HARD_LIMIT_SECONDS, is_scheduled

# Redis answers in a millisecond; one that says nothing for so long is away. kombu's own default is to wait for ever.
SOCKET_SECONDS = 30
CONNECT_SECONDS = 5
# Longer than any task of ours: a message is not delivered again while its task runs.
VISIBILITY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Wanted:
    """One setting: how to tell that it is right, what to say otherwise, and what to set."""

    name: str
    is_right: Callable[[Any], bool]
    why: str
    value: object


# Of the transport's options what a host has said stands, where it is right: its Sentinel, its prefix, its own times.
TRANSPORT: Mapping[str, int] = MappingProxyType(
    {
        "visibility_timeout": VISIBILITY_SECONDS,
        "socket_timeout": SOCKET_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        # Without them kombu tries for 6 s before it says that the broker is away, and a web request waits.
        "max_retries": 1,
        "interval_start": 0,
    }
)


def _is_long_enough(options: Mapping[str, Any]) -> bool:
    return (options.get("visibility_timeout", VISIBILITY_SECONDS) or 0) > HARD_LIMIT_SECONDS


WANTED = (
    Wanted(
        "worker_prefetch_multiplier",
        lambda value: value == 1,
        "a busy worker keeps messages that an idle one could take; set it to 1",
        1,
    ),
    Wanted(
        "accept_content",
        lambda value: {str(one).rpartition("/")[2] for one in value or ()} == {"json"},
        "workers have to accept JSON, and nothing else, for pickle runs what it is sent; set it to ['json']",
        ["json"],
    ),
    Wanted("task_always_eager", lambda value: not value, "tasks run inside the caller; set it to False", False),
    Wanted(
        "broker_transport_options",
        _is_long_enough,
        f"visibility_timeout must be longer than {HARD_LIMIT_SECONDS} s, or messages are delivered again and again",
        TRANSPORT,
    ),
)
# Named only: a web process loads nothing of Celery's worker.
CONSUMER = "mailhelper_celery.consumer:Consumer"
# A host may have a consumer of its own, and answers for it.
_CELERYS_CONSUMER = "celery.worker.consumer:Consumer"
_CONSUMER = Wanted(
    "worker_consumer",
    lambda value: value != _CELERYS_CONSUMER,
    f"with Celery 5.7 a worker ends when Redis goes away while one of its processes is idle; set it to {CONSUMER!r}",
    CONSUMER,
)
_ON_REDIS = (
    Wanted(
        "broker_transport_options",
        lambda value: bool(value.get("socket_timeout") and value.get("socket_connect_timeout")),
        "without socket_timeout and socket_connect_timeout a broker that hangs holds its callers for ever",
        None,
    ),
    _CONSUMER,
)
_NO_TICK = (
    "mailhelper.tick is not on it, so nobody looks after jobs and polls; set your own schedule before install(), "
    "or add to it instead of replacing it"
)
_NO_QUEUE = "must be there, for task_create_missing_queues is off: no job rings its workers without"


def problems(app: Celery[Any], queues: Mapping[str, str]) -> tuple[str, ...]:
    """Answer what is wrong with the app's settings, a sentence each."""
    app.finalize()  # then the schedule is what a beat will see
    wanted = (*WANTED, *_ON_REDIS) if _is_on_redis(app) else WANTED
    found = [f"{one.name}: {one.why}" for one in wanted if not one.is_right(app.conf[one.name])]
    if not is_scheduled(app):
        found.append(f"beat_schedule: {_NO_TICK}")
    if missing := routes.unknown(app, queues):
        found.append(f"task_queues: {', '.join(missing)} {_NO_QUEUE}")
    return tuple(found)


def _is_on_redis(app: Celery[Any]) -> bool:
    conf: Any = app.conf
    urls = [conf.broker_url, conf.broker_read_url, conf.broker_write_url]  # each a URL, several behind `;`, or a list
    each = [one for url in urls if url for one in ([url] if isinstance(url, str) else url)]
    return any(part.strip().startswith(("redis", "sentinel")) for one in each for part in str(one).split(";"))


def configure(app: Celery[Any]) -> None:
    """Set all of them, and keep trying to reach the broker at the start."""
    values: dict[str, object] = {one.name: one.value for one in WANTED}
    values["broker_transport_options"] = _merged(app.conf.broker_transport_options or {})
    if not _CONSUMER.is_right(app.conf[_CONSUMER.name]):
        values[_CONSUMER.name] = _CONSUMER.value
    app.conf.update(values, broker_connection_retry_on_startup=True)


def _merged(options: Mapping[str, Any]) -> dict[str, Any]:
    wrong = {name for name in ("socket_timeout", "socket_connect_timeout") if not options.get(name)}
    if not _is_long_enough(options):
        wrong.add("visibility_timeout")
    return {**TRANSPORT, **{name: value for name, value in options.items() if name not in wrong}}
