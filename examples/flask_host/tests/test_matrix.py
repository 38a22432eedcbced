"""Every route of the URL map, as every role, with ids that are somebody else's: no leak, no crash, nothing changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Template

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from examples.flask_host.tests.belongings import FILE, Belongings, belongings
from examples.flask_host.tests.browser import Browser, services
from mailhelper_core.testing import ImapServer

METHODS = {"GET", "POST", "DELETE"}
# What a stranger may be shown: the doors, the health of the process, the description of the API.
OPEN = ("security.", "preferences.set_", "health.", "openapi_", "static")
ADMIN = "admin."
API = "api_"
# What acts on whoever asks: log-in, one's own settings.
OWN = ("security.", "preferences.")


@dataclass(frozen=True)
class Asker:
    """Somebody who asks for what is not theirs, by cookie and by token."""

    browser: Browser
    token: str
    is_admin: bool

    def ask(self, method: str, rule: Rule, path: str, form: Mapping[str, str]) -> TestResponse:
        """Ask as the route wants to be asked: API routes by a token and JSON, others by cookie and form."""
        if rule.endpoint.startswith(API):
            return self.send(path, {} if method == "POST" else None, method=method)
        return self.browser.get(path) if method == "GET" else self.browser.post(path, dict(form))

    def send(self, path: str, body: object, *, method: str = "POST") -> TestResponse:
        """Ask as a program does."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.browser.client.open(path, method=method, json=body, headers=headers)

    def may(self, rule: Rule) -> bool:
        """Say whether a route is for them, whoever it is about: an admin's pages about users."""
        return self.is_admin and rule.endpoint.startswith(ADMIN)


@pytest.fixture(scope="module")
def adas(app: Flask, ada: Browser, imap_server: ImapServer) -> Belongings:
    """What is Ada's, who is the admin."""
    return belongings(services(app), 1, imap_server, "ada", "zebra")


@pytest.fixture(scope="module")
def bobs(app: Flask, bob: Browser, imap_server: ImapServer) -> Belongings:
    """What is Bob's."""
    return belongings(services(app, "bob@example.org"), 2, imap_server, "second", "okapi")


@pytest.fixture(params=["the admin asks for Bob's", "Bob asks for the admin's"])
def asked(
    request: pytest.FixtureRequest, ada: Browser, bob: Browser, adas: Belongings, bobs: Belongings
) -> tuple[Asker, Belongings]:
    """Who asks, and whose things they ask for."""
    is_admin = request.param.startswith("the admin")
    browser = ada if is_admin else bob
    token = re.search(r"<code>([^<]+)</code>", browser.post("/preferences/token").text)[1]
    return Asker(browser, token, is_admin), bobs if is_admin else adas


def _routes(app: Flask, method: str, ids: Mapping[str, int]) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            values = {name: ids.get(name, "0") for name in rule.arguments}
            yield rule, rule.build(values, append_unknown=False)[1]


def _names_ids(rule: Rule) -> bool:
    return any(name.endswith("_id") for name in rule.arguments)


def _form(theirs: Belongings) -> dict[str, str]:
    """A form that names what is another's wherever forms name something."""
    message, account = str(theirs.ids["message_id"]), str(theirs.ids["account_id"])
    tag = theirs.words[0]
    return {
        "id": message, "other": message, "account": account, "act": "trash", "confirm": "x", "name": tag, "into": tag,
        "q": f"account:{account}", "word": "allow", "purpose": "summarize", "provider": "local", "level": "none",
        "when": f"id:{message}", "action": "trash",
    }  # fmt: skip


def test_no_address_has_two_views(app: Flask):
    views: dict[tuple[str, str], list[str]] = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            views.setdefault((method, rule.rule), []).append(rule.endpoint)

    assert {address: names for address, names in views.items() if len(names) > 1} == {}
    assert len(views) > 60
    assert {method for method, _ in views} == METHODS  # another one would be left out below


def test_no_page_shows_anybody_elses(app: Flask, asked: tuple[Asker, Belongings]):
    asker, theirs = asked
    leaks, answered = [], 0
    for rule, path in _routes(app, "GET", theirs.ids):
        answer = asker.ask("GET", rule, path, {})
        answered += 1
        leaks += [f"{path}: {word}" for word in theirs.words if word in answer.text]
        assert answer.status_code < 500, path
        if _names_ids(rule) or (rule.endpoint.startswith(ADMIN) and not asker.may(rule)):
            assert answer.status_code == 404, path
        elif rule.endpoint.startswith(API):
            assert answer.status_code == 200, path

    assert leaks == []
    assert answered > 45


