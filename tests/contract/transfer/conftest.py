"""Owners ada and bob, each with a house full of things, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailhelper_core import MailHelper
from mailhelper_core.testing import ImapServer
from tests.contract.transfer.house import CANARY, KEY, fill
from tests.servers.postgres import Postgres

Open = Callable[[str], MailHelper]


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server of two users."""
    with ImapServer(users={"ada": "secret", "bob": "secret"}) as running:
        yield running


@pytest.fixture
def open_helper() -> Iterator[Open]:
    """Opens helpers that are closed behind the test."""
    opened: list[MailHelper] = []

    def make(url: str) -> MailHelper:
        opened.append(MailHelper(url, key=KEY))
        return opened[-1]

    yield make
    for helper in opened:
        helper.close()


@pytest.fixture(scope="session")
def house_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with two owners, filled once; what ada wrote has a canary in it."""
    path = tmp_path_factory.mktemp("house") / "mail.db"
    shutil.copy(sqlite_template, path)
    _furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def house_database(postgres: Postgres, postgres_template: str) -> str:
    """The same in PostgreSQL: the name of a database to copy from."""
    name = postgres.create_database(template=postgres_template)
    _furnish(postgres.url(name))
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of such a house, the test's own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("house_file"), tmp_path / "mail.db")
        yield f"sqlite:///{tmp_path / 'mail.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    name = postgres.create_database(template=request.getfixturevalue("house_database"))
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def house(database_url: str, open_helper: Open) -> MailHelper:
    """A helper on it."""
    return open_helper(database_url)


@pytest.fixture
def other_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """The URL of a database of the other kind, current and empty."""
    name = "postgres_database" if database_url.startswith("sqlite") else "other_file"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite_database", "postgres_database"])
def new_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of each kind, current and empty."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def other_file(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a SQLite file beside the house, current and empty."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'other.db')}"


@pytest.fixture
def archive(house: MailHelper, tmp_path: Path) -> Path:
    """Ada's archive, out of each database."""
    house.for_owner(CANARY).export(tmp_path / "ada.zip")
    return tmp_path / "ada.zip"


@pytest.fixture(scope="session")
def exported(house_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada's archive, made once."""
    path = tmp_path_factory.mktemp("archive") / "ada.zip"
    with MailHelper(f"sqlite:///{house_file}", key=KEY) as helper:
        helper.for_owner(CANARY).export(path)
    return path


@pytest.fixture
def elsewhere(other_url: str, open_helper: Open) -> MailHelper:
    """A database of the other kind, in which others live already."""
    helper = open_helper(other_url)
    helper.for_owner("eve").tags.create("eve's")
    return helper


def _furnish(url: str) -> None:
    with ImapServer(users={"ada": "secret", "bob": "secret"}) as server, MailHelper(url, key=KEY) as helper:
        fill(helper, CANARY, server, user="ada", canary=CANARY)
        fill(helper, "bob", server, user="bob")
