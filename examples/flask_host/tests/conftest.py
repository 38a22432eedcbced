"""A host on an empty database, a person who is logged in, and a mailbox on the bundled IMAP server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, register, services
from mailhelper_core import OwnerServices
from mailhelper_core.testing import ImapServer, MailboxGenerator
from mailhelper_web import Config, create_app


def _config(folder: Path) -> Config:
    return Config(
        database_url=f"sqlite:///{folder / 'mail.db'}",
        secret_file=folder / "secret",
        https=False,
        private_hosts=True,
        argon2_memory=64,
    )


@contextmanager
def host_of(config: Config) -> Iterator[Flask]:
    """A host that is closed at the end."""
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
