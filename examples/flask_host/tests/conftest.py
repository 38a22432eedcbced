"""Hosts: on an empty database with a mailbox on the bundled IMAP server, and the demo for a real Chromium."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from flask_babel import force_locale
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright
from sqlalchemy import make_url

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.live import Live, Watched, live_host, open_page
from mailhelper_core import OwnerServices, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator, ModelServer
from mailhelper_web import Config, create_app
from tests.servers import chromium
from tests.servers.postgres import running_postgres
from tests.servers.process import MissingServerError


def _config(folder: Path) -> Config:
    return Config(
        database_url=f"sqlite:///{folder / 'mail.db'}",
        secret_file=folder / "secret",
        https=False,
        private_hosts=True,
        argon2_memory=64,
    )


@cache
def _empty_database() -> bytes:
    """The file that a host makes at its first start."""
    with TemporaryDirectory() as folder:
        host = create_app(_config(Path(folder)))
        host.extensions["mailhelper"].close()
        host.extensions["engine"].dispose()
        return Path(folder, "mail.db").read_bytes()


@contextmanager
def host_of(config: Config) -> Iterator[Flask]:
    """A host that is closed at the end; a new SQLite file has the tables before: to make them takes longest."""
    path = make_url(config.database_url).database or ""
    if config.database_url.startswith("sqlite:///") and not Path(path).exists():
        Path(path).touch(mode=0o600)
        Path(path).write_bytes(_empty_database())
    host = create_app(config)
    host.config["TESTING"] = True
    yield host
    host.extensions["mailhelper"].jobs.stop()
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """How the host of one test works; tests replace fields."""
    return _config(tmp_path)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty database on a real PostgreSQL."""
    try:
        with running_postgres() as postgres:
            yield postgres.url(postgres.create_database())
    except MissingServerError as error:
        pytest.skip(f"missing server: {error}")


def on_postgresql(config: Config, url: str) -> Config:
    """Answer the config of a host on PostgreSQL, which keeps its key in a file of its own and does no jobs."""
    key_file = config.secret_file.with_name("mail.key")
    key_file.write_bytes(b64encode(os.urandom(32)))
    key_file.chmod(0o600)
    return replace(config, database_url=url, job_threads=0, engine=Settings(key_file=key_file))


@pytest.fixture
def fresh_app(config: Config) -> Iterator[Flask]:
    """A host of one test alone."""
    with host_of(config) as host:
        yield host


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The host that the tests of a file share."""
    with host_of(_config(tmp_path_factory.mktemp("web"))) as host:
        yield host


@pytest.fixture(scope="module")
def stranger(app: Flask) -> Browser:
    """A browser that nobody is logged in with."""
    return Browser(app.test_client())


@pytest.fixture(scope="module")
def ada(app: Flask) -> Browser:
    """The browser of Ada, the first user and so the admin."""
    browser = Browser(app.test_client())
    register(browser)
    return browser


@pytest.fixture(scope="module")
def bob(app: Flask, ada: Browser) -> Browser:
    """The browser of Bob, a user like any other."""
    browser = Browser(app.test_client())
    register(browser, "bob@example.org")
    return browser


@pytest.fixture(scope="module")
def imap_server() -> Iterator[ImapServer]:
    """The bundled server with a mailbox of 30 mails for ada."""
    with ImapServer(users={"ada": "secret", "second": "secret"}) as server:
        MailboxGenerator(seed=3).fill(server.store.user("ada"), count=30)
        yield server


@pytest.fixture(scope="module")
def synced(app: Flask, ada: Browser, imap_server: ImapServer) -> OwnerServices:
    """Ada's services after the journey of her 30 mails."""
    mine = services(app)
    account = mine.accounts.add(imap_server.url, username="ada", password="secret")
    mine.run(account.id)
    return mine


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """Debian's Chromium."""
    try:
        program = chromium.find_program()
    except MissingServerError as error:
        pytest.skip(f"missing server: {error}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The host with the demo's mail."""
    with ModelServer() as model, live_host(tmp_path_factory.mktemp("live"), model=model) as host:
        yield host


@pytest.fixture
def page(browser: Chromium, live: Live) -> Iterator[Watched]:
    """A page where the demo's user is logged in."""
    with open_page(browser, live.url) as watched:
        watched.log_in()
        yield watched
        assert watched.foreign == []


@pytest.fixture
def german(app: Flask) -> Iterator[None]:
    """Texts are told in German."""
    with app.test_request_context(), force_locale("de"):
        yield