def test_no_list_is_of_anybody_elses(asked: tuple[Asker, Belongings]):
    asker, theirs = asked
    box = theirs.mine.accounts.mailboxes()[0].id
    message, account = theirs.ids["message_id"], theirs.ids["account_id"]

    paths = [
        f"/?account={account}", f"/mail/?view=box-{box}", f"/mail/?q=id:{message}", f"/mail/?q=account:{account}",
        f"/history/?after={theirs.ids['change_id'] + 1}", f"/replies/?after={theirs.ids['draft_id'] + 1}",
    ]  # fmt: skip
    for path in paths:
        answer = asker.browser.get(path)
        assert answer.status_code < 500, path
        assert not any(word in answer.text.partition("<main")[2] for word in theirs.words), path


def test_every_page_answers_who_it_belongs_to(app: Flask, ada: Browser, adas: Belongings):
    # API routes answer tokens alone; other arguments than ids are made up here and may name nothing.
    answers = {
        path: ada.get(path).status_code
        for rule, path in _routes(app, "GET", adas.ids)
        if not rule.endpoint.startswith(API) and all(name in adas.ids for name in rule.arguments)
    }

    assert {path: status for path, status in answers.items() if status not in (200, 302)} == {}
    assert list(answers.values()).count(200) > 30


def test_a_file_of_a_mail_is_its_owners_alone(
    ada: Browser, bob: Browser, stranger: Browser, adas: Belongings, bobs: Belongings
):
    for browser, owns, other in ((ada, adas, bobs), (bob, bobs, adas)):
        own = browser.get(f"/mail/{owns.ids['message_id']}/attachment/0")
        assert (own.status_code, own.data) == (200, FILE)
        assert browser.get(f"/mail/{other.ids['message_id']}/attachment/0").status_code == 404
        assert stranger.get(f"/mail/{owns.ids['message_id']}/attachment/0").status_code == 302
    assert ada.get(f"/mail/{adas.ids['message_id']}/attachment/1").status_code == 404


@pytest.mark.parametrize("method", sorted(METHODS - {"GET"}))
def test_nobody_changes_what_is_anothers(app: Flask, asked: tuple[Asker, Belongings], method: str):
    asker, theirs = asked
    before, form = theirs.state(), _form(theirs)
    for rule, path in _routes(app, method, theirs.ids):
        if rule.endpoint.startswith(OWN) or asker.may(rule):
            continue
        answer = asker.ask(method, rule, path, form)
        assert answer.status_code < 500, path
        assert not any(word in answer.text for word in theirs.words if word not in form.values()), path
        if _names_ids(rule) or rule.endpoint.startswith(ADMIN):
            assert answer.status_code == 404, path

    assert theirs.state() == before


_RULE = '{"name": "x", "when": "", "then": [{"name": "tag", "argument": "x"}], "account_id": $account_id}'


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/messages/act", '{"ids": [$message_id], "act": "trash"}'),
        ("/messages/correct", '{"ids": [$message_id], "urgency": 3}'),
        ("/rules", _RULE),
        ("/rules/plan", _RULE),
    ],
    ids=["act", "correct", "rule", "plan"],
)
def test_a_program_reaches_nothing_of_anothers_by_a_body(asked: tuple[Asker, Belongings], path: str, body: str):
    asker, theirs = asked
    before = theirs.state()

    answer = asker.send(f"/api{path}", json.loads(Template(body).substitute(theirs.ids)))

    # A plan of another's account is one of no mail.
    assert answer.status_code == 404 or answer.json["hits"] == []
    assert theirs.state() == before


def test_a_stranger_is_sent_to_the_door_from_everywhere(app: Flask, stranger: Browser, adas: Belongings):
    before = adas.state()
    for method in sorted(METHODS):
        for rule, path in _routes(app, method, adas.ids):
            if rule.endpoint.startswith(OPEN):
                continue
            form = _form(adas)
            answer = stranger.get(path) if method == "GET" else _sent(stranger, method, path, form)
            if rule.endpoint.startswith(API):
                assert answer.status_code == 401, path
            else:
                assert answer.status_code == 302, path
                assert answer.location.startswith("/login"), path

    assert adas.state() == before


def _sent(stranger: Browser, method: str, path: str, form: dict[str, str]) -> TestResponse:
    """Send a form with a token that is good: what is refused is refused for want of a log-in."""
    if method == "POST":
        return stranger.post(path, form, page="/login")
    return stranger.client.open(path, method=method)


def test_ids_that_no_database_holds_are_not_there(app: Flask, ada: Browser, adas: Belongings):
    for number in (0, 2**63, 10**40):
        for rule, path in _routes(app, "GET", dict.fromkeys(adas.ids, number)):
            if _names_ids(rule):
                assert ada.get(path).status_code in (400, 401, 404), path
