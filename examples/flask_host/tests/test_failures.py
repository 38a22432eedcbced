"""What a page says when a call failed: what happened, what to do, the right status, and never a trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import abort

from examples.flask_host.tests.browser import Browser, register
from mailhelper_core import BusyError, ConflictError, ServerError
from mailhelper_web import Config, create_app
from mailhelper_web.pages.failures import RETRY_AFTER_SECONDS

FAILURES = {
    "broken": (RuntimeError("a secret of the code"), 500, "Something went wrong here."),
    "busy": (BusyError("x", retry_after=4.2), 503, "There is much to do at the moment."),
    "locked": (BusyError("x"), 503, "There is much to do at the moment."),
    "conflict": (ConflictError("It was changed meanwhile."), 409, "It was changed meanwhile."),
    "server": (ServerError("The mail server is away."), 502, "The mail server cannot be reached."),
}


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A person at a host where everything fails."""
    folder = tmp_path_factory.mktemp("fails")
    host = create_app(
        Config(f"sqlite:///{folder / 'mail.db'}", secret_file=folder / "secret", https=False, argon2_memory=64)
    )
    for name, (error, _, _) in FAILURES.items():
        host.add_url_rule(f"/{name}", name, _raising(error))
    host.add_url_rule("/forbidden", "forbidden", lambda: abort(403))
    host.add_url_rule("/often", "often", lambda: abort(429))
    browser = Browser(host.test_client())
    register(browser)
    yield browser
    host.extensions["mailhelper"].jobs.stop()
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()


def _raising(error: Exception):
    def view() -> str:
        raise error

    return view


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_a_page_of_the_host(ada: Browser, name: str):
    _, status, words = FAILURES[name]

    answer = ada.get(f"/{name}")

    assert answer.status_code == status
    assert words in answer.text
    assert "a secret of the code" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_who_should_come_back_is_told_when(ada: Browser):
    assert ada.get("/busy").headers["Retry-After"] == "5"
    assert ada.get("/locked").headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
    assert "Retry-After" not in ada.get("/server").headers
    assert int(ada.get("/often").headers["Retry-After"]) > 0


@pytest.mark.parametrize(("path", "words"), [("/forbidden", "not allowed in here"), ("/nowhere", "nothing here")])
def test_what_is_not_for_a_reader_says_so(ada: Browser, path: str, words: str):
    assert words in ada.get(path).text


@pytest.mark.parametrize(("path", "again"), [("/broken", True), ("/busy", True), ("/often", True), ("/nowhere", False)])
def test_another_try_is_offered_where_it_may_help(ada: Browser, path: str, again: bool):
    assert ("Try again</a>" in ada.get(path).text) == again


def test_a_form_that_is_too_large_is_told_so(ada: Browser):
    answer = ada.post("/rules/save", {"name": "x", "when": "a" * 2_100_000, "next": "/rules/"})

    assert answer.status_code == 413
    assert "It takes 2 MB; send less." in answer.text


def test_a_part_of_a_page_fails_as_a_part(ada: Browser):
    answer = ada.get("/broken", headers={"HX-Request": "true"})

    assert answer.status_code == 500
    assert "<html" not in answer.text


def test_a_stranger_gets_the_page_without_the_frame(ada: Browser):
    answer = Browser(ada.client.application.test_client()).get("/nowhere")

    assert answer.status_code == 404
    assert "door-card" in answer.text


@pytest.mark.parametrize("path", ["/login", "/api/messages"])
def test_whoever_asks_too_often_is_told_how_long_to_wait(config: Config, path: str):
    host = create_app(replace(config, api_limit="2 per minute"))
    client = host.test_client()

    answers = [client.get(path) for _ in range(3)]

    assert answers[1].status_code in (200, 401)
    assert answers[2].status_code == 429
    assert 0 < int(answers[2].headers["Retry-After"]) <= 61  # a begun second counts
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()
