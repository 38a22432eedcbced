"""Codes of the second factor open the door once; recovery codes are sealed, also those kept in clear before."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask_security import MfRecoveryCodesUtil, UserMixin
from passlib.totp import TotpMatch
from sqlalchemy import text

from examples.flask_host.tests.browser import PASSWORD, Browser, register, turn_on
from examples.flask_host.tests.conftest import host_of, on_postgresql
from mailhelper_web import Config
from mailhelper_web.safety.security import OneTimeTotp

OLD = ("0123-4567-89ab", "cdef-0123-4567")


@pytest.fixture
def ada(fresh_app: Flask) -> Browser:
    """Ada, who has turned the second factor on."""
    browser = Browser(fresh_app.test_client())
    register(browser)
    turn_on(browser)
    return browser


def _shown(browser: Browser) -> list[str]:
    page = browser.get("/mf-recovery-codes?show_codes=1").text
    return re.findall(r"<li>([0-9a-f]{4}(?:-[0-9a-f]{4}){2})</li>", page)


def _opens(host: Flask, code: str) -> bool:
    browser = Browser(host.test_client())
    browser.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
    browser.post("/mf-recovery", {"code": code}, page="/mf-recovery")
    return browser.get("/").status_code == 200


def _stored(host: Flask) -> str:
    with host.extensions["engine"].connect() as connection:
        return connection.scalar(text("SELECT mf_recovery_codes FROM web_users"))


def test_no_recovery_code_stands_in_the_database(fresh_app: Flask, ada: Browser, config: Config):
    ada.post("/mf-recovery-codes", page="/mf-recovery-codes")
    codes = _shown(ada)

    octets = b"".join(file.read_bytes() for file in config.secret_file.parent.glob("mail.db*"))
    assert len(codes) == 5
    assert b"gAAAA" in octets
    for code in codes:
        assert code.encode() not in octets
        assert code.replace("-", "").encode() not in octets
    assert _opens(fresh_app, codes[2])
    assert not _opens(fresh_app, codes[2])
    assert _shown(ada) == codes[:2] + codes[3:]


def test_codes_that_were_kept_in_clear_are_sealed_at_the_start_and_go_on_working(
    fresh_app: Flask, ada: Browser, config: Config
):
    with fresh_app.extensions["engine"].begin() as connection:
        connection.execute(text("UPDATE web_users SET mf_recovery_codes = :old"), {"old": ",".join(OLD)})

    for _ in range(2):  # the second start finds nothing to do
        with host_of(config) as host:
            stored = _stored(host)
            assert not any(code in stored for code in OLD)

    assert _shown(ada) == [*OLD]
    assert _opens(fresh_app, OLD[1])
    assert not _opens(fresh_app, OLD[1])
    assert _shown(ada) == [OLD[0]]


def test_who_has_no_codes_is_left_alone(fresh_app: Flask, config: Config):
    for email in ("ada@example.org", "bob@example.org"):
        register(Browser(fresh_app.test_client()), email)
    with fresh_app.extensions["engine"].begin() as connection:
        connection.execute(text("UPDATE web_users SET mf_recovery_codes = '' WHERE id = 1"))

    with host_of(config) as host, host.extensions["engine"].connect() as connection:
        found = connection.scalars(text("SELECT mf_recovery_codes FROM web_users ORDER BY id")).all()

    assert found == ["", None]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def host(request: pytest.FixtureRequest, config: Config) -> Iterator[Flask]:
    """A host on each database, with Ada and her second factor."""
    if request.param == "postgresql":
        config = on_postgresql(config, request.getfixturevalue("postgres_url"))
    with host_of(config) as made:
        yield made


@pytest.mark.parametrize(("first", "second", "doors"), [(2, 2, 1), (2, 3, 2)], ids=["one code", "two codes"])
def test_at_the_same_moment_a_code_opens_one_door_and_another_code_its_own(
    host: Flask, monkeypatch: pytest.MonkeyPatch, first: int, second: int, doors: int
):
    ada = Browser(host.test_client())
    register(ada)
    turn_on(ada)
    ada.post("/mf-recovery-codes", page="/mf-recovery-codes")
    codes = _shown(ada)
    both_are_right, check = threading.Barrier(2, timeout=20), MfRecoveryCodesUtil.check_recovery_code

    def check_together(self: MfRecoveryCodesUtil, user: UserMixin, code: str) -> bool:
        found = check(self, user, code)
        both_are_right.wait()
        return found

    with monkeypatch.context() as at_once, ThreadPoolExecutor(2) as people:
        at_once.setattr(MfRecoveryCodesUtil, "check_recovery_code", check_together)
        opened = list(people.map(lambda number: _opens(host, codes[number]), (first, second)))

    assert sum(opened) == doors
    assert _shown(ada) == [code for number, code in enumerate(codes) if number not in (first, second)]
    assert not _opens(host, codes[first])


def test_a_code_of_the_minute_opens_one_door_also_at_the_same_moment(host: Flask, monkeypatch: pytest.MonkeyPatch):
    ada = Browser(host.test_client())
    register(ada)
    totp = turn_on(ada)
    with host.extensions["engine"].begin() as connection:
        connection.execute(text("UPDATE web_users SET tf_last_counter = NULL"))  # this minute's code is new
    both_are_right, note = threading.Barrier(2, timeout=20), OneTimeTotp.set_last_counter

    def note_together(self: OneTimeTotp, user: UserMixin, match: TotpMatch) -> None:
        both_are_right.wait()
        note(self, user, match)

    def opens(code: str) -> bool:
        browser = Browser(host.test_client())
        browser.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login")
        browser.post("/tf-validate", {"code": code}, page="/tf-validate")
        return browser.get("/").status_code == 200

    with monkeypatch.context() as at_once, ThreadPoolExecutor(2) as people:
        at_once.setattr(OneTimeTotp, "set_last_counter", note_together)
        opened = list(people.map(opens, [totp.generate().token] * 2))

    assert sum(opened) == 1
