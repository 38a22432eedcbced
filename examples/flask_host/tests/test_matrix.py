"""Every route of the URL map, as every role, with ids that are somebody else's: no leak, no crash."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from examples.flask_host.tests.browser import Browser, services
from mailhelper_core import OwnerServices
from mailhelper_core import Rule as MailRule

# What a stranger may be shown: the doors, the health of the process, the description of the API.
OPEN = ("security.", "preferences.set_", "health.", "openapi_", "static")
ADMIN = "admin."
API = "api_"


@pytest.fixture(scope="module")
def secrets(synced: OwnerServices) -> dict[str, str]:
    """Words of Ada's that nobody else may ever see, and what they are of."""
    synced.rules.save(MailRule("zebra-rule", when="subject:zebra", then=[("tag", "zebra-tag")]))
    synced.tags.create("zebra-tag")
    found = {"zebra-rule": "a rule", "zebra-tag": "a tag"}
    return found | {one.subject: "a subject" for one in synced.search("", limit=50) if len(one.subject) > 12}


def _paths(app: Flask, method: str, ids: dict[str, int]) -> list[tuple[Rule, str]]:
    paths = []
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            values = {name: ids.get(name, 1) if name.endswith("_id") else "0" for name in rule.arguments}
            paths.append((rule, rule.build(values, append_unknown=False)[1]))
    return paths


def _ids(synced: OwnerServices) -> dict[str, int]:
    one = synced.search("", limit=1)[0]
    change = synced.tags.assign([one.id], "zebra-tag")
    job = synced.jobs.submit("process", account_id=one.account_id)
    rule = synced.rules.get("zebra-rule")
    draft = synced.replies.draft(synced.search("category:people in:inbox", limit=1)[0].id)
    return {
        "message_id": one.id, "account_id": one.account_id, "change_id": change.id, "job_id": job.id,
        "rule_id": rule.id, "draft_id": draft.id, "user_id": 1,
    }  # fmt: skip


def test_no_address_has_two_views(app: Flask):
    views: dict[tuple[str, str], list[str]] = {}
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            views.setdefault((method, rule.rule), []).append(rule.endpoint)

    assert {address: names for address, names in views.items() if len(names) > 1} == {}
    assert len(views) > 60


def test_no_page_shows_anybody_elses(app: Flask, bob: Browser, synced: OwnerServices, secrets: dict[str, str]):
    leaks, asked = [], 0
    for rule, path in _paths(app, "GET", _ids(synced)):
        answer = bob.get(path)
        asked += 1
        leaks += [f"{path}: {what}" for word, what in secrets.items() if word in answer.text]
        if any(name.endswith("_id") for name in rule.arguments) or rule.endpoint.startswith(ADMIN):
            assert answer.status_code in (401, 404), path
        assert answer.status_code < 500, path

    assert leaks == []
    assert asked > 35


def test_every_page_answers_who_it_belongs_to(app: Flask, ada: Browser, synced: OwnerServices, secrets: dict[str, str]):
    # API routes answer tokens alone; other arguments than ids are made up here and may name nothing.
    mine = [
        path
        for rule, path in _paths(app, "GET", _ids(synced))
        if not rule.endpoint.startswith(API) and all(name.endswith("_id") for name in rule.arguments)
    ]
    answers = {path: ada.get(path).status_code for path in mine}

    assert {path: status for path, status in answers.items() if status not in (200, 302)} == {}
    assert list(answers.values()).count(200) > 30


def test_nobody_changes_what_is_anothers(app: Flask, bob: Browser, synced: OwnerServices, secrets: dict[str, str]):
    theirs = _ids(synced)
    before = _state(synced)
    for rule, path in _paths(app, "POST", theirs):
        if rule.endpoint.startswith(("security.", "preferences.", API)):
            continue
        answer = bob.post(path, {"id": str(theirs["message_id"]), "act": "trash", "confirm": "x", "name": "zebra-tag"})
        assert answer.status_code < 500, path
        if any(name.endswith("_id") for name in rule.arguments) or rule.endpoint.startswith(ADMIN):
            assert answer.status_code == 404, path

    assert _state(synced) == before


def test_a_stranger_is_sent_to_the_door_from_everywhere(app: Flask, stranger: Browser, synced: OwnerServices):
    for rule, path in _paths(app, "GET", _ids(synced)):
        if not rule.endpoint.startswith(OPEN):
            answer = stranger.get(path)
            assert answer.status_code in ((401,) if rule.endpoint.startswith(API) else (302,)), path
            assert answer.status_code == 401 or answer.location.startswith("/login"), path


def test_an_admin_sees_nobody_elses_mail(app: Flask, ada: Browser, bob: Browser):
    theirs = services(app, "bob@example.org")
    theirs.tags.create("okapi-tag")
    theirs.rules.save(MailRule("okapi-rule", when="subject:okapi", then=[("tag", "okapi-tag")]))

    for _, path in _paths(app, "GET", {"rule_id": theirs.rules.get("okapi-rule").id}):
        assert "okapi" not in ada.get(path).text, path


def test_ids_that_no_database_holds_are_not_there(app: Flask, ada: Browser, synced: OwnerServices):
    for number in (0, 2**63, 10**40):
        for rule, path in _paths(app, "GET", dict.fromkeys(_ids(synced), number)):
            if any(name.endswith("_id") for name in rule.arguments):
                assert ada.get(path).status_code in (400, 401, 404), path


def _state(synced: OwnerServices) -> tuple[object, ...]:
    return (
        [(rule.name, rule.enabled) for rule in synced.rules.list()],
        sorted(tag.name for tag in synced.tags.list()),
        [(one.id, one.state) for one in synced.accounts.list()],
        synced.count("in:inbox"),
        synced.count("in:trash"),
        synced.count("tag:zebra-tag"),
    )
