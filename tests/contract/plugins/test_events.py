"""Event hooks are told after the commit, all of a transaction at once, and cost nothing but themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from mailhelper_core import (
    Classifier,
    JobFinished,
    MessageProcessed,
    MessageStored,
    Metric,
    OperationDelivered,
    Rule,
    RuleMatched,
    hookimpl,
)
from tests.contract.plugins.conftest import Start, fill, plugin


class Ear:
    """A plugin that hears everything."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.heard if isinstance(one, kind)]

    @hookimpl
    def message_stored(self, stored: Sequence[MessageStored]) -> None:
        self.heard += stored

    @hookimpl
    def message_processed(self, processed: Sequence[MessageProcessed]) -> None:
        self.heard += processed

    @hookimpl
    def rule_matched(self, matched: Sequence[RuleMatched]) -> None:
        self.heard += matched

    @hookimpl
    def operation_delivered(self, delivered: Sequence[OperationDelivered]) -> None:
        self.heard += delivered

    @hookimpl
    def job_finished(self, finished: Sequence[JobFinished]) -> None:
        self.heard += finished

    @hookimpl
    def metric(self, metrics: Sequence[Metric]) -> None:
        self.heard += metrics


def test_the_journey_of_a_message_is_told(start: Start) -> None:
    ear = Ear()
    env = start(ear)
    fill(env)
    rule = env.ada.rules.save(Rule("lunch", when="subject:lunch", then=[("addflag", "\\Flagged")]))

    run = env.ada.run(env.account.id)

    ids = sorted(message.id for message in env.ada.search(""))
    assert [(one.owner, one.account_id, one.message_id) for one in ear.of(MessageStored)] == [
        ("ada", env.account.id, id_) for id_ in ids
    ]
    assert sorted(one.message_id for one in ear.of(MessageProcessed)) == ids
    assert {(one.rule_id, one.change_id, one.proposed) for one in ear.of(RuleMatched)} == {
        (rule.id, run.rules.change, False)
    }
    assert sorted(one.message_id for one in ear.of(OperationDelivered)) == ids
    assert {one.kind for one in ear.of(OperationDelivered)} == {"add_keyword"}


def test_a_job_that_ends_is_told_with_its_state(start: Start) -> None:
    ear = Ear()
    env = start(ear)
    job = env.ada.jobs.submit("run", account_id=env.account.id)

    env.helper.jobs.run(job.id)

    assert [(one.job_id, one.kind, one.state, one.error_code) for one in ear.of(JobFinished)] == [
        (job.id, "run", "done", "")
    ]


def test_news_are_told_after_the_commit(start: Start) -> None:
    seen: list[bool] = []

    def message_stored(stored: Sequence[MessageStored]) -> None:
        seen.extend(env.ada.messages.get(one.message_id).subject == "Lunch?" for one in stored)

    env = start(plugin("reader", message_stored=message_stored))
    fill(env)

    env.ada.sync(env.account.id)

    assert seen == [True] * 3


def test_a_transaction_that_is_rolled_back_tells_nothing(start: Start) -> None:
    ear = Ear()
    env = start(ear)
    owner = env.helper._wiring.store.for_owner("ada")

    def fail() -> None:
        with owner.begin() as uow:
            uow.news.append(MessageStored("ada", 1, 1))
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()

    assert ear.heard == []


def test_observers_that_fail_cost_nothing_and_are_measured(start: Start) -> None:
    def boom() -> None:
        raise SystemExit("the mail said: secret")

    ear = Ear()
    env = start(plugin("broken", message_stored=boom, message_processed=boom), ear)
    fill(env)

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert len(ear.of(MessageStored)) == 3
    labels = [dict(one.labels) for one in ear.of(Metric) if one.name == "plugin_failures"]
    assert [(one["plugin"], one["provider"], one["code"]) for one in labels] == [
        ("broken", "message_stored", "plugin"),
        ("broken", "message_processed", "plugin"),
    ]


def test_observers_of_metrics_that_fail_are_measured_by_the_others_alone(start: Start) -> None:
    told: list[tuple[str, ...]] = []

    def boom(metrics: Sequence[Metric]) -> None:
        told.append(tuple(dict(one.labels).get("plugin", "") for one in metrics))
        raise ValueError

    ear = Ear()
    env = start(plugin("broken", metric=boom), plugin("also-broken", metric=boom), ear)

    env.helper._wiring.store.tell([Metric("polls_late", 1, "gauge")])

    # Each hears of the other, once, and fails again: that is told no more.
    assert told == [("",), ("",), ("also-broken",), ("broken",)]
    assert [dict(one.labels).get("plugin") for one in ear.of(Metric)] == [None, "broken", "also-broken"]


def test_a_classifier_that_fails_is_measured(start: Start) -> None:
    def classify(messages: Sequence[object]) -> Any:
        raise ValueError("the mail said: secret")

    ear = Ear()
    env = start(plugin("broken", register_classifiers=lambda: [Classifier("totals", classify)]), ear)
    fill(env, 1)

    env.ada.run(env.account.id)

    labels = Counter(one.labels for one in ear.of(Metric) if one.name == "plugin_failures")
    assert set(labels) == {(("plugin", "broken"), ("provider", "totals"), ("code", "plugin"))}


def test_what_an_observer_does_is_told_to_nobody(start: Start) -> None:
    ear = Ear()

    def message_stored(stored: Sequence[MessageStored]) -> None:
        env.ada.messages.add_keyword([one.message_id for one in stored], "seen-by-robot")
        env.ada.outbox.deliver(env.account.id)

    env = start(plugin("robot", message_stored=message_stored), ear)
    fill(env, 1)

    env.ada.sync(env.account.id)

    assert ear.of(OperationDelivered) == []


def test_a_call_in_the_hosts_transaction_tells_nothing(start: Start) -> None:
    ear = Ear()
    env = start(ear)
    fill(env, 1)
    env.ada.sync(env.account.id)
    ear.heard.clear()
    ids = [message.id for message in env.ada.search("")]

    with env.helper._wiring.store.writer() as connection, connection.begin():
        joined = env.helper.for_owner("ada", connection=connection)
        joined.opinions.correct(ids, category="people")

    assert ear.heard == []
