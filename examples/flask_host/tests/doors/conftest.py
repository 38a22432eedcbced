"""Tests of the doors break what they touch: each has a host, and users, of its own."""

from __future__ import annotations

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, register


@pytest.fixture
def app(fresh_app: Flask) -> Flask:
    """The host of one test."""
    return fresh_app


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Somebody who is not in."""
    return Browser(app.test_client())


@pytest.fixture
def ada(app: Flask) -> Browser:
    """The first user, and so the admin."""
    browser = Browser(app.test_client())
    register(browser)
    return browser


@pytest.fixture
def bob(app: Flask, ada: Browser) -> Browser:
    """A user like any other."""
    browser = Browser(app.test_client())
    register(browser, "bob@example.org")
    return browser
