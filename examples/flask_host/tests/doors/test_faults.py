"""Faults that mail hosts had, each impossible here: what is kept, who may guess, what a log-out ends."""

from __future__ import annotations

import inspect
import re
import time

import pytest
from flask import Flask
from sqlalchemy import select

from examples.flask_host.tests.browser import PASSWORD, Browser, turn_on
from mailhelper_core.testing import ImapServer
from mailhelper_web import Config, commands
from mailhelper_web.safety.limits import DOORS
from mailhelper_web.safety.sessions import StoredSession
from mailhelper_web.users import User

MAIL_PASSWORD = "hippopotamus in the bath"


def _user(app: Flask) -> User:
    with app.app_context():
        return app.extensions["users"].query(User).filter_by(email="ada@example.org").one()


def test_no_secret_lies_in_the_database_as_it_was_typed(app: Flask, ada: Browser, config: Config):
    with ImapServer(users={"ada": MAIL_PASSWORD}) as server:
        form = {"host": server.host, "port": server.port, "security": "none", "username": "ada"}
        added = ada.post("/accounts/add", {"address": "ada@example.org", "password": MAIL_PASSWORD, **form})
        app.extensions["mailhelper"].jobs.stop()
    totp = turn_on(ada)
    cookie = ada.client.get_cookie("mailhelper").value
    token = re.search(r"<code>([\w-]{43})</code>", ada.post("/preferences/token").text)[1]

    files = [file for file in config.secret_file.parent.glob("mail.db*") if file.suffix != ".key"]
    octets = b"".join(file.read_bytes() for file in files)
    assert added.status_code == 303
    for secret in (PASSWORD, MAIL_PASSWORD, totp.base32_key, cookie, token):
        assert secret.encode() not in octets


def test_log_out_ends_the_session_on_the_server(app: Flask, ada: Browser):
    stolen = ada.client.get_cookie("mailhelper").value
    ada.post("/logout")
    thief = app.test_client()
    thief.set_cookie("mailhelper", stolen)

    assert thief.get("/").status_code == 302


def test_nobody_is_logged_out_or_changed_by_an_address(ada: Browser):
    for path in ("/logout", "/tf-validate"):
        ada.get(path)
        assert ada.get("/").status_code == 200, path


def test_a_session_that_is_over_leaves_the_database_with_the_next_log_in(
    app: Flask, ada: Browser, monkeypatch: pytest.MonkeyPatch
):
    sessions = app.extensions["sessions"]
    later = sessions._clock() + app.extensions["config"].session_idle + 1
    monkeypatch.setattr(sessions, "_clock", lambda: later)

    Browser(app.test_client()).post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")

    with app.extensions["engine"].connect() as connection:
        used = list(connection.scalars(select(StoredSession.used_at)))
    assert used
    assert set(used) == {later}


def test_a_new_password_ends_all_other_sessions(app: Flask, ada: Browser):
    other = Browser(app.test_client())
    other.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
    assert other.get("/").status_code == 200

    form = {"password": PASSWORD, "new_password": "another long one", "new_password_confirm": "another long one"}
    assert ada.post("/change", form, page="/change").status_code == 302

    assert other.get("/").status_code == 302


def test_a_code_opens_the_door_once_and_guessing_it_is_stopped(app: Flask, ada: Browser):
    totp = turn_on(ada)
    assert _user(app).tf_totp_secret
    code = totp.generate().token
    answers = []
    for number in range(14):
        eve = Browser(app.test_client())
        eve.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
        guess = code if number == 0 else f"{number:06d}"
        answers.append(eve.post("/tf-validate", {"code": guess}, page="/tf-validate").status_code)

    # The code was used at the set-up already; then come guesses, each from another session.
    assert 302 not in answers
    assert answers[-1] == 429


def test_the_right_code_opens_the_door(app: Flask, ada: Browser):
    totp = turn_on(ada)
    other = Browser(app.test_client())
    other.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
    assert other.get("/").status_code == 302  # the password alone does not

    # The code of the set-up is used; a phone's clock may be half a minute ahead.
    answer = other.post("/tf-validate", {"code": totp.generate(time.time() + 30).token}, page="/tf-validate")

    assert (answer.status_code, answer.location) == (302, "/")
    assert other.get("/").status_code == 200


