"""What opens an account beside the password, and what ends it: no token of the library, one of this host."""

from __future__ import annotations

import re
from html import unescape

import pytest
from click.testing import CliRunner
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, turn_on
from mailhelper_web import Config
from mailhelper_web.commands import main
from mailhelper_web.users import User

NEW = "a whole new word"


@pytest.fixture
def app(fresh_app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A host that the commands find too."""
    monkeypatch.setattr(Config, "from_env", lambda: config)
    return fresh_app


def _token(browser: Browser) -> str:
    """Make the token of the API, and answer it."""
    return re.search(r"<code>([\w-]{43})</code>", browser.post("/preferences/token").text)[1]


def _opens(app: Flask, token: str) -> int:
    return app.test_client().get("/api/tags", headers={"Authorization": f"Bearer {token}"}).status_code


def _command(*words: str) -> str:
    done = CliRunner().invoke(main, [*words])
    assert done.exit_code == 0, done.output
    return done.output.strip()


def _by_change(_: Browser, bob: Browser) -> None:
    form = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert bob.post("/change", form, page="/change").status_code == 302


def _by_link(ada: Browser, _: Browser) -> None:
    path = _command("reset-link", "bob@example.org")
    stranger = Browser(ada.client.application.test_client())
    assert stranger.post(path, {"password": NEW, "password_confirm": NEW}, page=path).status_code == 302


def _by_operator(*_: Browser) -> None:
    _command("reset-password", "bob@example.org", "--password", NEW)


def _by_end_of_sessions(_: Browser, bob: Browser) -> None:
    assert bob.post("/preferences/sessions/end").location == "/login"


def _by_lock_out(ada: Browser, _: Browser) -> None:
    for _again in range(2):
        ada.post("/admin/users/2/switch")


@pytest.mark.parametrize("way", [_by_change, _by_link, _by_operator, _by_end_of_sessions, _by_lock_out])
def test_what_ends_all_sessions_ends_the_token_of_the_api(app: Flask, ada: Browser, bob: Browser, way):
    token, mine = _token(bob), _token(ada)
    assert _opens(app, token) == 200

    way(ada, bob)

    assert _opens(app, token) == 401
    assert _opens(app, mine) == 200


@pytest.mark.parametrize("way", [_by_operator, _by_end_of_sessions, _by_lock_out])
def test_what_ends_all_sessions_ends_links_and_log_ins_that_wait(app: Flask, ada: Browser, bob: Browser, way):
    totp = turn_on(bob)
    path = _command("reset-link", "bob@example.org")
    eve = Browser(app.test_client())
    eve.post("/login", {"email": "bob@example.org", "password": PASSWORD}, page="/login")
    with app.app_context():
        users = app.extensions["users"]
        users.query(User).filter_by(email="bob@example.org").one().tf_last_counter = None  # this minute's code is new
        users.commit()

    way(ada, bob)
    eve.post("/tf-validate", {"code": totp.generate().token}, page="/login")

    assert eve.get("/").status_code == 302
    eve.post(path, {"password": NEW, "password_confirm": NEW}, page="/login")
    form = {"email": "bob@example.org", "password": NEW}
    assert (eve.post("/login", form, page="/login").status_code == 302) == (way is _by_operator)


def test_pages_say_what_ends_the_token(ada: Browser):
    link = _command("reset-link", "ada@example.org")
    said = {
        "en": "ends all other log-ins and the API token",
        "de": "beendet alle anderen Anmeldungen und das API-Token",
    }
    for language, words in said.items():
        ada.post("/preferences/language", {"language": language})
        stranger = Browser(ada.client.application.test_client())
        stranger.post("/preferences/language", {"language": language}, page="/login")
        assert words in unescape(ada.get("/change").text)
        assert words in unescape(stranger.get(link).text)
        assert words not in unescape(stranger.get("/register").text)
    page = unescape(ada.get("/preferences/").text)
    assert "Beendet jede Anmeldung auf jedem Gerät, auch diese, und das API-Token." in page


@pytest.mark.parametrize("door", ["/login?include_auth_token", "/login?include_auth_token=1"])
def test_log_in_gives_no_token(app: Flask, ada: Browser, door: str):
    eve = Browser(app.test_client())
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', eve.get("/login").text)[1]
    headers = {"Accept": "application/json", "X-CSRFToken": token}

    answer = eve.client.post(door, json={"email": "ada@example.org", "password": PASSWORD}, headers=headers)

    assert answer.status_code == 400
    assert "authentication_token" not in answer.text
    assert eve.get("/").status_code == 302


def test_a_token_of_the_library_opens_nothing(app: Flask, ada: Browser):
    with app.test_request_context():
        token = app.extensions["users"].query(User).one().get_auth_token()

    for path in ("/preferences/", "/change", "/mf-recovery-codes", "/api/tags"):
        for way in (
            {"headers": {"Authentication-Token": token}},
            {"headers": {"Authentication-Token": token, "Accept": "application/json"}},
            {"query_string": {"auth_token": token}},
            {"json": {"auth_token": token}},
        ):
            assert app.test_client().get(path, **way).status_code in (302, 401), (path, way)
