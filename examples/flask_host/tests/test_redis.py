"""Redis may come and go: sessions hold, limits hold, nobody sees a 500 or waits for seconds."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.conftest import host_of
from mailhelper_web import Config
from mailhelper_web.safety.sessions import _digest
from tests.servers.process import MissingServerError
from tests.servers.redis import Redis, new_redis

# Two clients notice an outage once each, at 0.15 and 0.2 s; redis-py by itself tries for about seven.
MAX_SECONDS = 3.0


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
    with host_of(replace(config, redis_url=redis.url)) as host:
        yield host


@pytest.fixture
def elsewhere(host: Flask, config: Config) -> Iterator[Flask]:
    """The same host as another process, which does not reach Redis."""
    with host_of(config) as other:
        yield other


@pytest.fixture
def ada(host: Flask) -> Browser:
    """Ada's browser, a copy of whose session lies in Redis."""
    browser = Browser(host.test_client())
    register(browser)
    assert browser.get("/").status_code == 200
    return browser


def _name(browser: Browser) -> str:
    return browser.client.get_cookie("mailhelper").value


def _thief(host: Flask, name: str) -> Browser:
    """A browser with the name of somebody's session."""
    browser = Browser(host.test_client())
    browser.client.set_cookie("mailhelper", name)
    return browser


def _timed(browser: Browser, path: str) -> tuple[int, float]:
    before = time.perf_counter()
    status = browser.get(path).status_code
    return status, time.perf_counter() - before


def test_an_outage_costs_no_error_no_session_and_no_wait(ada: Browser, host: Flask, redis: Redis):
    assert re.search(r'<span class="dot green"></span> rate limits</td><td>in Redis<', ada.get("/admin/").text)
    redis.stop()
    during = [_timed(ada, path) for path in ("/", "/mail/?view=inbox", "/rules/", "/")]
    bob = Browser(host.test_client())
    register(bob, "bob@example.org")

    assert [status for status, _ in during] == [200] * 4
    assert max(seconds for _, seconds in during) < MAX_SECONDS
    assert bob.get("/").status_code == 200
    page = ada.get("/admin/").text
    assert "in the database; Redis is away" in page
    assert re.search(r'<span class="dot yellow"></span> rate limits</td><td>in this process; Redis is away<', page)


def test_guessing_is_stopped_while_redis_is_away(ada: Browser, host: Flask, redis: Redis):
    redis.stop()
    eve = Browser(host.test_client())

    form = {"email": "ada@example.org", "password": "not the password"}
    answers = [eve.post("/login", form, page="/login").status_code for _ in range(15)]

    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_session_that_was_ended_during_an_outage_stays_ended(ada: Browser, host: Flask, redis: Redis):
    stolen = _name(ada)
    redis.stop()

    ada.post("/preferences/sessions/end")
    redis.start()
    thief = host.test_client()
    thief.set_cookie("mailhelper", stolen)

    assert thief.get("/").status_code == 302


def test_the_end_of_all_sessions_ends_copies_that_nobody_could_forget(ada: Browser, host: Flask, elsewhere: Flask):
    name = _name(ada)

    assert _thief(elsewhere, name).post("/preferences/sessions/end").location == "/login"

    assert host.extensions["session_cache"].get(_digest(name))
    assert _thief(host, name).get("/").status_code == 302


def test_a_copy_of_a_session_that_was_logged_out_changes_nothing(ada: Browser, host: Flask, elsewhere: Flask):
    name, form = _name(ada), {"name": "stolen"}
    thief = _thief(host, name)
    assert thief.post("/tags/create", form, page="/tags/").status_code == 303
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', thief.get("/tags/").text)[1]

    _thief(elsewhere, name).post("/logout")
    copy = host.extensions["session_cache"].get(_digest(name))
    tried = [
        thief.client.post("/tags/create", data={"csrf_token": token, "name": "stolen again"}),
        thief.client.post("/preferences/language", data={"csrf_token": token, "language": "de"}),
    ]

    assert [one.status_code for one in tried] == [400, 400]
    assert [one.name for one in services(host).tags.list()] == ["stolen"]
    assert host.extensions["session_cache"].get(_digest(name)) == copy  # and it is not kept any longer


@pytest.mark.parametrize("deed", ["read", "write"])
def test_a_session_that_ends_while_a_page_works_leaves_no_copy(
    ada: Browser, host: Flask, deed: str, monkeypatch: pytest.MonkeyPatch
):
    name, cache = _name(ada), host.extensions["session_cache"]
    cache._client.flushdb()
    put = cache.put

    def put_too_late(digest: str, row: dict[str, object]) -> None:
        host.extensions["sessions"]._drop(digest)
        put(digest, row)

    with monkeypatch.context() as patched:
        if deed == "read":
            patched.setattr(cache, "put", put_too_late)
            assert ada.get("/").status_code == 200
        else:
            page = ada.get("/preferences/")
            patched.setattr(cache, "put", put_too_late)
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
            ada.client.post("/preferences/language", data={"csrf_token": token, "language": "de"})

    assert _thief(host, name).get("/").status_code == 302


def test_what_a_page_keeps_of_a_session_that_has_ended_is_forgotten(
    ada: Browser, host: Flask, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
):
    name, sessions = _name(ada), host.extensions["sessions"]
    save = sessions._save

    def save_too_late(*given: object) -> object:
        elsewhere.extensions["sessions"]._drop(_digest(name))
        return save(*given)

    monkeypatch.setattr(sessions, "_save", save_too_late)
    answer = ada.post("/preferences/language", {"language": "de"})

    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    assert _thief(host, name).get("/").status_code == 302
