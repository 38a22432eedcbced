"""A plugin with a wrong field costs itself alone: the host syncs, sorts and searches as if it were not there."""

from __future__ import annotations

from typing import Any

import pytest

from mailhelper_core import (
    ActionType,
    BlobStoreType,
    Classification,
    Classifier,
    Condition,
    Embedder,
    PluginTables,
    ReadyRule,
    Recognizer,
    Rule,
    Setting,
    SourceType,
    TagSuggester,
    TokenProvider,
)
from mailhelper_core.testing import check_plugin
from tests.acceptance.beside import Plugin, Start, always, others_did_their_part

NOTHING: Any = None
WRONG: dict[str, tuple[str, Any, str]] = {
    "cost": ("register_classifiers", Classifier("bad", always(None), cost="cheap"), "cost"),  # type: ignore[arg-type]
    "labels": ("register_classifiers", Classifier("bad", always(None), labels=NOTHING), "labels"),
    "kinds": ("register_classifiers", Classifier("bad", always(None), kinds="urgency"), "kinds"),  # type: ignore[arg-type]
    "no kinds": ("register_classifiers", Classifier("bad", always(None), kinds=(), train=lambda _: b""), "kinds"),
    "version": ("register_tag_suggesters", TagSuggester("bad", always([]), version=NOTHING), "version"),
    "argument": ("register_conditions", Condition("bad", lambda message, _: True, argument=NOTHING), "argument"),
    "matches": ("register_conditions", Condition("bad", always(True)), "matches"),
    "narrows": ("register_conditions", Condition("bad", lambda message, _: True, narrows="is:unread"), "narrows"),  # type: ignore[arg-type]
    "plan": ("register_actions", ActionType("bad", NOTHING), "plan"),
    "schemes": ("register_sources", SourceType("bad", NOTHING, always(None)), "schemes"),
    "rule": ("register_rules", ReadyRule("bad", "Bills", NOTHING), "rule"),
    "mechanism": ("register_tokens", TokenProvider("bad", always(""), mechanism="basic"), "mechanism"),  # type: ignore[arg-type]
    "dimension": ("register_embedders", Embedder("bad", lambda texts, state: [], 0), "dimension"),
    "find": ("register_recognizers", Recognizer("bad", NOTHING), "find"),
    "open": ("register_blob_stores", BlobStoreType("bad", ("abc",), NOTHING), "open"),
    "parse": ("register_settings", Setting("bad", NOTHING), "parse"),
    "metadata": ("register_tables", PluginTables("bad", NOTHING, "nope:versions"), "metadata"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_field_costs_the_provider_alone(start: Start, case: str) -> None:
    hook, wrong, field = WRONG[case]
    env = start(Plugin(**{hook: [wrong]}))

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert others_did_their_part(env)
    assert [one.name for one in env.helper.plugins if one.problems] == ["Plugin"]
    assert f" is left out: {field} must be " in " ".join(env.helper.plugins[-2].problems)
    assert env.helper.plugins[-2].provides == ("events:metric",)
    assert [one.name for one in env.helper.check().items if not one.ok] == ["plugin Plugin"]


@pytest.mark.parametrize("case", WRONG)
def test_the_test_kit_names_it(case: str) -> None:
    hook, wrong, field = WRONG[case]

    with pytest.raises(AssertionError, match=rf"Plugin 'bad' of its \w+ is left out: {field} must be"):
        check_plugin(Plugin(**{hook: [wrong]}))


def test_a_condition_that_narrows_to_nonsense_is_asked_all_the_same(start: Start) -> None:
    bad = Plugin(register_conditions=[Condition("bad", lambda message, _: True, narrows=lambda _: 7)])  # type: ignore[arg-type,return-value]
    env = start(bad)
    env.ada.rules.save(Rule("bad", when="bad:x", then=[("tag", "asked")]))

    report = env.ada.run(env.account.id)

    assert others_did_their_part(env)
    assert env.ada.count("tag:asked") == env.ada.count("bad:x") == env.ada.count("")
    assert "'bad.narrows' of plugin 'Plugin'" in " ".join(note.message for note in report.rules.errors)
    assert {(one["plugin"], one["provider"]) for one in bad.failures} == {("Plugin", "bad.narrows")}
    assert next(one for one in env.helper.plugins if one.name == "Plugin").paused == ("bad.narrows",)


def test_a_classifier_beside_one_that_is_left_out_says_what_it_thinks(start: Start) -> None:
    sound = Classifier("sound", always(Classification("finance", 0.9)))
    env = start(Plugin(register_classifiers=[Classifier("bad", NOTHING), sound]))

    env.ada.run(env.account.id)

    ids = [message.id for message in env.ada.search("")]
    assert all("sound" in {one.said_by for one in said} for said in env.ada.opinions.of(ids).values())
