"""A browser for the tests: follows forms with their CSRF token."""

from __future__ import annotations

import re
import time

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from mailhelper_core import Job, OwnerServices
from mailhelper_web.users import User

PASSWORD = "correct horse battery"
# A job of a small mailbox takes less than one, on a machine with nothing else to do.
JOB_SECONDS = 30.0


class Browser:
    """What a person's browser does: ask for pages, send their forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: object) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **options)

    def post(
        self, path: str, form: dict | None = None, *, page: str = "/preferences/", **options: object
    ) -> TestResponse:
        """Send a form with the token of a page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page).text)
        return self.client.post(path, data={"csrf_token": token[1] if token else "", **(form or {})}, **options)


def register(browser: Browser, email: str = "ada@example.org", password: str = PASSWORD) -> None:
    """Create a user and be logged in."""
    form = {"email": email, "password": password, "password_confirm": password}
    assert browser.post("/register", form, page="/register").status_code == 302


def turn_on(browser: Browser) -> TOTP:
    """Turn the second factor on, and answer what makes its codes."""
    browser.post("/tf-setup", {"setup": "authenticator"}, page="/tf-setup")
    page = browser.post("/tf-setup", {"setup": "authenticator"}, page="/tf-setup")
    secret = re.search(r">\s*([A-Z2-7]{4}(?:-[A-Z2-7]{1,4}){3,})\s*<", page.text)
    token = re.search(r'action="(/tf-setup/[^"]+)"', page.text)
    totp = TOTP(secret[1])
    browser.post(token[1] if token else "/tf-validate", {"code": totp.generate().token}, page="/tf-setup")
    return totp


def ended(mine: OwnerServices, location: str) -> Job:
    """Wait until the job of an address has ended, and answer it."""
    job_id = int(location.rsplit("/", 1)[1])
    deadline = time.monotonic() + JOB_SECONDS
    while (job := mine.jobs.get(job_id)).is_open and time.monotonic() < deadline:
        time.sleep(0.02)
    return job


def services(app: Flask, email: str = "ada@example.org") -> OwnerServices:
    """The services of a user, as the pages use them."""
    with app.app_context():
        user = app.extensions["users"].query(User).filter_by(email=email).one()
        return app.extensions["mailhelper"].for_owner(user.owner)
