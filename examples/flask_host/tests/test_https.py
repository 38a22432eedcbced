"""The host as strangers reach it, over TLS: cookies that no other host can plant, and forms that a browser can send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from examples.flask_host.tests.browser import PASSWORD
from examples.flask_host.tests.conftest import host_of
from examples.flask_host.tests.live import Watched, served
from mailhelper_core.testing import LocalCertificate
from mailhelper_web import Config

COOKIE = "__Host-mailhelper"


@pytest.fixture
def secure(config: Config) -> Iterator[Flask]:
    """A host behind TLS."""
    with host_of(replace(config, https=True)) as host:
        yield host


def test_the_cookie_goes_over_tls_alone_and_belongs_to_this_host(secure: Flask):
    client = secure.test_client()
    answer = client.get("/login", base_url="https://mail.example.org")

    (said,) = answer.headers.getlist("Set-Cookie")
    name, *attributes = (one.strip() for one in said.split(";"))
    assert name.startswith(f"{COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert not any(one.lower().startswith("domain") for one in attributes)
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_without_tls_nothing_promises_it(fresh_app: Flask):
    answer = fresh_app.test_client().get("/login")

    assert "Strict-Transport-Security" not in answer.headers
    assert [one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie")] == ["mailhelper"]


def test_a_browser_registers_and_logs_in_over_tls(browser: Chromium, secure: Flask):
    context = browser.new_context(ignore_https_errors=True, locale="en-GB")
    with served(secure, ssl_context=LocalCertificate().server_context()) as port:
        watched = Watched(context.new_page(), f"https://127.0.0.1:{port}")
        page = watched.page
        watched.go("/register")
        page.fill("#email", "ada@example.org")
        page.fill("#password", PASSWORD)
        page.fill("#password_confirm", PASSWORD)
        page.click("#submit")

        expect(page.get_by_role("button", name="Add a mail account")).to_be_visible()
        (cookie,) = [one for one in context.cookies() if one["name"] == COOKIE]
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")
        page.locator("header.bar .menu summary").click()
        page.get_by_role("button", name="Log out").click()
        page.fill("#email", "ada@example.org")
        page.fill("#password", PASSWORD)
        page.click("#submit")
        expect(page.get_by_role("button", name="Add a mail account")).to_be_visible()
        assert watched.complaints == []
    context.close()
