"""Addresses that an operator hands on: invitations, and a new password; and how much registration gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, register
from examples.flask_host.tests.conftest import host_of
from mailhelper_web import Config
from mailhelper_web.commands import main
from mailhelper_web.safety import links

NEW = "a whole new word"


@pytest.fixture
def app(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A host that wants invitations; the commands find the same one."""
    invited = replace(config, registration="invited")
    monkeypatch.setattr(Config, "from_env", lambda: invited)
    with host_of(invited) as host:
        yield host


@pytest.fixture
def ada(app: Flask) -> Browser:
    """The first user, who needs no invitation."""
    browser = Browser(app.test_client())
    register(browser)
    return browser


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Somebody who is not in."""
    return Browser(app.test_client())


def _told(*words: str) -> str:
    """What a command prints: the path of an address."""
    done = CliRunner().invoke(main, [*words, "--url", "https://mail.example.org/"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("https://mail.example.org/")
    parts = urlsplit(done.output.strip())
    return f"{parts.path}?{parts.query}"


def _form(email: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password, "password_confirm": password}


def test_who_is_not_invited_learns_nothing_of_any_address(stranger: Browser, ada: Browser):
    page = stranger.get("/register")
    known, unknown = (
        stranger.post("/register", _form(address), page="/login") for address in ("ada@example.org", "new@example.org")
    )

    assert page.status_code == 403
    assert "invited" in page.text
    assert known.status_code == unknown.status_code == 403
    assert known.text == unknown.text
    assert stranger.post("/login", _form("new@example.org"), page="/login").status_code == 200


def test_an_invitation_lets_one_address_register_once(app: Flask, stranger: Browser, ada: Browser):
    address = _told("invite", "Bob@Example.org")

    page = stranger.get(address).text
    assert 'value="bob@example.org"' in page
    other = stranger.post("/register", _form("eve@example.org"), page="/login")
    assert other.status_code == 403
    assert stranger.post("/register", _form("bob@example.org"), page=address).status_code == 302
    assert stranger.get("/mail/").status_code == 200
    again = Browser(app.test_client())
    assert again.post("/register", _form("bob@example.org", NEW), page=address).status_code == 302
    assert again.get("/mail/").status_code == 302


@pytest.mark.parametrize("seconds", [-1, 7 * 86_400])
def test_an_invitation_that_is_old_or_made_up_does_nothing(
    stranger: Browser, ada: Browser, seconds: int, monkeypatch: pytest.MonkeyPatch
):
    address = _told("invite", "bob@example.org")
    monkeypatch.setattr(links, "INVITATION_SECONDS", seconds)

    assert (stranger.get(address).status_code == 200) == (seconds > 0)
    assert stranger.get(f"{address}x").status_code == 403


def test_an_admin_makes_an_invitation_on_the_page(app: Flask, ada: Browser, stranger: Browser):
    page = ada.post("/admin/invite", {"email": "bob@example.org"}, page="/admin/").text
    address = unescape(re.search(r'<input readonly value="http://localhost([^"]+)"', page)[1])

    assert stranger.post("/register", _form("bob@example.org"), page=address).status_code == 302
    assert stranger.post("/admin/invite", {"email": "x@example.org"}).status_code == 404


def test_a_forgotten_password_is_told_honestly(stranger: Browser, ada: Browser):
    assert 'href="/reset"' in stranger.get("/login").text
    page = stranger.get("/reset").text

    assert "This server sends no mail" in page
    asked = [stranger.post("/reset", {"email": one}, page="/login").text for one in ("ada@example.org", "x@y.example")]
    assert asked[0] == asked[1]


def test_a_link_gives_another_password_once_and_ends_sessions(app: Flask, stranger: Browser, ada: Browser):
    path = _told("reset-link", "ada@example.org").rstrip("?")

    assert "At least 10 characters." in stranger.get(path).text
    done = stranger.post(path, {"password": NEW, "password_confirm": NEW}, page=path)
    assert done.status_code == 302
    assert ada.get("/").status_code == 302
    assert stranger.post("/login", _form("ada@example.org"), page="/login").status_code == 200
    again = Browser(app.test_client())
    again.post(path, {"password": PASSWORD, "password_confirm": PASSWORD}, page="/login")
    assert again.post("/login", _form("ada@example.org"), page="/login").status_code == 200
    assert stranger.post("/login", _form("ada@example.org", NEW), page="/login").status_code == 302
