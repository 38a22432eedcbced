"""The command line: for operators, by our command or by Flask's own; mistakes are one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, register
from mailhelper_web.commands import main
from mailhelper_web.users import User


@pytest.fixture
def bob(fresh_app: Flask, config, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Bob, the second user of a host, whom the command line reaches by the environment."""
    monkeypatch.setenv("MAILHELPER_DATABASE_URL", config.database_url)
    monkeypatch.setenv("MAILHELPER_WEB_SECRET_FILE", str(config.secret_file))
    register(Browser(fresh_app.test_client()))
    browser = Browser(fresh_app.test_client())
    register(browser, "bob@example.org")
    return browser


def _bob(app: Flask) -> User:
    with app.app_context():
        app.extensions["users"].expire_all()
        return app.extensions["users"].query(User).filter_by(email="bob@example.org").one()


def test_our_command_makes_an_admin(fresh_app: Flask, bob: Browser):
    done = CliRunner().invoke(main, ["make-admin", "bob@example.org"])

    assert done.exit_code == 0, done.output
    assert _bob(fresh_app).is_admin


def test_flasks_command_resets_a_password_and_ends_sessions(fresh_app: Flask, bob: Browser):
    done = fresh_app.test_cli_runner().invoke(
        args=["reset-password", "bob@example.org", "--password", "a whole new word"]
    )

    assert done.exit_code == 0, done.output
    assert bob.get("/").status_code == 302
    assert bob.post("/login", {"email": "bob@example.org", "password": PASSWORD}, page="/login").status_code == 200
    form = {"email": "bob@example.org", "password": "a whole new word"}
    assert bob.post("/login", form, page="/login").status_code == 302


def test_a_mistake_is_one_sentence(bob: Browser, monkeypatch: pytest.MonkeyPatch):
    unknown = CliRunner().invoke(main, ["make-admin", "eve@example.org"])
    monkeypatch.setenv("MAILHELPER_WEB_REGISTRATION", "perhaps")
    misconfigured = CliRunner().invoke(main, ["make-admin", "bob@example.org"])

    assert unknown.output == "Error: There is no user eve@example.org.\n"
    assert misconfigured.output.startswith("Error: MAILHELPER_WEB_REGISTRATION is one of open, invited, closed")


def test_asking_for_help_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    assert CliRunner().invoke(main, ["--help"]).exit_code == 0
    assert list(tmp_path.iterdir()) == []
