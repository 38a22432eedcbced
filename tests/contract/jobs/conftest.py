"""A helper on each database with an account on the bundled server, and jobs that a test makes up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, create_engine, text

from mailhelper_core import Account, MailHelper, OwnerServices, Settings
from mailhelper_core.jobs import beat, repeat
from mailhelper_core.jobs.runner import Runner
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store.mail import accounts
from mailhelper_core.testing import ImapServer, MailboxGenerator

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MAILS = 12


@dataclass
class Clock:
    """A clock that runs, and that a test sets."""

    offset: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)


MakeHelper = Callable[..., MailHelper]


@pytest.fixture
def clock() -> Clock:
    """The clock of all helpers of a test."""
    return Clock()


@pytest.fixture
def host(database_url: str) -> Iterator[Connection]:
    """The connection of a host, in a transaction that stays open; the server ends it before a test hangs on it."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.execute(text("SET idle_in_transaction_session_timeout = '12s'"))
        connection.commit()
        yield connection
    engine.dispose()


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let running jobs look around ten times a second, so that tests are short."""
    monkeypatch.setattr(beat, "LOOK_SECONDS", 0.1)


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let transactions be repeated at once."""
    monkeypatch.setattr(repeat, "sleep", lambda seconds: None)


@pytest.fixture
def make_helper(database_url: str, clock: Clock) -> Iterator[MakeHelper]:
    """Make helpers on the test's database, as several processes would."""
    made: list[MailHelper] = []

    def make(runner: Runner | None = None, **settings: float) -> MailHelper:
        values: dict[str, float] = {"job_retry_seconds": 0.0, **settings}
        chosen = Settings(database_url=database_url, key=KEY, **values)  # type: ignore[arg-type]
        made.append(MailHelper(chosen, runner=runner, clock=clock))
        made[-1].jobs.draw = lambda: 0.99  # no upkeep and no gauges by chance
        return made[-1]

    yield make
    for helper in made:
        helper.close()


@pytest.fixture
def helper(make_helper: MakeHelper) -> MailHelper:
    """A helper without a runner: jobs wait until the test runs them."""
    return make_helper()


@pytest.fixture
def ada(helper: MailHelper) -> OwnerServices:
    """An owner."""
    return helper.for_owner("ada")


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a little mail."""
    with ImapServer(users={"ada": "secret"}) as running:
        MailboxGenerator(seed=7).fill(running.store.user("ada"), count=MAILS)
        yield running


@pytest.fixture
def account(ada: OwnerServices, server: ImapServer) -> Account:
    """Ada's account on that server."""
    return ada.accounts.add(server.url, username="ada", password="secret")


def add_account(services: OwnerServices, name: str) -> int:
    """Add an account that nothing connects to."""
    owner = services.jobs.owner
    with owner.begin() as uow:
        return accounts.add(
            uow, "imap://127.0.0.1", name=name, username=name, options={}, policy=AccountPolicy(), addresses=frozenset()
        )
