"""What administrators and monitoring see: queues, accounts, errors; true numbers, and nothing of anybody's mail."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from mailhelper_core import (
    Account,
    JsonFormatter,
    MailHelper,
    Metric,
    OwnerServices,
    ServerError,
    Settings,
    hookimpl,
)
from mailhelper_core.jobs import service
from mailhelper_core.jobs.work import Counts, Slice
from mailhelper_core.store import tables as t
from mailhelper_prometheus.exposition import Counters, text
from mailhelper_prometheus.server import make_app
from tests.contract.jobs.conftest import KEY, Clock, MakeHelper, add_account


def test_queues_say_what_is_due_what_waits_and_how_it_ended(helper: MailHelper, clock: Clock) -> None:
    ada, bob = helper.for_owner("ada"), helper.for_owner("bob")
    outcomes: Iterator[Exception | None] = iter([None, ServerError(code="timeout"), ValueError("mail")])
    helper.jobs.works = {"process": _working(outcomes), "train": lambda one: {}}
    for owner in (ada, bob, helper.for_owner("eve")):
        owner.jobs.submit("process")
        helper.jobs.run()
    ada.jobs.submit("train")
    clock.advance(90)

    queues = {queue.kind: queue for queue in helper.admin.queues()}

    assert (queues["process"].done, queues["process"].due + queues["process"].later) == (1, 2)
    assert (queues["train"].due, queues["train"].running) == (1, 0)
    assert queues["train"].oldest_seconds == pytest.approx(90, abs=20)
    assert queues["deliver"].due == 0
    assert [(one.kind, one.code, one.jobs) for one in helper.admin.errors()] == [
        ("process", "timeout", 1),
        ("process", "unexpected", 1),
    ]


def _working(outcomes: Iterator[Exception | None]) -> Any:
    def work(one: Slice) -> Counts:
        if (error := next(outcomes)) is not None:
            raise error
        return {}

    return work


def test_accounts_are_listed_by_page_with_their_lag_and_what_waits(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.sync(account.id)
    ada.messages.add_keyword([ada.search("").items[0].id], "\\Flagged")
    for number in range(3):
        add_account(helper.for_owner(f"owner {number}"), "never")
    clock.advance(120)

    first = helper.admin.accounts(limit=2)
    rest = helper.admin.accounts(limit=2, after=first.next)

    assert [(one.owner, one.state) for one in (*first, *rest)] == [
        ("ada", "ok"), ("owner 0", "ok"), ("owner 1", "ok"), ("owner 2", "ok"),
    ]  # fmt: skip
    assert first[0].lag_seconds == pytest.approx(120, abs=20)
    assert (first[0].waiting, first[1].lag_seconds, rest.next) == (1, None, None)
    assert helper.admin.account_states() == {"ok": 4}
    assert list(helper.admin.accounts(only_unwell=True)) == []


def test_health_tells_work_that_nobody_does(helper: MailHelper, ada: OwnerServices, clock: Clock) -> None:
    assert helper.health().ok
    ada.jobs.submit("process")
    clock.advance(3600)

    found = {item.name: item for item in helper.health().items}

    assert set(found) - {"clock"} == {"database", "jobs", "polls", "accounts"}
    assert not found["jobs"].ok
    assert "workers" in found["jobs"].advice


@pytest.mark.parametrize(("seconds", "words"), [(0, ""), (30, "30 s ahead of"), (-30, "30 s behind")])
def test_health_names_a_clock_that_is_not_the_databases(
    helper: MailHelper, clock: Clock, seconds: int, words: str
) -> None:
    is_asked = helper.jobs.store.engine.dialect.name == "postgresql"  # a SQLite file has no clock of its own
    clock.advance(seconds)

    found = [item for item in helper.health().items if item.name == "clock"]

    assert [item.found for item in found] == ([f"{words} the database's"] if words and is_asked else [])
    assert all("NTP" in item.advice for item in found)
    assert helper.health().ok


def test_health_tells_that_nobody_ticks_by_accounts_that_nobody_polls(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    rests = add_account(helper.for_owner("bob"), "rests")
    helper.for_owner("bob").accounts.update(rests, paused=True)
    ada.sync(account.id)
    clock.advance(3 * 86_400)

    found = {item.name: item for item in helper.health().items}
    assert (found["polls"].ok, found["jobs"].ok) == (False, True)
    assert found["polls"].found.startswith("1 late, the oldest has been due for 258")
    assert "beat" in found["polls"].advice
    assert _polls_late(helper) == 1

    helper.jobs.tick()
    helper.jobs.run()

    assert helper.health().ok
    assert _polls_late(helper) == 0


def test_an_account_that_waits_for_its_server_or_was_just_added_is_not_late(helper: MailHelper, clock: Clock) -> None:
    asked = add_account(helper.for_owner("ada"), "asked to wait")
    clock.advance(3600)
    with helper.jobs.store.begin() as connection:
        later = helper.jobs.store.now() - 60_000_000
        connection.execute(update(t.accounts).where(t.accounts.c.id == asked).values(not_before=later))
    add_account(helper.for_owner("bob"), "new")

    assert helper.health().ok
    clock.advance(901)
    assert [item.name for item in helper.health().items if not item.ok] == ["polls"]
    assert _polls_late(helper) == 2


def _polls_late(helper: MailHelper) -> float:
    return next(one.value for one in helper.admin.metrics() if one.name == "polls_late")


def test_health_tells_a_network_that_is_away_but_not_one_server(helper: MailHelper) -> None:
    for name in ("a", "b", "c"):
        add_account(helper.for_owner(name), name)
    _set_unreachable(helper, 1)
    assert helper.health().ok
    _set_unreachable(helper, 2)

    assert [item.name for item in helper.health().items if not item.ok] == ["accounts"]


def test_health_tells_nothing_of_one_owners_servers_however_many_they_are_but_shows_them(helper: MailHelper) -> None:
    for name in ("a", "b", "c"):
        add_account(helper.for_owner("ada"), name)
    add_account(helper.for_owner("bob"), "d")
    _set_unreachable(helper, 3)
    (item,) = [item for item in helper.health().items if item.name == "accounts"]

    assert (helper.health().ok, item.ok, item.found) == (True, True, "1 ok, 3 unreachable")
    assert "only_unwell" in item.advice
    assert len(helper.admin.accounts(only_unwell=True)) == 3
    _set_unreachable(helper, 4)
    assert [item.name for item in helper.health().items if not item.ok] == ["accounts"]


def test_health_of_a_single_owner_goes_by_servers(helper: MailHelper) -> None:
    ada = helper.for_owner("ada")
    for name in ("a", "b"):
        add_account(ada, name)
    _set_unreachable(helper, 2)
    assert helper.health().ok  # one server is away
    ada.accounts.add("imaps://other.example.org", username="c", password="c")
    _set_unreachable(helper, 3)
    assert not helper.health().ok
    _set_paused(helper, 1)

    assert not helper.health().ok


def _set_paused(helper: MailHelper, count: int) -> None:
    with helper.jobs.store.begin() as connection:
        first = [one.account_id for one in helper.admin.accounts()][:count]
        connection.execute(update(t.accounts).where(t.accounts.c.id.in_(first)).values(state="paused"))


def _set_unreachable(helper: MailHelper, count: int) -> None:
    with helper.jobs.store.begin() as connection:
        first = [one.account_id for one in helper.admin.accounts()][:count]
        connection.execute(update(t.accounts).where(t.accounts.c.id.in_(first)).values(state="unreachable"))


def test_slices_and_ticks_tell_the_hook_and_the_page_shows_what_they_told(
    make_helper: MakeHelper, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Metric] = []
    plugin = SimpleNamespace(__name__="monitor", metric=hookimpl(lambda metrics: heard.extend(metrics)))
    helper = MailHelper(Settings(database_url=database_url, key=KEY), plugins=[plugin])
    monkeypatch.setattr(service, "GAUGES_SHARE", 1.0)
    helper.jobs.works = {"process": _working(iter([ServerError(code="timeout")]))}
    helper.for_owner("ada").jobs.submit("process")
    add_account(helper.for_owner("ada"), "secret name")

    helper.jobs.run()
    helper.jobs.tick()

    told = {(one.name, one.labels): one.value for one in heard}
    assert told["errors", (("kind", "process"), ("code", "timeout"))] == 1
    assert told["job_slices", (("kind", "process"), ("state", "queued"))] == 1
    assert told["accounts", (("state", "ok"),)] == 1
    counters = Counters()
    counters.add(heard)
    page = text(counters, helper.admin.metrics())
    assert 'mailhelper_errors_total{kind="process",code="timeout"} 1' in page.splitlines()
    assert 'mailhelper_jobs_later{kind="process"} 1' in page.splitlines()
    assert page.count("# TYPE mailhelper_jobs_due gauge") == 1
    assert "secret" not in page
    helper.close()


def test_the_server_answers_metrics_and_health(helper: MailHelper, ada: OwnerServices) -> None:
    ada.jobs.submit("process")
    app, answers = make_app(helper), {}

    def ask(path: str) -> bytes:
        return b"".join(app({"PATH_INFO": path}, lambda status, headers: answers.update({path: status})))

    assert b'mailhelper_jobs_due{kind="process"} 1' in ask("/metrics").splitlines()
    assert json.loads(ask("/health"))["ok"]
    assert ask("/") == b""
    assert answers == {"/metrics": "200 OK", "/health": "200 OK", "/": "404 Not Found"}


def test_log_lines_are_json_and_hold_no_text_of_a_foreign_exception() -> None:
    stream = io.StringIO()
    logger, handler = logging.getLogger("test.json"), logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    try:
        raise ValueError("Dear Ada, the password is ...")
    except ValueError:
        logger.exception("job %d failed", 7, extra={"account_id": 3})
    finally:
        logger.removeHandler(handler)

    line = json.loads(stream.getvalue())

    assert (line["level"], line["message"], line["account_id"], line["exception"]) == (
        "error", "job 7 failed", 3, "ValueError",
    )  # fmt: skip
    assert line["where"][0].endswith("test_log_lines_are_json_and_hold_no_text_of_a_foreign_exception")
    assert "Dear Ada" not in stream.getvalue()


def test_numbers_keep_all_their_digits() -> None:
    values = [1_234_567, 1_764_440_123.25, 0.1, 0, 1e300, float("inf"), float("-inf"), float("nan")]
    gauges = [Metric(f"g{place}", value, "gauge") for place, value in enumerate(values)]

    said = [line.split()[1] for line in text(Counters(), gauges).splitlines() if not line.startswith("#")]

    assert said == ["1234567", "1764440123.25", "0.1", "0", "1e+300", "+Inf", "-Inf", "NaN"]


def test_a_label_is_escaped_and_the_number_of_series_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailhelper_prometheus.exposition.MAX_SERIES", 2)
    counters = Counters()
    counters.add([Metric("errors", 1, labels=(("code", f'a"\n{number}'),)) for number in range(5)])
    counters.add([Metric("errors", 1, labels=(("code", 'a"\n0'),))])

    assert text(counters, []).splitlines() == [
        "# TYPE mailhelper_errors_total counter",
        'mailhelper_errors_total{code="a\\"\\n0"} 2',
        'mailhelper_errors_total{code="a\\"\\n1"} 1',
    ]
