"""Recovery codes: sealed in the database, also those that were kept in clear before; each opens the door once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from examples.flask_host.tests.browser import PASSWORD, Browser, register, turn_on
from examples.flask_host.tests.conftest import host_of
from mailhelper_web import Config

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
