"""What outlives a session wants the password anew, where it was typed a while ago: whoever finds a session has none."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, turn_on
from mailhelper_web.safety.settings import RECENT_MINUTES
from mailhelper_web.users import User

MADE_ANEW = r"<code>[\w-]{43}</code>"


def _age(browser: Browser) -> None:
    """Let the password of a session be typed just too long ago."""
    with browser.client.session_transaction() as session:
        session["fs_paa"] -= RECENT_MINUTES * 60


def _ada(app: Flask) -> User:
    with app.app_context():
        return app.extensions["users"].query(User).filter_by(email="ada@example.org").one()


def test_a_token_wants_a_password_that_was_typed_lately(app: Flask, ada: Browser):
    first = ada.post("/preferences/token")
    digest = _ada(app).api_token_digest
    _age(ada)

    asked = ada.post("/preferences/token")

    assert re.search(MADE_ANEW, first.text)
    assert (asked.status_code, asked.location.partition("?")[0]) == (302, "/verify")
    assert _ada(app).api_token_digest == digest != ""
    wrong = ada.post(asked.location, {"password": "not the password"}, page="/verify")
    assert wrong.status_code == 200
    assert ada.post("/preferences/token").status_code == 302
    back = ada.post(asked.location, {"password": PASSWORD}, page="/verify")
    assert ada.get(back.location, follow_redirects=True).request.path == "/preferences/"
    assert re.search(MADE_ANEW, ada.post("/preferences/token").text)
    assert _ada(app).api_token_digest != digest


def test_the_second_factor_and_its_codes_want_it_too(app: Flask, ada: Browser):
    turn_on(ada)
    ada.post("/mf-recovery-codes", page="/mf-recovery-codes")
    before = _ada(app)
    _age(ada)

    answers = [
        ada.get("/tf-setup"),
        ada.post("/tf-setup", {"setup": "disable"}),
        ada.post("/tf-setup", {"setup": "authenticator"}),
        ada.get("/mf-recovery-codes?show_codes=1"),
        ada.post("/mf-recovery-codes"),
    ]

    after = _ada(app)
    assert {(one.status_code, one.location.partition("?")[0]) for one in answers} == {(302, "/verify")}
    assert (after.tf_totp_secret, after.mf_recovery_codes) == (before.tf_totp_secret, before.mf_recovery_codes)
    ada.post("/verify", {"password": PASSWORD}, page="/verify")
    ada.post("/tf-setup", {"setup": "disable"}, page="/tf-setup")
    assert _ada(app).tf_totp_secret is None


@pytest.mark.parametrize("typed", ["", "not the password"])
def test_a_new_password_wants_the_old_one_whenever_it_was_typed(app: Flask, ada: Browser, typed: str):
    before = _ada(app).password
    new = {"new_password": "another long one", "new_password_confirm": "another long one"}

    answer = ada.post("/change", {"password": typed, **new}, page="/change")

    assert answer.status_code == 200
    assert _ada(app).password == before
