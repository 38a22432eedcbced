"""The first minutes: the server is found, refusals say what to do, the first sync is followed, rules are offered."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from markupsafe import escape

from examples.flask_host.tests.browser import Browser, register, services
from mailhelper_core import Job, OwnerServices, Progress
from mailhelper_core.testing import ImapServer
from mailhelper_web.look.charts import HEIGHT, days
from mailhelper_web.parts.onboarding import Login, connect
from mailhelper_web.parts.progress import Since, follow, seconds_left

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def _form(server: ImapServer, **change: object) -> dict[str, object]:
    host = {"host": server.host, "port": server.port, "security": "none"}
    return {"address": "second@example.org", "password": "secret", "username": "second", **host, **change}


def _job(stage: str, done: int, total: int) -> Job:
    return Job(1, "1", "run", 1, "running", NOW, NOW, progress=Progress(stage, done, total))


@pytest.mark.parametrize(
    ("address", "words"),
    [("a@gmail.com", "app password"), ("a@outlook.com", "OAuth"), ("a@firma.example", "imap.firma.example")],
)
def test_the_server_of_an_address_is_named_before_anything_is_sent(ada: Browser, address: str, words: str):
    assert words in ada.post("/accounts/discover", {"address": address}).text


def test_half_an_address_names_no_server(ada: Browser):
    assert ada.post("/accounts/discover", {"address": "ada@"}).text.strip() == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "Many providers want an app password for programs like this."),
        ({"port": 1}, "The port is 993 with TLS and 143 with STARTTLS."),
        ({"port": 1}, "<strong>Nobody listens at this server and port."),
        ({"host": "imap.nowhere.invalid"}, "I know my server"),
        ({"host": "", "address": "nobody"}, "The server cannot be found from this address."),
    ],
)
def test_a_refusal_says_what_to_do(ada: Browser, imap_server: ImapServer, change: dict[str, object], words: str):
    answer = ada.post("/accounts/add", _form(imap_server, **change))

    assert answer.status_code == 400
    assert words in answer.text


def test_a_refused_password_is_shown_to_no_other_server(app: Flask, synced: OwnerServices, imap_server: ImapServer):
    with ImapServer(users={"second": "wrong"}) as other:
        login = Login("a@example.org", "second", "wrong", (imap_server.url, other.url))

        with app.test_request_context():
            account, check = connect(synced, login, allow_private=True)

    # The second one would have let the owner in.
    assert (account, check.state) == (None, "needs_auth")


def test_the_first_sync_is_followed_and_rules_are_offered_with_their_plan(app: Flask, imap_server: ImapServer):
    eve = Browser(app.test_client())
    register(eve, "eve@example.org")
    mine = services(app, "eve@example.org")

    added = eve.post("/accounts/add", _form(imap_server, username="ada"))
    assert "Your mail is coming in" in eve.get(added.location).text
    _wait(mine)
    page = eve.get(added.location).text

    assert f"{mine.count('')} messages are here" in page
    assert page.count("Take this rule") == 3
    planned = {one.subject for one in mine.search("category:newsletter in:inbox", limit=8)}
    assert len(planned) > 0
    assert all(str(escape(subject)) in page for subject in planned)
    assert mine.rules.list() == ()
    eve.post(f"{added.location}/rule", {"name": "archive-newsletters"})
    (taken,) = mine.rules.list()
    assert taken.when == "category:newsletter in:inbox"
    toast = eve.get(added.location).text.partition('id="toasts"')[2]
    assert f'action="/rules/{taken.id}/run"' in toast
    assert ">Run on mail that is here</button>" in toast
    assert eve.post(f"{added.location}/rule", {"name": "archive-newsletters"}).status_code == 404


def test_the_first_sync_of_another_is_not_there(bob: Browser, app: Flask):
    account = services(app, "eve@example.org").accounts.list()[0]

    assert bob.get(f"/accounts/{account.id}/first").status_code == 404


def test_the_time_that_is_left_follows_the_pace_of_the_stage():
    since = follow(_job("sync", 100, 1_000), 50.0, None)

    assert since == Since("sync", 50.0, 100)
    assert seconds_left(_job("sync", 100, 1_000), 50.0, since) is None
    assert seconds_left(_job("sync", 400, 1_000), 80.0, since) == 60
    assert follow(_job("process", 1, 1_000), 90.0, since) == Since("process", 90.0, 1)
    assert Since.read(str(since)) == since


@pytest.mark.parametrize("text", ["", "sync", "sync,x,1", "sync,1", "evil,1,1", "sync,-1,1", "sync,1,1,1"])
def test_a_mark_that_nobody_wrote_is_none(text: str):
    assert Since.read(text) is None


def test_days_without_mail_have_their_place_in_the_chart():
    columns = days({"2026-11-28": 8, "2026-11-26": 4}, until=date(2026, 11, 28), count=4, scope="in:inbox")

    assert [(one.day.day, one.number, one.height) for one in columns] == [
        (25, 0, 0.0), (26, 4, HEIGHT / 2), (27, 0, 0.0), (28, 8, HEIGHT)
    ]  # fmt: skip
    assert columns[1].query == "in:inbox after:2026-11-26 before:2026-11-27"


def _wait(mine: OwnerServices) -> None:
    deadline = time.monotonic() + 30
    while any(job.is_open for job in mine.jobs.list()) and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.parametrize("away", [False, True])
def test_a_new_password_that_does_not_work_changes_nothing(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer, away: bool
):
    account = synced.accounts.list()[0]
    if away:
        imap_server.stop()

    form = {"name": "renamed", "password": "mistyped", "paused": "1"}
    answer = ada.post(f"/accounts/{account.id}/update", form)

    if away:
        imap_server.start()
    words = "Nobody listens at this server and port." if away else "app password for programs like this."
    assert answer.status_code == 400
    assert words in answer.text
    assert "the account keeps its password" in answer.text
    assert 'value="renamed"' in answer.text  # what was typed is still there
    assert "mistyped" not in answer.text
    assert synced.accounts.get(account.id) == account
    assert synced.accounts.check(account.id).ok


def test_a_new_password_that_works_is_stored(ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]
    synced.accounts.update(account.id, password="wrong")

    answer = ada.post(f"/accounts/{account.id}/update", {"name": account.name, "password": "secret", "paused": "0"})

    assert answer.status_code == 303
    assert synced.accounts.check(account.id).ok
