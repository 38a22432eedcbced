"""Limits at the doors: every registration counts, and one account is one however it is written or sent."""

from __future__ import annotations

import re
from itertools import cycle

import pytest
from flask import Flask

from examples.flask_host.tests.browser import PASSWORD, Browser, turn_on

# Ways to write ada@example.org that log-in takes for the same.
SPELLINGS = (
    "ada@example.org", "ADA@example.org", "ada@\uff45xample.org", " Ada@EXAMPLE.org", "\uff41da@\uff45\uff58ample.org",
)  # fmt: skip


@pytest.fixture
def eve(app: Flask) -> Browser:
    """Somebody who is not in, and asks from another address each time."""
    return Browser(app.test_client())


def _from(number: int) -> dict[str, dict[str, str]]:
    return {"environ_overrides": {"REMOTE_ADDR": f"10.0.0.{number}"}}


def _token(browser: Browser) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/login").text)[1]


@pytest.mark.parametrize("is_taken", [True, False])
def test_every_registration_counts_whether_it_makes_an_account_or_not(app: Flask, ada: Browser, is_taken: bool):
    answers = []
    for number in range(14):
        email = "ada@example.org" if is_taken else f"u{number}@example.org"
        form = {"email": email, "password": PASSWORD, "password_confirm": PASSWORD}
        answers.append(Browser(app.test_client()).post("/register", form, page="/register"))

    # Ada's own was the first of ten.
    assert [one.status_code for one in answers] == [302] * 9 + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_registering_one_address_from_everywhere_is_stopped(app: Flask, ada: Browser):
    form = {"email": "ada@example.org", "password": PASSWORD, "password_confirm": PASSWORD}
    tried = [
        Browser(app.test_client()).post("/register", form, page="/register", **_from(number)).status_code
        for number in range(12)
    ]

    assert tried[-1] == 429


def test_an_account_is_one_however_its_address_is_written(eve: Browser, ada: Browser):
    tried = []
    for number, email in zip(range(15), cycle(SPELLINGS), strict=False):
        form = {"email": email, "password": "not the password"}
        tried.append(eve.post("/login", form, page="/login", **_from(number)).status_code)

    assert tried == [200] * 10 + [429] * 5


@pytest.mark.parametrize("other", ["\u0130ris@example.org", "IRIS@example.org", "i\u0307ris@example.org"])
def test_letters_that_a_database_may_find_equal_count_as_one(eve: Browser, other: str):
    def guess(number: int, email: str) -> int:
        form = {"email": email, "password": "not the password"}
        return eve.post("/login", form, page="/login", **_from(number)).status_code

    for number in range(10):
        guess(number, "iris@example.org")

    assert guess(11, other) == 429


@pytest.mark.parametrize("as_list", [False, True])
def test_guesses_by_json_are_stopped_whatever_address_they_come_from(eve: Browser, ada: Browser, as_list: bool):
    headers = {"Accept": "application/json", "X-CSRFToken": _token(eve)}
    tried = []
    for number, email in zip(range(15), cycle(SPELLINGS), strict=False):
        body = {"email": [email, f"u{number}@x.example"] if as_list else email, "password": "not the password"}
        tried.append(eve.client.post("/login", json=body, headers=headers, **_from(number)).status_code)

    assert tried == [400] * 10 + [429] * 5


def test_guesses_by_json_and_by_form_count_together(eve: Browser, ada: Browser):
    headers = {"Accept": "application/json", "X-CSRFToken": _token(eve)}
    body = {"email": "ada@example.org", "password": "not the password"}
    for number in range(10):
        eve.client.post("/login", json=body, headers=headers, **_from(number))

    assert eve.post("/login", body, page="/login", **_from(11)).status_code == 429


@pytest.mark.parametrize("body", ["{", "[1]", '"x"', "5", "null", '{"email": {"a": 1}}', '{"email": []}', ""])
def test_json_that_is_no_form_is_told_so_and_counts(eve: Browser, body: str):
    headers = {"X-CSRFToken": _token(eve), "Content-Type": "application/json", "Accept": "application/json"}
    tried = [eve.client.post("/login", data=body, headers=headers).status_code for _ in range(12)]

    assert tried == [400] * 10 + [429] * 2


def test_an_address_sent_along_makes_no_other_account_of_a_log_in_that_waits_for_its_code(app: Flask, ada: Browser):
    turn_on(ada)
    tried = []
    for number in range(14):
        eve = Browser(app.test_client())
        eve.post("/login", {"email": "ada@example.org", "password": PASSWORD}, page="/login", **_from(number))
        form = {"code": f"{number:06d}", "email": f"u{number}@x.example"}
        tried.append(eve.post("/tf-validate", form, page="/tf-validate", **_from(number)).status_code)

    assert tried[0] == 200
    assert tried[-1] == 429
