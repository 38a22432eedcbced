"""The JSON API: a token opens it, its description is kept, what is another's is not there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from examples.flask_host.tests.browser import Browser, ended
from mailhelper_core import (
    Action,
    BusyError,
    Job,
    MailHelperError,
    OwnerServices,
    Progress,
    Rule,
    SuggestedTag,
    ThrottledError,
)
from mailhelper_core.jobs.owner import OwnerJobs


class Api:
    """A program that uses the API with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: object):
        return self.client.get(f"/api{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: object = None):
        return self.client.post(f"/api{path}", json=body, headers=self.headers)


def _api(app: Flask, browser: Browser) -> Api:
    page = browser.post("/preferences/token").text
    return Api(app.test_client(), re.search(r"<code>([^<]+)</code>", page)[1])


@pytest.fixture(scope="module")
def api(app: Flask, ada: Browser, synced: OwnerServices) -> Api:
    return _api(app, ada)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5"])
def test_without_a_valid_token_nothing_is_told(app: Flask, synced: OwnerServices, header: str):
    answer = app.test_client().get("/api/messages", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.json["code"] == "token"


def test_a_log_in_cookie_does_not_open_the_api(ada: Browser, synced: OwnerServices):
    assert ada.client.get("/api/messages").status_code == 401


def test_messages_are_found_page_by_page_and_read(api: Api, synced: OwnerServices):
    first = api.get("/messages", limit=10).json
    second = api.get("/messages", limit=10, after=first["next"]).json

    ids = [one["id"] for one in first["items"] + second["items"]]
    assert len(set(ids)) == 20
    detail = api.get(f"/messages/{ids[0]}").json
    assert detail["subject"] == synced.messages.get(ids[0]).subject
    assert detail["from"]["addr_spec"] == synced.messages.get(ids[0]).from_.addr_spec


def test_a_deed_is_done_and_undone(api: Api, synced: OwnerServices):
    one = synced.search("in:inbox")[0]

    change = api.post("/messages/act", {"ids": [one.id], "act": "tag", "argument": "api"}).json
    assert synced.count("tag:api") == 1
    undone = api.post(f"/changes/{change['id']}/undo").json

    assert undone == {"undone": 1, "left": 0}
    assert synced.count("tag:api") == 0


def test_a_correction_holds(api: Api, synced: OwnerServices):
    one = synced.search("in:inbox")[0]

    api.post("/messages/correct", {"ids": [one.id], "category": "finance", "urgency": 3})

    after = synced.messages.get(one.id)
    assert (after.category, after.urgency) == ("finance", 3)


def test_rules_are_saved_planned_run_and_deleted(api: Api, synced: OwnerServices):
    rule = {"name": "news", "when": "category:newsletter", "then": [{"name": "tag", "argument": "reading"}]}

    plan = api.post("/rules/plan", rule).json
    saved = api.post("/rules", rule)
    ran = api.post(f"/rules/{saved.json['id']}/run")
    ended(synced, f"/jobs/{ran.json['id']}")

    assert (saved.status_code, ran.status_code) == (201, 202)
    assert synced.count("tag:reading") == plan["matches"] == len(plan["hits"])
    assert api.post("/rules/plan", rule).json["hits"] == []  # it has acted on all of them
    assert api.client.delete(f"/api/rules/{saved.json['id']}", headers=api.headers).status_code == 204


def test_a_rule_is_answered_as_it_was_sent(api: Api, synced: OwnerServices):
    rule = {
        "name": "later", "when": "category:newsletter", "then": [{"name": "tag", "argument": "reading"}],
        "account_id": None, "enabled": False, "otherwise": True, "delay": "30d", "propose": True,
        "schedule": "daily 02:00",
    }  # fmt: skip

    saved = api.post("/rules", rule).json

    rule["then"][0]["arguments"] = {}
    assert {name: saved[name] for name in rule} == rule
    assert synced.rules.get("later").schedule == "daily 02:00"


def test_a_rule_comes_whole_and_can_be_sent_back(api: Api, synced: OwnerServices):
    actions = [("tag", f"number {number}") for number in range(49)]
    kept = synced.rules.save(
        Rule("long", "is:read", [Action("tag", "bills", color="#3366ff"), *actions], enabled=False)
    )

    answer = api.get("/rules")
    rule = next(one for one in answer.json if one["name"] == "long")

    assert answer.status_code == 200
    assert len(rule["then"]) == 50
    assert rule["then"][0] == {"name": "tag", "argument": "bills", "arguments": {"color": "#3366ff"}}
    assert api.post("/rules", rule).status_code == 201
    assert synced.rules.get("long").then == kept.then
    synced.rules.delete("long")


def test_counts_tags_accounts_and_jobs_answer(api: Api, synced: OwnerServices):
    assert sum(one["number"] for one in api.get("/counts", q="").json) == synced.count("")
    assert api.post("/tags", {"name": "new", "color": "#112233"}).status_code == 201
    assert "new" in {tag["name"] for tag in api.get("/tags").json}
    account = api.get("/accounts").json[0]
    assert "password" not in account
    job = api.post(f"/accounts/{account['id']}/run")
    assert job.status_code == 202
    assert api.get(f"/jobs/{job.json['id']}").json["kind"] == "run"


def test_a_job_says_how_far_it_is_and_what_its_error_means(api: Api, monkeypatch: pytest.MonkeyPatch):
    now = datetime(2026, 11, 28, tzinfo=UTC)
    going = Job(7, "1", "run", 1, "running", now, now, Progress("sync", 3, 10), result=(("sync.new", 3),))
    monkeypatch.setattr(OwnerJobs, "get", lambda *_: replace(going, error_code="throttled"))

    job = api.get("/jobs/7").json

    assert job["progress"] == {"stage": "sync", "done": 3, "total": 10}
    assert job["advice"] == "The server asks for a pause. It goes on by itself."
    assert job["result"] == {"sync.new": 3}


def test_jobs_are_listed_page_by_page(api: Api, synced: OwnerServices):
    account = synced.accounts.list()[0]
    for _ in range(3):
        ended(synced, f"/jobs/{synced.jobs.submit('index', account_id=account.id).id}")

    first = api.get("/jobs", limit=2, account_id=account.id).json
    second = api.get("/jobs", limit=2, account_id=account.id, after=first["next"]).json

    ids = [one["id"] for one in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) > 2
    assert api.get("/jobs", state="quarantined").json == {"items": [], "next": None}
    assert api.get("/jobs", state="asleep").status_code == 422


def test_the_history_is_listed_with_steps_and_corrections(api: Api, synced: OwnerServices):
    one = synced.search("in:inbox")[0]
    synced.tags.assign([one.id], "looked up")
    synced.opinions.correct([one.id], importance=2)

    corrected, tagged = api.get("/changes", limit=2).json["items"]

    told = {"message_id": one.id, "operation": "tag looked up", "state": "delivered", "error_code": "", "undone": False}
    assert (tagged["kind"], tagged["steps"]) == ("tag", [told])
    assert [(said["kind"], said["value"]) for said in corrected["corrected"]] == [("importance", "2")]


def test_conversations_searches_and_suggestions_are_listed(api: Api, synced: OwnerServices):
    one = synced.search("in:inbox")[0]
    synced.searches.save("unread ones", "is:unread", sort="oldest")
    synced.tags.propose([SuggestedTag(one.id, "maybe", 0.5, "test")])

    thread = [message["id"] for message in api.get(f"/messages/{one.id}/thread").json]

    assert thread == [message.id for message in synced.messages.thread(one.id)]
    saved = {"name": "unread ones", "query": "is:unread", "sort": "oldest", "problem": ""}
    assert saved in api.get("/searches").json
    maybe = {"name": "maybe", "messages": [one.id], "confidence": 0.5, "is_new": True}
    assert maybe in api.get("/tags/queue").json


def test_files_of_a_message_are_listed_and_come_as_files(api: Api, synced: OwnerServices):
    one = synced.search("has:attachment")[0]

    listed = api.get(f"/messages/{one.id}/attachments").json
    answer = api.get(f"/messages/{one.id}/attachments/{listed[0]['number']}")

    assert [file["filename"] for file in listed] == [file.filename for file in synced.messages.get(one.id).attachments]
    assert answer.data == synced.messages.attachment(one.id, 0).data
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert api.get(f"/messages/{one.id}/attachments/99").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/messages/act", {"ids": [], "act": "archive"}, 422),
        ("/messages/act", {"ids": [1], "act": "explode"}, 422),
        ("/messages/act", {"ids": [10**30], "act": "archive"}, 422),
        ("/messages/act", None, 422),
        ("/messages/correct", {"ids": [1]}, 400),
        ("/rules", {"name": "x", "when": "from:(", "then": [{"name": "tag", "argument": "a"}]}, 400),
        ("/rules", {"name": "x", "when": "", "then": [{"name": "explode"}]}, 400),
    ],
)
def test_a_mistake_is_told_as_json(api: Api, path: str, body: object, status: int):
    answer = api.post(path, body)

    assert answer.status_code == status
    assert {"code", "message"} <= set(answer.json)


