"""Moving house: users go along with the numbers by which their mail is theirs, and nobody else is given it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, register, services, turn_on
from examples.flask_host.tests.conftest import host_of
from mailhelper_core.testing import ImapServer
from mailhelper_web import Config
from mailhelper_web.commands import main
from mailhelper_web.users import User

Move = Callable[[str], Config]


@pytest.fixture
def move(fresh_app: Flask, config: Config, imap_server: ImapServer, tmp_path: Path) -> Move:
    """Ada and bob, who has mail, whose mail has gone to another database; answers the config of a host there."""
    for email in ("ada@example.org", "bob@example.org", "gone@example.org"):
        register(Browser(fresh_app.test_client()), email)
    bob = services(fresh_app, "bob@example.org")
    bob.accounts.add(imap_server.url, username="ada", password="secret")
    with fresh_app.app_context():
        users = fresh_app.extensions["users"]
        users.delete(users.query(User).filter_by(email="gone@example.org").one())
        users.commit()

    def moved(url: str) -> Config:
        assert fresh_app.extensions["mailhelper"].copy_to(url).verified
        key_file = shutil.copy(tmp_path / "mail.db.key", tmp_path / "taken.key")
        return replace(config, database_url=url, job_threads=0, engine=replace(config.engine, key_file=Path(key_file)))

    return moved


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def test_users_go_along_with_their_numbers_and_passwords(
    move: Move, config: Config, tmp_path: Path, request: pytest.FixtureRequest, database: str
):
    is_file = database == "sqlite"
    there = move(f"sqlite:///{tmp_path / 'there.db'}" if is_file else request.getfixturevalue("postgres_url"))

    done = CliRunner().invoke(main, ["copy-users", config.database_url, there.database_url])
    again = CliRunner().invoke(main, ["copy-users", config.database_url, there.database_url])

    assert done.output == "2 users were copied\n"
    assert again.output == "Error: There are users at TARGET already; nothing was copied.\n"
    with host_of(there) as host:
        bob = Browser(host.test_client())
        form = {"email": "bob@example.org", "password": PASSWORD}
        assert bob.post("/login", form, page="/login").status_code == 302
        assert len(services(host, "bob@example.org").accounts.list()) == 1
        register(Browser(host.test_client()), "new@example.org")
        with host.app_context():
            numbers = {one.email: (one.id, one.is_admin) for one in host.extensions["users"].query(User)}
    # Nobody gets the number of a user who is gone.
    assert numbers == {
        "ada@example.org": (1, True), "bob@example.org": (2, False), "new@example.org": (4, False),
    }  # fmt: skip


def test_a_second_factor_goes_along(move: Move, fresh_app: Flask, config: Config, tmp_path: Path):
    ada = Browser(fresh_app.test_client())
    ada.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
    turn_on(ada)
    there = move(f"sqlite:///{tmp_path / 'there.db'}")
    CliRunner().invoke(main, ["copy-users", config.database_url, there.database_url])

    with host_of(there) as host:
        browser = Browser(host.test_client())
        asked = browser.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")

        assert asked.headers["Location"].startswith("/tf-validate")


@pytest.mark.parametrize("known", [(), ("ada@example.org",)], ids=["no user", "some"])
def test_who_registers_is_not_given_what_users_who_stayed_behind_had(
    move: Move, tmp_path: Path, caplog: pytest.LogCaptureFixture, known: tuple[str, ...]
):
    with host_of(move(f"sqlite:///{tmp_path / 'there.db'}")) as host:
        with host.app_context():
            for email in known:
                host.extensions["security"].datastore.create_user(email=email, password="x")
            host.extensions["security"].datastore.commit()
        eve = Browser(host.test_client())
        form = {"email": "eve@example.org", "password": PASSWORD, "password_confirm": PASSWORD}
        answer = eve.post("/register", form, page="/register")
        with host.app_context():
            there = [one.email for one in host.extensions["users"].query(User)]

    # The first would be the administrator, the second has bob's number.
    assert (answer.status_code, there) == (500, list(known))
    assert "run mailhelper-web copy-users" in caplog.text


def test_a_source_that_was_mistyped_is_not_made(tmp_path: Path):
    done = CliRunner().invoke(main, ["copy-users", f"sqlite:///{tmp_path / 'no.db'}", f"sqlite:///{tmp_path / 'x.db'}"])

    assert done.output == "Error: There is no database at SOURCE; nothing was copied.\n"
    assert list(tmp_path.iterdir()) == []
