"""What a look at a deployment finds: the broker and its settings, workers, queues that nobody hears, the beat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kombu.exceptions import OperationalError

from mailhelper_core import HealthItem

if TYPE_CHECKING:
    from celery import Celery

    from mailhelper_celery.install import Installation

# What Redis should say for the bells of a restart to survive it, and for none to be thrown away.
WANTED_OF_REDIS = {"appendonly": "yes", "maxmemory-policy": "noeviction"}
# Where jobs are rows, bells that a restart loses only ring again at the next tick. What is thrown away for want of
# memory may be what says where bells go, and then none arrives.
_NEEDED = frozenset({"maxmemory-policy"})


def look(installation: Installation, *, timeout_seconds: float = 1.0) -> tuple[HealthItem, ...]:
    """Look at broker, workers, queues and the app's settings; what is wrong is answered with advice."""
    broker = _broker(installation.app)
    items = [broker, _settings(installation.problems())]
    if broker.ok:
        items += [_workers(installation, timeout_seconds), *_redis(installation.app)]
    return tuple(items)


def of_redis(found: Mapping[str, str]) -> HealthItem:
    """Judge what Redis says of itself; pure. One without a log is well, with advice."""
    wrong = [name for name, value in WANTED_OF_REDIS.items() if found.get(name) != value]
    seen = ", ".join(f"{name} {found.get(name, '?')}" for name in WANTED_OF_REDIS)
    wanted = ", ".join(f"{name} {WANTED_OF_REDIS[name]}" for name in wrong)
    advice = f"Set {wanted}: jobs are safe either way, their bells come later." if wrong else ""
    return HealthItem("redis", ok=not _NEEDED & set(wrong), found=seen, advice=advice)


def _broker(app: Celery[Any]) -> HealthItem:
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
    except (OperationalError, OSError) as exc:
        advice = "Start the broker, or correct CELERY_BROKER_URL; until then jobs wait."
        return HealthItem("broker", ok=False, found=type(exc).__name__, advice=advice)
    return HealthItem("broker", ok=True, found="answers")


def _settings(problems: tuple[str, ...]) -> HealthItem:
    return HealthItem(
        "celery settings", ok=not problems, found=f"{len(problems)} to change", advice="; ".join(problems)
    )


def _workers(installation: Installation, timeout_seconds: float) -> HealthItem:
    try:
        listening = installation.listening(timeout_seconds=timeout_seconds)
    except _refusals(installation.app) as exc:
        advice = "The broker answers and takes no message: Redis is full, read-only or lacks replicas. See its log."
        return HealthItem("workers", ok=False, found=type(exc).__name__, advice=advice)
    deaf = [name for name, is_heard in listening.items() if not is_heard]
    advice = f"Nobody listens to {', '.join(deaf)}: start a worker with -Q {','.join(deaf)}." if deaf else ""
    return HealthItem("workers", ok=not deaf, found=f"{len(listening) - len(deaf)} queues are heard", advice=advice)


def _redis(app: Celery[Any]) -> list[HealthItem]:
    with app.connection_for_read() as connection:
        if connection.transport.driver_type != "redis":
            return []
        try:
            channel: Any = connection.default_channel  # kombu's own for Redis, which has a client
            said = channel.client.info()
        except _refusals(app) as exc:
            advice = f"Redis does not tell its settings (INFO): see that they are {_all_wanted()}."
            return [HealthItem("redis", ok=False, found=f"cannot be asked: {type(exc).__name__}", advice=advice)]
    return [of_redis(_settings_told(said))]


def _settings_told(said: Mapping[str, Any]) -> dict[str, str]:
    """Answer the settings as INFO tells them, which hosted Redis answer where they refuse CONFIG."""
    found = {"maxmemory-policy": str(said["maxmemory_policy"])} if "maxmemory_policy" in said else {}
    if "aof_enabled" in said:
        found["appendonly"] = "yes" if said["aof_enabled"] else "no"
    return found


def _all_wanted() -> str:
    return ", ".join(f"{name} {value}" for name, value in WANTED_OF_REDIS.items())


def _refusals(app: Celery[Any]) -> tuple[type[BaseException], ...]:
    """Answer what a broker that is ill raises, in the words of its own library."""
    with app.connection_for_write() as connection:
        return (OperationalError, OSError, *connection.connection_errors, *connection.channel_errors)