def test_a_query_mistake_says_where(api: Api):
    answer = api.get("/messages", q="size>x")

    assert answer.status_code == 400
    assert answer.json["position"] >= 0


@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [
        (BusyError("x"), 503, "5"),
        (BusyError("x", retry_after=30), 503, "31"),
        (ThrottledError("x", retry_after=9.5), 502, "10"),
        (ThrottledError("x"), 502, None),
    ],
)
def test_a_program_is_told_when_to_come_again(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: MailHelperError, status: int, wait: str | None
):
    def fails() -> OwnerServices:
        raise error

    monkeypatch.setattr("mailhelper_web.api.messages.mine", fails)

    answer = api.get("/messages")

    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)


def test_what_is_anothers_is_not_there(app: Flask, bob: Browser, synced: OwnerServices):
    api = _api(app, bob)
    one, account = synced.search("")[0], synced.accounts.list()[0]

    assert api.get("/messages").json["items"] == []
    assert api.get(f"/messages/{one.id}").status_code == 404
    assert api.post("/messages/act", {"ids": [one.id], "act": "trash"}).status_code == 404
    assert api.post(f"/accounts/{account.id}/run").status_code == 404


def test_a_revoked_token_opens_nothing(app: Flask, bob: Browser):
    api = _api(app, bob)
    bob.post("/preferences/token/revoke")

    assert api.get("/messages").status_code == 401


def test_the_description_names_every_route(app: Flask):
    described = app.test_client().get("/apidoc/openapi.json").json

    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api_")}
    assert len(described["paths"]) == len(routes) > 10
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
