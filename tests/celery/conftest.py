"""One Redis, one database and the worker processes on them for a run, a mail server for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core import MailHelper, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.celery.processes import Processes
from tests.servers.process import MissingServerError
from tests.servers.redis import Redis, new_redis

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MAILS = 12


@pytest.fixture(scope="session")
def redis(pytestconfig: pytest.Config) -> Iterator[Redis]:
    """A Redis of the run's own."""
    try:
        server = new_redis()
    except MissingServerError as error:
        if pytestconfig.getoption("allow_missing_servers"):
            pytest.skip(str(error))
        pytest.fail(f"{error} (--allow-missing-servers leaves these tests out)")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def workers_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database for all worker processes."""
    url = f"sqlite:///{tmp_path_factory.mktemp('jobs') / 'mail.db'}"
    with MailHelper(Settings(database_url=url, key=KEY)) as helper:
        helper.migrate()
    return url


@pytest.fixture(scope="session")
def processes(redis: Redis, workers_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Worker processes on that Redis and database; started by who needs them, ended with the run."""
    environment = {"HOST_BROKER_URL": redis.url, "HOST_DATABASE_URL": workers_database}
    os.environ.update(environment)  # the tests' own view of the host's app
    started = Processes(Path(tmp_path_factory.mktemp("logs")), environment)
    yield started
    started.stop()


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a little mail."""
    with ImapServer(users={"ada": "secret"}) as running:
        MailboxGenerator(seed=7).fill(running.store.user("ada"), count=MAILS)
        yield running
