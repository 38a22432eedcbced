"""A plugin may be called as something built in is: what is ours is known by what it is, never by its name."""

from __future__ import annotations

import pytest

from mailhelper_core import Action, ActionType, AddTag, Condition, MessageDetail, Rule
from tests.contract.plugins.conftest import Start, fill, plugin


def test_an_action_of_a_plugin_named_as_ours_sees_headers_and_has_options_of_its_own(start: Start) -> None:
    def plan(message: MessageDetail, argument: str) -> list[AddTag]:
        seen.append((message.header("message-id"), argument))
        return [AddTag(message.id, "seen")]

    seen: list[tuple[tuple[str, ...], str]] = []
    env = start(plugin("rules", register_actions=lambda: [ActionType("look", plan)]))
    fill(env, 1)
    env.ada.rules.save(Rule("look", when="", then=[Action("look", mode="closely")]))

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert seen == [(("<0@example.org>",), "mode=closely")]


def test_a_condition_that_answers_numpys_bool_is_told_what_to_write(start: Start) -> None:
    numpy = pytest.importorskip("numpy")
    kind = f"numpy.{numpy.bool_.__name__}"
    env = start(plugin("shop", register_conditions=lambda: [Condition("big", lambda *_: numpy.bool_(True))]))
    fill(env, 1)
    env.ada.rules.save(Rule("big", when="big:x", then=[("tag", "big")]))

    report = env.ada.run(env.account.id)

    assert [note.message for note in report.errors] == [
        f"'big' of plugin 'shop' answered {kind}, not bool; write bool(...)"
    ]