def test_who_lost_the_phone_finds_the_way_in_with_a_recovery_code(app: Flask, ada: Browser):
    turn_on(ada)
    codes = ada.post("/mf-recovery-codes", page="/mf-recovery-codes").text
    code = re.search(r"<li[^>]*>([0-9a-f]{4}(?:-[0-9a-f]{4}){2})</li>", codes)
    other = Browser(app.test_client())
    asked = other.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
    assert other.get("/").status_code == 302

    page = other.get(asked.location).text if asked.location else asked.text
    way = re.search(r'href="(/mf-recovery[^"]*)"', page)
    other.post("/mf-recovery", {"code": code[1]}, page=way[1])

    assert other.get("/").status_code == 200


def test_recovery_codes_are_offered_when_the_second_factor_is_turned_on_and_not_before(app: Flask, ada: Browser):
    assert "/mf-recovery-codes" not in ada.get("/preferences/").text
    off = ada.get("/mf-recovery-codes").text
    assert "that is off" in off
    assert 'name="generate_new_codes"' not in off

    turn_on(ada)
    led = ada.get("/preferences/second-factor")

    assert app.config["SECURITY_TWO_FACTOR_POST_SETUP_VIEW"] == "/preferences/second-factor"
    assert led.location == "/mf-recovery-codes"
    assert "You have none yet." in ada.get(led.location).text
    assert "/mf-recovery-codes" in ada.get("/preferences/").text
    ada.post("/mf-recovery-codes", page="/mf-recovery-codes")
    assert ada.get("/preferences/second-factor").location == "/preferences/"
    assert re.search(r"<li>[0-9a-f]{4}-", ada.get("/mf-recovery-codes?show_codes=1").text)


def test_every_view_that_takes_a_secret_is_a_door_with_a_limit(app: Flask):
    # These take none: who is in already chooses, shows or leaves; what is forgotten is only told about.
    harmless = {"logout", "two_factor_setup", "two_factor_rescue", "mf_recovery_codes", "tf_select", "forgot_password"}
    taking = {one.endpoint for one in app.url_map.iter_rules() if "POST" in one.methods}

    found = {one for one in taking if one.startswith("security.")} - {f"security.{one}" for one in harmless}

    assert found == set(DOORS)


def test_recovery_codes_cannot_be_guessed(app: Flask, ada: Browser):
    turn_on(ada)
    page = ada.post("/mf-recovery-codes", {"generate_codes": "Generate"}, page="/mf-recovery-codes").text
    codes = set(re.findall(r"\b[0-9a-f]{4}(?:-[0-9a-f]{4}){2,}\b", page))

    assert len(codes) >= 5
    assert all(len(code.replace("-", "")) * 4 >= 48 for code in codes)


def test_registering_without_end_is_stopped(app: Flask):
    eve = Browser(app.test_client())
    form = {"email": "eve@example.org", "password": "short", "password_confirm": "short"}

    answers = [eve.post("/register", form, page="/register") for _ in range(15)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_there_is_no_secret_that_everybody_knows(app: Flask, config):
    assert len(config.read_secret()) >= 32
    assert config.read_secret() not in (app.config["SECRET_KEY"], "")
    other = type(config)(secret_file=config.secret_file.with_name("other"))
    assert other.read_secret() != config.read_secret()


def test_the_command_listens_to_this_machine_alone_unless_told():
    options = {option.name: option.default for option in commands.serve.params}

    assert options["host"] == "127.0.0.1"
    assert "0.0.0.0" not in inspect.getsource(commands)


def test_a_lock_ends_by_itself(app: Flask, ada: Browser, monkeypatch: pytest.MonkeyPatch):
    eve = Browser(app.test_client())
    wrong = {"email": "ada@example.org", "password": "not the password"}
    statuses = [eve.post("/login", wrong, page="/login").status_code for _ in range(15)]
    assert statuses[-1] == 429

    later = app.extensions["sessions"]._clock() + 3_601
    monkeypatch.setattr("mailhelper_web.safety.counters.time.time", lambda: later)
    monkeypatch.setattr("limits.strategies.time.time", lambda: later)
    right = {"email": "ada@example.org", "password": PASSWORD}

    assert Browser(app.test_client()).post("/login", right, page="/login").status_code == 302
