"""The API keeps its description, whatever it is asked: requests made up from it, good and bad, and no server error."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices, Rule, SuggestedTag

# Requests of one operation: with twenty-four operations the campaign makes more than 2,000.
FEW, MANY = 4, 120
# Schemathesis draws from `random` where it mutates; nothing here shrinks, so that it does no harm.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
SEED = 20261128


@pytest.fixture(scope="module")
def token(ada: Browser, synced: OwnerServices) -> str:
    """A token of Ada's, whose mail is there."""
    return re.search(r"<code>([^<]+)</code>", ada.post("/preferences/token").text)[1]


@pytest.fixture(scope="module")
def description(app: Flask, token: str) -> BaseSchema:
    """The description that the host serves."""
    app.extensions["limits"].enabled = False
    return schemathesis.openapi.from_wsgi("/apidoc/openapi.json", app)


def test_every_operation_is_described(app: Flask, description: BaseSchema):
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    described = {re.sub(r"\{(\w+)\}", r"<int:\1>", found.ok().path) for found in description.get_all_operations()}

    assert described == routes


def test_every_good_answer_has_a_schema(app: Flask, description: BaseSchema):
    said = description.raw_schema
    good = {
        f"{method} {path}": next(iter(answer.get("content", {}).values()), {}).get("schema")
        for path, methods in said["paths"].items()
        for method, operation in methods.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and status != "204"
    }

    assert len(good) >= 16
    assert [name for name, schema in good.items() if not schema] == []
    lists = {
        name: schema for name, schema in good.items() if not name.startswith("post") and "items" in _read(said, schema)
    }
    assert set(lists) == {
        "get /api/accounts", "get /api/tags", "get /api/rules", "get /api/counts", "get /api/searches",
        "get /api/tags/queue", "get /api/messages/{message_id}/thread", "get /api/messages/{message_id}/attachments",
    }  # fmt: skip
    files = {name for name, schema in good.items() if schema.get("format") == "binary"}
    assert files == {"get /api/messages/{message_id}/attachments/{number}"}
    asked = {
        f"{method} {path}" for path, of in said["paths"].items() for method in of if "502" in of[method]["responses"]
    }
    assert asked == files  # what is not here yet comes from the mail server


def _read(said: dict, schema: dict) -> dict:
    """Answer a schema, looked up where it is only named."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return said["components"]["schemas"][name] if name else schema


@pytest.mark.parametrize("path", ["accounts", "tags", "rules", "counts", "searches", "tags/queue", "jobs", "changes"])
def test_lists_are_as_they_are_described(
    app: Flask, description: BaseSchema, token: str, synced: OwnerServices, path: str
):
    synced.tags.create(path)
    synced.rules.save(Rule(path, "is:read", [("tag", path)]))
    synced.searches.save(path, "is:read")
    synced.tags.propose([SuggestedTag(synced.search("")[0].id, "suggested", 0.5, "test")])
    synced.jobs.submit("train")
    case = description[f"/api/{path}"]["GET"].Case(headers={"Authorization": f"Bearer {token}"})

    answer = case.call()

    assert answer.status_code == 200
    assert answer.json()
    case.validate_response(answer)


def test_some_requests_end_in_no_server_error(description: BaseSchema, token: str):
    statuses = _campaign(description, token, FEW)

    assert statuses.total() >= 90
    assert [status for status in statuses if status >= 500] == []


@pytest.mark.full
def test_two_thousand_requests_end_in_no_server_error(description: BaseSchema, token: str):
    statuses = _campaign(description, token, MANY)

    assert statuses.total() >= 2_000
    assert [status for status in statuses if status >= 500] == []
    assert statuses[200] > 100


def _campaign(description: BaseSchema, token: str, examples: int) -> Counter[int]:
    statuses: Counter[int] = Counter()
    for found in description.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(found.ok(), mode, token, examples, statuses)
    return statuses


def _ask(operation: APIOperation, mode: GenerationMode, token: str, examples: int, statuses: Counter[int]) -> None:
    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        statuses[answer.status_code] += 1
        assert answer.status_code < 500, case.as_curl_command()

    ask()
