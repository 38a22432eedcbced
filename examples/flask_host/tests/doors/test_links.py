"""Addresses that an operator hands on: invitations, and a new password; and how much registration gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_security import views

from examples.flask_host.tests.browser import PASSWORD, Browser, register
from examples.flask_host.tests.conftest import host_of
from mailhelper_web import Config
from mailhelper_web.commands import main
from mailhelper_web.safety import links
from mailhelper_web.users import User

NEW = "a whole new word"


@pytest.fixture
def app(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A host that wants invitations; the commands find the same one."""
    invited = replace(config, registration="invited")
    monkeypatch.setattr(Config, "from_env", lambda: invited)
    with host_of(invited) as host:
        yield host


def _told(*words: str) -> str:
    """What a command prints: the path of an address."""
    done = CliRunner().invoke(main, [*words, "--url", "https://mail.example.org/"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("https://mail.example.org/")
    parts = urlsplit(done.output.strip())
    return f"{parts.path}?{parts.query}"


def _form(email: str, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password, "password_confirm": password}


def _without_token(page: str) -> str:
    """What a page says, without the token that changes with each second."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    return page.replace(token, "")


def test_who_is_not_invited_learns_nothing_of_any_address(stranger: Browser, ada: Browser):
    page = stranger.get("/register")
    known, unknown = (
        stranger.post("/register", _form(address), page="/login") for address in ("ada@example.org", "new@example.org")
    )

    assert page.status_code == 403
    assert "invited" in page.text
    assert known.status_code == unknown.status_code == 403
    assert _without_token(known.text) == _without_token(unknown.text)
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


def test_doors_that_are_asked_for_too_often_are_limited_whoever_is_invited(config: Config):
    with host_of(replace(config, registration="invited", api_limit="5 per minute")) as host:
        register(Browser(host.test_client()))
        for door in ("/register?invitation=made-up", "/reset/made-up"):
            answers = [host.test_client().get(door).status_code for _ in range(7)]
            assert answers[-1] == 429, door


def test_who_tries_addresses_without_being_invited_is_limited(stranger: Browser, ada: Browser):
    tried = [stranger.post("/register", _form(f"{n}@x.example"), page="/login").status_code for n in range(12)]

    assert (tried[0], tried[-1]) == (403, 429)


def test_what_is_no_invitation_is_not_kept(stranger: Browser, ada: Browser):
    address = _told("invite", "bob@example.org")

    stranger.get("/register?invitation=" + 1000 * "x")
    with stranger.client.session_transaction() as kept:
        assert "invitation" not in kept
    assert stranger.get(address).status_code == 200
    assert stranger.get("/register?invitation=x").status_code == 403
    assert stranger.get("/register").status_code == 200


@pytest.mark.parametrize("body", ["[1]", '"x"', "5", "null", '{"email": 5}'])
@pytest.mark.parametrize("door", ["/register", "/login", "/reset/x"])
def test_a_body_that_is_no_form_is_refused(stranger: Browser, ada: Browser, body: str, door: str):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.get("/login").text)[1]
    headers = {"X-CSRFToken": token, "Content-Type": "application/json"}

    assert 400 <= stranger.client.post(door, data=body, headers=headers).status_code < 500


def test_an_admin_makes_an_invitation_on_the_page(app: Flask, ada: Browser, stranger: Browser):
    page = ada.post("/admin/invite", {"email": "bob@example.org"}, page="/admin/").text
    address = unescape(re.search(r'<input readonly value="http://localhost([^"]+)"', page)[1])

    assert stranger.post("/register", _form("bob@example.org"), page=address).status_code == 302
    assert stranger.post("/admin/invite", {"email": "x@example.org"}).status_code == 404


def test_an_invitation_names_the_host_that_the_operator_named(config: Config):
    with host_of(replace(config, registration="invited", url="https://mail.example.org/")) as host:
        admin = Browser(host.test_client())
        register(admin)
        # A browser sends it to that name where something before the host leads there.
        admin.client.set_cookie("mailhelper", admin.client.get_cookie("mailhelper").value, domain="eve.example")

        page = admin.post(
            "/admin/invite", {"email": "bob@example.org"}, page="/admin/", headers={"Host": "eve.example"}
        )

    assert '<input readonly value="https://mail.example.org/register?invitation=' in page.text
    assert "eve.example" not in page.text


def test_a_forgotten_password_is_told_honestly(stranger: Browser, ada: Browser):
    assert 'href="/reset"' in stranger.get("/login").text
    page = stranger.get("/reset").text

    assert "This server sends no mail" in page
    asked = [stranger.post("/reset", {"email": one}, page="/login").text for one in ("ada@example.org", "x@y.example")]
    assert _without_token(asked[0]) == _without_token(asked[1])


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


def test_a_link_that_is_used_twice_at_once_gives_one_password(
    app: Flask, ada: Browser, monkeypatch: pytest.MonkeyPatch
):
    path = _told("reset-link", "ada@example.org").rstrip("?")
    both, update_password = Barrier(2, timeout=10), views.update_password

    def together(*given: object) -> None:
        both.wait()
        update_password(*given)

    monkeypatch.setattr(views, "update_password", together)

    def choose(password: str) -> str:
        form = {"password": password, "password_confirm": password}
        return Browser(app.test_client()).post(path, form, page="/login").location

    words = [f"{NEW} {number}" for number in range(2)]
    with ThreadPoolExecutor() as pool:
        led_to = dict(zip(words, pool.map(choose, words), strict=True))

    assert sorted(led_to.values()) == ["/login", "/reset"]
    for word, where in led_to.items():
        log_in = Browser(app.test_client()).post("/login", _form("ada@example.org", word), page="/login")
        assert log_in.status_code == (302 if where == "/login" else 200)


def test_a_link_is_for_whoever_logs_in_whatever_the_case(app: Flask, ada: Browser):
    with app.app_context():
        users = app.extensions["users"]
        users.query(User).one().email = "Ada@example.org"
        users.commit()

    assert _told("reset-link", "ada@example.org").startswith("/reset/")
    assert _told("reset-link", " ADA@Example.org").startswith("/reset/")
