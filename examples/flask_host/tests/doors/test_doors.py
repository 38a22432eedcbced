"""Log-in, sessions, limits: who gets in, and for how long."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, register
from mailhelper_core import ConfigError
from mailhelper_web import Config, create_app
from mailhelper_web.safety.session_cache import RedisCache
from mailhelper_web.users import User, is_first


def test_a_stranger_is_sent_to_the_door(stranger: Browser):
    answer = stranger.get("/mail/")

    assert answer.status_code == 302
    assert answer.location.startswith("/login")


def test_log_in_gets_another_session_name(app: Flask, ada: Browser):
    ada.post("/logout")
    before = ada.client.get_cookie("mailhelper")

    answer = ada.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")

    assert answer.status_code == 302
    after = ada.client.get_cookie("mailhelper")
    assert after is not None
    assert before is None or before.value != after.value


def test_the_first_user_is_admin_and_the_second_is_not(app: Flask, ada: Browser, bob: Browser):
    with app.app_context():
        admins = {user.email: user.is_admin for user in app.extensions["users"].query(User)}

    assert admins == {"ada@example.org": True, "bob@example.org": False}


def test_of_two_who_register_at_the_same_moment_one_is_the_first(app: Flask, ada: Browser, bob: Browser):
    with app.app_context():  # both are there before anybody asks
        users = app.extensions["users"]
        first = [is_first(users, user) for user in users.query(User).order_by(User.email)]

    assert first == [True, False]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Wrong address or password."), ("de", "Adresse oder Passwort stimmt nicht.")]
)
def test_a_wrong_password_and_an_unknown_address_are_told_the_same(
    stranger: Browser, ada: Browser, language: str, words: str
):
    ada.post("/logout")
    stranger.post("/preferences/language", {"language": language}, page="/login")

    pages = []
    for address in ("ada@example.org", "eve@example.org"):
        answer = stranger.post("/login", {"email": address, "password": "x" * 12}, page="/login").text
        pages.append(re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.replace(address, "")))

    assert pages[0] == pages[1]
    assert pages[0].count(words) == 1
    assert pages[0].index(words) < pages[0].index('for="email"')


def test_a_program_is_told_the_same_too(stranger: Browser, ada: Browser):
    ada.post("/logout")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', stranger.get("/login").text)[1]
    headers = {"Accept": "application/json", "X-CSRFToken": token}

    answers = [
        stranger.client.post("/login", json={"email": address, "password": "x" * 12}, headers=headers)
        for address in ("ada@example.org", "eve@example.org")
    ]

    assert answers[0].get_json() == answers[1].get_json()
    assert "Wrong address or password." in answers[0].text


def test_whose_address_is_registered_is_led_to_the_log_in(stranger: Browser, ada: Browser):
    form = {"email": "ada@example.org", "password": PASSWORD, "password_confirm": PASSWORD}

    answer = stranger.post("/register", form, page="/register")

    assert answer.status_code == 302
    page = stranger.client.get(answer.location, follow_redirects=True).text
    assert "If you have one already, log in with it." in page
    assert "associated" not in page
    short = stranger.post("/register", {**form, "password": "short"}, page="/register").text
    assert "associated" not in short


def test_how_long_a_password_is_to_be_is_told_before(stranger: Browser, ada: Browser):
    register_page, change_page, login_page = stranger.get("/register"), ada.get("/change"), stranger.get("/login")

    told = [page.text.count("At least 10 characters.") for page in (register_page, change_page, login_page)]
    assert told == [1, 1, 0]
    assert 'minlength="10"' in register_page.text


def test_guessing_passwords_is_stopped_whatever_address_it_comes_from(app: Flask, ada: Browser):
    eve = Browser(app.test_client())
    form = {"email": "ada@example.org", "password": "not the password"}

    answers = [
        eve.post("/login", form, page="/login", environ_overrides={"REMOTE_ADDR": f"10.0.0.{n}"}) for n in range(15)
    ]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_session_ends_after_its_idle_time(app: Flask, ada: Browser, monkeypatch: pytest.MonkeyPatch):
    sessions = app.extensions["sessions"]
    later = sessions._clock() + 86_401
    monkeypatch.setattr(sessions, "_clock", lambda: later)

    assert ada.get("/").status_code == 302


def test_a_session_ends_at_its_absolute_limit_though_it_was_used(
    app: Flask, ada: Browser, config: Config, monkeypatch: pytest.MonkeyPatch
):
    sessions = app.extensions["sessions"]
    began, clock = sessions._clock(), {"now": 0.0}
    monkeypatch.setattr(sessions, "_clock", lambda: began + clock["now"])
    hours = range(1, config.session_absolute // 3_600)
    for hour in (*hours[::20], hours[-1]):
        clock["now"] = hour * 3_600
        assert ada.get("/").status_code == 200

    clock["now"] = config.session_absolute + 1

    assert ada.get("/").status_code == 302


def test_a_session_name_of_before_the_end_of_all_sessions_opens_nothing(app: Flask, ada: Browser):
    stolen = ada.client.get_cookie("mailhelper").value
    ada.post("/preferences/sessions/end")
    thief = app.test_client()
    thief.set_cookie("mailhelper", stolen)

    assert thief.get("/").status_code == 302


def test_no_cookie_but_that_of_the_session_lets_anybody_in(app: Flask, ada: Browser):
    ada.post("/logout")
    form = {"email": "ada@example.org", "password": PASSWORD, "remember": "y"}

    answer = ada.post("/login", form, page="/login")

    assert answer.status_code == 302
    assert [one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie")] == ["mailhelper"]
    assert ada.get("/").status_code == 200
    elsewhere = Browser(app.test_client())
    elsewhere.post("/login", form, page="/login")
    elsewhere.post("/preferences/sessions/end")
    assert ada.get("/").status_code == 302


def test_every_answer_carries_the_policy(stranger: Browser):
    headers = stranger.get("/login").headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_unsafe_request_passes_without_its_token(app: Flask, ada: Browser):
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and not rule.rule.startswith("/api/")]
    assert len(posts) > 10
    for rule in posts:
        path = rule.build({name: "1" for name in rule.arguments}, append_unknown=False)[1]
        assert ada.client.post(path, data={}).status_code == 400, rule


@pytest.mark.parametrize(
    ("named", "change"),
    [
        ("SECRET", {"secret": "short"}),
        ("SESSION_IDLE", {"session_idle": 0}),
        ("SESSION_IDLE", {"session_idle": 10**9}),
        ("ARGON2_MEMORY", {"argon2_memory": 0}),
        ("LOGIN_LIMIT", {"login_limit": ""}),
        ("LOGIN_LIMIT", {"login_limit": "10 per minut"}),
        ("LOGIN_LIMIT", {"login_limit": "0 per minute"}),
        ("API_LIMIT", {"api_limit": "600 per minute; many per hour"}),
        ("URL", {"url": "mail.example.org"}),
        ("URL", {"url": "https://[mail.example.org"}),
        ("REDIS_URL", {"redis_url": "http://127.0.0.1"}),
        ("REDIS_URL", {"redis_url": "unix:///run/redis.sock"}),
        ("REDIS_URL", {"redis_url": "redis://:a-password/of-them@127.0.0.1/0"}),
        ("REDIS_URL", {"redis_url": "redis://127.0.0.1/0?wait=1"}),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_at_the_start(config, named, change):
    with pytest.raises(ConfigError, match=f"MAILHELPER_WEB_{named} ") as caught:
        create_app(replace(config, **change))

    assert "a-password" not in str(caught.value)


def test_an_empty_limit_of_the_environment_is_no_limit_that_is_left_out():
    with pytest.raises(ConfigError, match="MAILHELPER_WEB_LOGIN_LIMIT"):
        Config.from_env({"MAILHELPER_WEB_LOGIN_LIMIT": ""})


def test_looking_at_the_address_of_redis_takes_none_of_its_connections():
    cache = RedisCache.open("redis://127.0.0.1:1/0?max_connections=1")

    assert cache._client.connection_pool.make_connection() is not None


def test_redis_without_its_client_is_refused_at_the_start(config, monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(ConfigError, match=r"mailhelper-web\[redis\]"):
        create_app(replace(config, redis_url="redis://127.0.0.1:1/0"))


def test_a_database_without_its_driver_is_refused_at_the_start(config, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConfigError, match="driver is missing"):
        create_app(
            replace(config, database_url="postgresql://127.0.0.1:1/mail", engine=replace(config.engine, key="k"))
        )


def test_a_new_database_is_its_owners_alone(app: Flask, config):
    path = Path(config.database_url.removeprefix("sqlite:///"))

    assert path.stat().st_mode & 0o077 == 0


def test_the_secret_is_kept_in_a_file_for_its_owner_alone(config):
    first, second = config.read_secret(), config.read_secret()

    assert first == second
    assert config.secret_file.stat().st_mode & 0o077 == 0


def test_registration_can_be_closed(config):
    host = create_app(replace(config, registration="closed"))

    assert host.test_client().get("/register").status_code == 404
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()


def test_a_user_can_register_and_log_out(app: Flask):
    eve = Browser(app.test_client())
    register(eve, "eve@example.org")
    assert eve.get("/").status_code == 200

    eve.post("/logout")

    assert eve.get("/").status_code == 302


def test_a_session_keeps_its_token_and_nobody_else_may_use_it(ada: Browser, stranger: Browser):
    def token(browser: Browser, page: str) -> str:
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)[1]

    first, second = token(ada, "/tags/"), token(ada, "/preferences/")
    other = token(stranger, "/login")

    assert first == second != other
    for browser, sent in ((ada, other), (stranger, first)):
        answer = browser.client.post("/preferences/theme", data={"csrf_token": sent, "theme": "dark"})
        assert answer.status_code == 400
    assert ada.client.post("/preferences/theme", data={"csrf_token": first, "theme": "dark"}).status_code == 303
