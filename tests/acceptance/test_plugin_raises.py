"""F102 of suggesters, observers and training: whatever is raised, an error of ours too, costs only who raised it."""

from __future__ import annotations

from typing import Any

import pytest

from mailhelper_core import Classifier, TagSuggester, hookimpl
from tests.acceptance.beside import Plugin, Start, always, others_did_their_part
from tests.acceptance.test_plugin_faults import RAISES, away, cases, refused


@pytest.mark.parametrize("suggest", cases({"F102": RAISES}))
def test_a_suggester_costs_only_its_own_suggestions(start: Start, suggest: Any) -> None:
    bad = Plugin(register_tag_suggesters=[TagSuggester("bad", suggest)])
    env = start(bad)

    report = env.ada.run(env.account.id)

    assert others_did_their_part(env)
    assert {(note.where, note.code) for note in report.process.errors} == {("plugin:Plugin/bad", "plugin")}
    assert "secret" not in repr(report)
    assert bad.failures


@pytest.mark.parametrize("hear", cases({"F102": RAISES}))
def test_an_observer_costs_nothing_of_what_it_hears(start: Start, hear: Any) -> None:
    bad = Plugin()
    bad.message_stored = bad.message_processed = hookimpl(lambda: hear())  # type: ignore[attr-defined]
    env = start(bad)

    report = env.ada.run(env.account.id)

    assert others_did_their_part(env)
    assert report.errors == ()
    assert {one["provider"] for one in bad.failures} == {"message_stored", "message_processed"}


@pytest.mark.parametrize("train", cases({"F102": RAISES}))
def test_training_costs_only_what_the_classifier_would_learn(start: Start, train: Any) -> None:
    silent = always(None)
    bad = Plugin(
        register_classifiers=[Classifier("bad", silent, train=train), Classifier("eager", silent, train=lambda _: b"x")]
    )
    env = start(bad)
    env.ada.run(env.account.id)
    env.ada.opinions.correct([message.id for message in env.ada.search("", limit=3)], category="finance")

    report = env.ada.learning.train()

    assert {(note.where, note.code) for note in report.errors} == {("plugin:Plugin/bad", "plugin")}
    assert "plugin:eager" in {one.task for one in report.trainings}
    assert [one["provider"] for one in bad.failures] == ["bad"]


@pytest.mark.parametrize("classify", [away, refused])
def test_errors_of_ours_count_for_the_breaker_as_all_others(start: Start, classify: Any) -> None:
    env = start(Plugin(register_classifiers=[Classifier("bad", classify)]))

    env.ada.run(env.account.id)

    assert next(one for one in env.helper.plugins if one.name == "Plugin").paused == ("bad",)
