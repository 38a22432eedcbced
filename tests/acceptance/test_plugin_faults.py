"""Faults of plugins, F102 to F109: each costs only its own contribution, and is named; the page lists all of them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import (
    ActionType,
    AddTag,
    Classification,
    Classifier,
    Condition,
    ProviderError,
    Rule,
)
from mailhelper_core.dispatch import FAILURES_TO_OPEN, OVERRUN_SECONDS
from tests.acceptance.beside import Plugin, Start, always, others_did_their_part

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "plugin-faults.md"


class Leaving(BaseException):
    """What no plugin should raise."""


def leave(*_: Any) -> Any:
    sys.exit(3)


def leave_for_good(*_: Any) -> Any:
    raise Leaving


def explode(*_: Any) -> Any:
    raise RuntimeError("the mail said: secret")


def away(*_: Any) -> Any:
    raise ProviderError("the mail said: secret")


def refused(*_: Any) -> Any:
    raise ProviderError("the mail said: secret", transient=False)


def spoil(messages: Sequence[Any]) -> list[Any]:
    for message in messages:
        object.__setattr__(message, "subject", "spoilt")
        object.__setattr__(message, "id", -1)
    return [None] * len(messages)


# Its own service is away, or will not answer: no concern of ours, however it is said.
RAISES = {"raises": explode, "raises a transient error of ours": away, "raises a final error of ours": refused}
CLASSIFIERS: dict[str, dict[str, Any]] = {
    "F102": RAISES,
    "F104": {
        "another type": lambda messages: 7,
        "too few": lambda messages: [None],
        "no opinions": always("finance"),
        "not a number": always(Classification("finance", float("nan"))),
        "more than certain": always(Classification("finance", 2.0)),
        "10 MB": always(Classification("x" * 10_000_000, 0.9)),
        "unknown label": always(Classification("never declared", 0.9)),
    },
    "F105": {"exits": leave, "raises what is no exception": leave_for_good},
}
ACTIONS: dict[str, dict[str, Any]] = {
    "F102": RAISES,
    "F104": {
        "another type": lambda message, _: 7,
        "no operations": lambda message, _: ["tag"],
        "foreign id": lambda message, _: [AddTag(message.id + 1, "theirs")],
        "10 MB": lambda message, _: [AddTag(message.id, "x" * 10_000_000)],
    },
    "F105": {"exits": leave, "raises what is no exception": leave_for_good},
}
CONDITIONS: dict[str, dict[str, Any]] = {
    "F102": RAISES,
    "F104": {"another type": lambda message, _: "yes", "not a number": lambda message, _: float("nan")},
    "F105": {"exits": leave, "raises what is no exception": leave_for_good},
}


def cases(table: dict[str, dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(function, id=f"{number} {name}")
        for number, found in table.items()
        for name, function in found.items()
    ]


@pytest.mark.parametrize("classify", cases(CLASSIFIERS))
def test_a_classifier_costs_only_its_own_opinions(start: Start, classify: Any) -> None:
    bad = Plugin(register_classifiers=[Classifier("bad", classify)])
    env = start(bad)

    job = env.helper.jobs.run(env.ada.jobs.submit("run", account_id=env.account.id).id)

    assert others_did_their_part(env)
    assert job is not None
    assert job.state == "done"
    assert dict(job.result)["process.errors"] >= 1
    assert {(one["plugin"], one["provider"]) for one in bad.failures} == {("Plugin", "bad")}


@pytest.mark.parametrize("plan", cases(ACTIONS))
def test_an_action_costs_only_its_own_deeds(start: Start, plan: Any) -> None:
    bad = Plugin(register_actions=[ActionType("bad", plan)])
    env = start(bad)
    env.ada.rules.save(Rule("bad", when="", then=["bad"]))

    report = env.ada.run(env.account.id)

    assert others_did_their_part(env)
    assert "plugin 'Plugin'" in " ".join(note.message for note in report.rules.errors)
    assert "secret" not in repr(report)
    assert [tag.name for tag in env.ada.tags.list()] == ["marked"]
    assert bad.failures


@pytest.mark.parametrize("matches", cases(CONDITIONS))
def test_a_condition_costs_only_the_rules_that_ask_it(start: Start, matches: Any) -> None:
    bad = Plugin(register_conditions=[Condition("bad", matches)])
    env = start(bad)
    env.ada.rules.save(Rule("bad", when="bad:x", then=[("tag", "wrong")]))

    report = env.ada.run(env.account.id)

    assert others_did_their_part(env)
    assert env.ada.count("tag:wrong") == 0
    assert "plugin 'Plugin'" in " ".join(note.message for note in report.rules.errors)
    assert bad.failures


def test_f103_what_takes_too_long_is_left_out_in_time(start: Start) -> None:
    seconds = [0.0]

    def slow(messages: Sequence[Any]) -> list[Any]:
        seconds[0] += OVERRUN_SECONDS + 1
        return [Classification("finance", 0.9)] * len(messages)

    bad = Plugin(register_classifiers=[Classifier("bad", slow)])
    env = start(bad)
    env.helper._wiring.dispatcher.clock = lambda: seconds[0]

    env.ada.run(env.account.id)
    for _ in range(FAILURES_TO_OPEN):
        env.ada.reprocess()
        report = env.ada.process()

    assert {one["code"] for one in bad.failures} == {"overrun", "paused"}
    assert [(note.where, note.code) for note in report.errors] == [("plugin:Plugin/bad", "paused")]
    assert [info.paused for info in env.helper.plugins if info.name == "Plugin"] == [("bad",)]
    assert seconds[0] == FAILURES_TO_OPEN * (OVERRUN_SECONDS + 1)
    assert others_did_their_part(env)


def test_f106_what_is_spoilt_is_a_copy(start: Start) -> None:
    env = start(Plugin(register_classifiers=[Classifier("bad", spoil)]))

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert others_did_their_part(env)
    assert env.ada.count("subject:spoilt") == 0


def test_f108_rules_that_name_a_plugin_that_is_gone_stand_still_and_say_so(start: Start) -> None:
    there = Plugin(register_conditions=[Condition("old", lambda message, _: True)])
    start(there).ada.rules.save(Rule("old", when="old:x", then=[("tag", "old")]))

    env = start()
    report = env.ada.run(env.account.id)

    assert others_did_their_part(env)
    assert [note.where for note in report.rules.errors] == ["rule:old"]
    assert next(rule for rule in env.ada.rules.list() if rule.name == "old").disabled_reason
    (found,) = (one for one in env.helper.check().items if one.name == "rules")
    assert found.ok  # a rule of one owner is no illness of the process
    assert found.found == "2 in all, 1 cannot act"
    assert found.advice.startswith("ada/old: ")
    start(there).ada.rules.run(query="")
    assert env.ada.count("tag:old") > 0


def test_f109_the_later_of_two_with_one_name_is_dropped_and_named(start: Start) -> None:
    later = Plugin(register_classifiers=[Classifier("learned", always(None)), Classifier("mine", always(None))])

    env = start(later)

    found = next(one for one in env.helper.plugins if one.name == "Plugin")
    assert found.problems == ("'learned' of its classifiers is already registered by classifiers",)
    assert found.provides[:1] == ("classifiers:mine",)


def test_the_breaker_opens_and_closes_again(start: Start) -> None:
    failing = [True]

    def classify(messages: Sequence[Any]) -> list[Any]:
        if failing[0]:
            raise RuntimeError
        return [Classification("finance", 0.9)] * len(messages)

    env = start(Plugin(register_classifiers=[Classifier("moody", classify)]))
    dispatcher, now = env.helper._wiring.dispatcher, [0.0]
    dispatcher.clock = lambda: now[0]
    env.ada.run(env.account.id)
    failing[0] = False
    env.ada.reprocess()
    paused = env.ada.process()
    now[0] += 61
    env.ada.reprocess()

    again = env.ada.process()

    assert {note.code for note in paused.errors} == {"paused"}
    assert again.errors == ()
    assert "moody" in {one.said_by for said in env.ada.opinions.of([env.ada.search("")[0].id]).values() for one in said}


def test_the_page_lists_each_fault() -> None:
    listed = re.findall(r"^\| (F1\d\d) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert listed == [f"F{number}" for number in range(102, 110)]
