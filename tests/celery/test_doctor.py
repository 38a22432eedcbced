"""What the doctor makes of Redis: jobs are rows, so a broker that forgets costs time and no job."""

from __future__ import annotations

import pytest

from mailhelper_celery.doctor import WANTED_OF_REDIS, of_redis


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
