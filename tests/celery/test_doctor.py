"""What the doctor makes of Redis: jobs are rows, so a broker that forgets costs time and no job."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis as client
from celery import Celery

from mailhelper_celery import install
from mailhelper_celery.doctor import WANTED_OF_REDIS, of_redis
from mailhelper_core import HealthItem, MailHelper
from tests.servers.redis import Redis

Ill = Callable[..., Any]


@pytest.mark.parametrize(
    ("found", "ok", "advised"),
    [
        (WANTED_OF_REDIS, True, []),
        ({"appendonly": "no", "maxmemory-policy": "noeviction"}, True, ["appendonly yes"]),
        ({"appendonly": "yes", "maxmemory-policy": "allkeys-lru"}, False, ["maxmemory-policy noeviction"]),
        ({}, False, ["appendonly yes", "maxmemory-policy noeviction"]),
    ],
)
def test_a_redis_without_a_log_is_advised_and_one_that_throws_away_is_wrong(
    found: dict[str, str],
    ok: bool,
    advised: list[str],
) -> None:
    item = of_redis(found)

    assert item.ok is ok
    assert all(word in item.advice for word in advised)
    assert bool(item.advice) == bool(advised)


def no_helper() -> MailHelper:
    raise AssertionError("nobody asked for a helper")


def looked_at(url: str) -> dict[str, HealthItem]:
    app: Celery[Any] = Celery("other", broker=url, set_as_current=False)
    return {item.name: item for item in install(app, no_helper, configure=True).look(timeout_seconds=0.2)}


@pytest.fixture
def ask(redis: Redis) -> Iterator[Ill]:
    """What makes the broker ill; it is well again afterwards."""
    with client.Redis(port=redis.port) as connection:
        yield connection.execute_command
        connection.replicaof("NO", "ONE")
        connection.execute_command("ACL", "SETUSER", "default", "+@all")
        for name, value in (("maxmemory", "0"), ("maxmemory-policy", "noeviction"), ("min-replicas-to-write", "0")):
            connection.config_set(name, value)


@pytest.mark.servers
@pytest.mark.parametrize(
    "commands",
    [
        ["CONFIG SET maxmemory-policy noeviction", "CONFIG SET maxmemory 1"],
        ["CONFIG SET min-replicas-to-write 1"],
        ["REPLICAOF 127.0.0.1 1"],
    ],
    ids=["full", "lacks replicas", "read-only"],
)
def test_a_broker_that_takes_no_message_is_told_with_advice(redis: Redis, ask: Ill, commands: list[str]) -> None:
    for command in commands:
        ask(*command.split())

    found = looked_at(redis.url)

    assert (found["broker"].ok, found["workers"].ok, found["redis"].ok) == (True, False, True)
    assert found["workers"].found in {"OutOfMemoryError", "ResponseError", "ReadOnlyError", "NoReplicasError"}
    assert "read-only" in found["workers"].advice


@pytest.mark.servers
def test_a_redis_that_refuses_config_is_looked_at_all_the_same(redis: Redis, ask: Ill) -> None:
    ask("ACL", "SETUSER", "default", "-config")

    assert looked_at(redis.url)["redis"].found == "appendonly no, maxmemory-policy noeviction"


@pytest.mark.servers
def test_a_redis_that_tells_nothing_of_itself_cannot_be_asked(redis: Redis, ask: Ill) -> None:
    ask("ACL", "SETUSER", "default", "-info")

    item = looked_at(redis.url)["redis"]

    assert not item.ok
    assert item.found.startswith("cannot be asked: ")
    assert "maxmemory-policy noeviction" in item.advice


def test_a_ping_that_nobody_answers_leaves_no_noise_for_the_end_of_the_program(redis: Redis) -> None:
    program = (
        "import sys; from celery import Celery; from mailhelper_celery import install\n"
        "app = Celery('asks', broker=sys.argv[1], backend=sys.argv[1], set_as_current=False)\n"
        "try: install(app, dict, queues={'ping': 'nobody.here'}).ping(timeout_seconds=0.2)\n"
        "except Exception as error: print(type(error).__name__)\n"
    )

    done = subprocess.run([sys.executable, "-c", program, redis.url], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("TimeoutError\n", "")
