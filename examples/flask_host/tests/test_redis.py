"""Redis may come and go: sessions hold, limits hold, nobody sees a 500 or waits for seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, register
from mailhelper_web import Config, create_app
from tests.servers.process import MissingServerError
from tests.servers.redis import Redis, new_redis

# Two clients notice an outage once each, at 0.15 and 0.2 s; redis-py by itself tries for about seven.
MAX_SECONDS = 1.5


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A real Redis of one test."""
    try:
        server = new_redis()
    except MissingServerError as error:
        pytest.skip(f"missing server: {error}")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def host(config: Config, redis: Redis) -> Iterator[Flask]:
    """A host that keeps sessions and limits in it."""
    host = create_app(replace(config, redis_url=redis.url))
    host.config["TESTING"] = True
    yield host
    host.extensions["mailhelper"].jobs.stop()
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()


def _timed(browser: Browser, path: str) -> tuple[int, float]:
    before = time.perf_counter()
    status = browser.get(path).status_code
    return status, time.perf_counter() - before


def test_an_outage_costs_no_error_no_session_and_no_wait(host: Flask, redis: Redis):
    ada = Browser(host.test_client())
    register(ada)
    assert ada.get("/").status_code == 200

    redis.stop()
    during = [_timed(ada, path) for path in ("/", "/mail/?view=inbox", "/rules/", "/")]
    bob = Browser(host.test_client())
    register(bob, "bob@example.org")

    assert [status for status, _ in during] == [200] * 4
    assert max(seconds for _, seconds in during) < MAX_SECONDS
    assert bob.get("/").status_code == 200
    assert "in the database; Redis is away" in ada.get("/admin/").text


def test_guessing_is_stopped_while_redis_is_away(host: Flask, redis: Redis):
    ada = Browser(host.test_client())
    register(ada)
    redis.stop()
    eve = Browser(host.test_client())

    form = {"email": "ada@example.org", "password": "not the password"}
    answers = [eve.post("/login", form, page="/login").status_code for _ in range(15)]

    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_session_that_was_ended_during_an_outage_stays_ended(host: Flask, redis: Redis):
    ada = Browser(host.test_client())
    register(ada)
    stolen = ada.client.get_cookie("mailhelper").value
    ada.get("/")
    redis.stop()

    ada.post("/preferences/sessions/end")
    redis.start()
    thief = host.test_client()
    thief.set_cookie("mailhelper", stolen)

    assert thief.get("/").status_code == 302
