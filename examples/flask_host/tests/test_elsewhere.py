"""Calls that wait for others: a server that never answers costs those who ask it, and nobody else."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.conftest import _config, host_of
from mailhelper_core import AccountPolicy, OwnerServices, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator, ModelServer
from mailhelper_web import Config
from mailhelper_web.safety.crowd import WAITING, WORKING

# How long the host waits for a server here; a page must come in far less.
PATIENCE = 8.0
QUICK = 3.5


@contextmanager
def _tarpit() -> Iterator[dict[str, object]]:
    """The form of an account at a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield {
            "address": "ada@example.org", "password": "x", "username": "ada", "security": "none",
            "host": "127.0.0.1", "port": server.getsockname()[1],
        }  # fmt: skip


@pytest.fixture
def patient(config: Config) -> Iterator[Flask]:
    """A host that waits some seconds for a mail server."""
    engine = Settings(server_timeout_seconds=PATIENCE)
    with host_of(replace(config, engine=engine, login_limit="1000 per minute")) as host:
        yield host


def _people(host: Flask, count: int) -> list[Browser]:
    people = [Browser(host.test_client()) for _ in range(count)]
    for number, one in enumerate(people):
        register(one, f"u{number}@example.org")
    return people


def _done(asked: list[Future[TestResponse]]) -> list[TestResponse]:
    return [one.result() for one in asked if one.done()]


def test_eight_who_wait_for_a_server_that_never_answers_leave_pages_quick(patient: Flask):
    *waiting, reader = _people(patient, WORKING + 1)

    with _tarpit() as form, ThreadPoolExecutor(WORKING) as pool:
        began = time.monotonic()
        asked = [pool.submit(one.post, "/accounts/add", form) for one in waiting]
        while len(_done(asked)) < WORKING - WAITING and time.monotonic() < began + PATIENCE / 2:
            time.sleep(0.02)
        told = _done(asked)
        before = time.monotonic()
        pages = [reader.get(path).status_code for path in ("/", "/mail/?view=inbox", "/rules/", "/accounts/")]
        took, waits = time.monotonic() - before, WORKING - len(_done(asked))
    ended = [one.result().status_code for one in asked]

    assert (pages, waits) == ([200] * 4, WAITING)
    assert took < QUICK
    assert [one.status_code for one in told] == [503] * (WORKING - WAITING)
    assert all(int(one.headers["Retry-After"]) > 0 for one in told)
    assert all("Too many wait for other servers at the moment." in one.text for one in told)
    assert sorted(ended) == [400] * WAITING + [503] * (WORKING - WAITING)
    with _tarpit() as form:  # the places are free again
        assert reader.post("/accounts/add", {**form, "port": 1}).status_code == 400


def test_one_user_waits_once_at_a_time_and_keeps_what_was_typed(patient: Flask):
    (eve,) = _people(patient, 1)
    other = Browser(patient.test_client())
    other.client.set_cookie("mailhelper", eve.client.get_cookie("mailhelper").value)

    with _tarpit() as form, ThreadPoolExecutor(1) as pool:
        first = pool.submit(eve.post, "/accounts/add", form)
        while not patient.extensions["elsewhere"]._waiting and not first.done():
            time.sleep(0.02)
        second = other.post("/accounts/add", form)
        assert not first.done()

    assert second.status_code == 503
    assert "Something you asked for still waits for another server." in second.text
    assert 'value="127.0.0.1"' in second.text
    assert first.result().status_code == 400


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """A model service."""
    with ModelServer(lambda _: json.dumps({"summary": "Somebody wants something."})) as server:
        yield server


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> Iterator[Flask]:
    """A host with one model provider."""
    folder = tmp_path_factory.mktemp("elsewhere")
    file = folder / "providers.toml"
    file.write_text(f'[local]\nkind = "ollama"\nurl = "{model.url}"\nmodel = "any"\nembedding_model = "any"\n')
    with host_of(replace(_config(folder), engine=Settings(providers_file=file))) as host:
        yield host


@pytest.fixture(scope="module")
def mine(app: Flask, ada: Browser, imap_server: ImapServer) -> OwnerServices:
    """Ada's services, who allows everything: one account with whole mail, one of which only headers are here."""
    MailboxGenerator(seed=4).fill(imap_server.store.user("second"), count=3)
    ada_ = services(app)
    whole = ada_.accounts.add(imap_server.url, username="ada", password="secret")
    bare = ada_.accounts.add(imap_server.url, username="second", password="secret")
    ada_.accounts.update(bare.id, policy=AccountPolicy(size_cap_bytes=1))
    ada_.egress.budget(tokens=1_000_000)
    for purpose in ("summarize", "reply", "embed"):
        for account in (whole, bare):
            ada_.egress.consent(account.id, purpose, provider="local", level="none")
    for account in (whole, bare):
        ada_.run(account.id)
    return ada_


def _paths(mine: OwnerServices) -> dict[str, str]:
    whole, bare = mine.accounts.list()
    person = mine.search(f"account:{whole.name} category:people in:inbox")[0].id
    late = mine.search(f"account:{bare.name}")[0].id
    draft = mine.replies.draft(person).id
    return {
        "check": f"/accounts/{whole.id}/check", "update": f"/accounts/{whole.id}/update",
        "draft": f"/replies/draft/{person}", "tone": f"/replies/{draft}/tone", "summary": f"/mail/{person}/summary",
        "raw": f"/mail/{late}/raw", "attachment": f"/mail/{late}/attachment/0",
        "here": f"/mail/{person}/raw", "account": f"/accounts/{whole.id}",
    }  # fmt: skip


def test_all_that_waits_for_others_needs_a_place_and_nothing_else_does(app: Flask, ada: Browser, mine: OwnerServices):
    paths = _paths(mine)

    with app.extensions["elsewhere"].place_for("1"):
        posts = {
            name: ada.post(paths[name], {"password": "secret"} if name == "update" else {}).status_code
            for name in ("check", "update", "draft", "tone", "summary")
        }
        gets = {name: ada.get(paths[name]).status_code for name in ("raw", "attachment")}
        free = [ada.get(paths["here"]).status_code, ada.get(paths["account"]).status_code]
        renamed = ada.post(paths["update"], {"name": "mine"}).status_code

    assert set(posts.values()) == set(gets.values()) == {503}, posts | gets
    assert free == [200, 200]
    assert renamed == 303
    assert ada.get(paths["raw"]).status_code == 200
    assert ada.post(paths["check"]).status_code == 200


def test_a_search_that_a_provider_understands_is_answered_by_words_meanwhile(
    app: Flask, ada: Browser, mine: OwnerServices, model: ModelServer
):
    mine.vectors.use("provider:local")
    for account in mine.accounts.list():
        mine.vectors.embed(account.id)
    assert mine.vectors.status().embedder == "provider:local"
    word = max(mine.search("in:inbox")[0].subject.split(), key=len)
    asked = {"q": word, "mode": "meaning"}
    ada.get("/mail/", query_string=asked)
    before = len(model.received)

    with app.extensions["elsewhere"].place_for("1"):
        page = ada.get("/mail/", query_string=asked)

    assert page.status_code == 200
    assert "Search by meaning does not work at the moment." in page.text
    assert len(model.received) == before
    assert "does not work" not in ada.get("/mail/", query_string=asked).text
    assert len(model.received) == before + 1
