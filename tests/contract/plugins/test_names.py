"""A plugin may be called as something built in is: what is ours is known by what it is, never by its name."""

from __future__ import annotations

from mailhelper_core import Action, ActionType, AddTag, MessageDetail, Rule
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
