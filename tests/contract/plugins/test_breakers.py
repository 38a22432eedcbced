"""What is left alone after failures is what failed: not its namesake, and not the plan of what cannot be delivered."""

from __future__ import annotations

from typing import Any

from mailhelper_core import ActionType, Classification, Classifier, Context, Effect, Rule, ServerError, TagSuggester
from tests.contract.plugins.conftest import MAIL, Start, fill, plugin


def explode(*_: Any) -> Any:
    raise RuntimeError("the mail said: secret")


def test_a_namesake_of_what_fails_goes_on(start: Start) -> None:
    shop = plugin(
        "shop",
        register_classifiers=lambda: [
            Classifier("shop", lambda messages: [Classification("finance", 0.9)] * len(messages))
        ],
        register_tag_suggesters=lambda: [TagSuggester("shop", explode)],
    )
    env = start(shop)
    for number in range(5):
        env.server.store.user("ada").mailbox("INBOX").append(MAIL.replace(b"%d", b"%d" % number))
        env.ada.run(env.account.id)

    ids = [message.id for message in env.ada.search("")]
    said = env.ada.opinions.of(ids)

    assert [paused for one in env.helper.plugins if one.name == "shop" for paused in one.paused] == ["shop"]
    assert [id_ for id_ in ids if "shop" not in {one.said_by for one in said[id_]}] == []


def test_rules_go_on_planning_what_a_service_that_is_away_is_told_later(start: Start) -> None:
    def deliver(effect: Effect) -> None:
        if is_away:
            raise ServerError("away")
        told.append(effect.message_id)

    is_away, told = True, list[int]()
    action = ActionType("tell", lambda message, _: [Effect(message.id, "tell")], deliver=deliver)
    env = start(plugin("shop", register_actions=lambda: [action]))
    env.ada.rules.save(Rule("tell", when="", then=["tell"]))
    fill(env, 3)
    env.ada.run(env.account.id)
    env.server.store.user("ada").mailbox("INBOX").append(MAIL.replace(b"%d", b"9"))

    during = env.ada.run(env.account.id)
    is_away = False
    env.helper._wiring.dispatcher.clock = lambda: 1e9  # the minute is over
    env.clock.advance(3_600)
    env.ada.outbox.deliver(env.account.id)

    assert during.rules.errors == ()
    assert sorted(told) == sorted(message.id for message in env.ada.search(""))


def test_a_service_of_one_owner_that_is_away_holds_up_nobody_else(start: Start) -> None:
    def deliver(effect: Effect, context: Context) -> None:
        if context.owner == "ada":
            raise ServerError("away")
        told.append(context.owner)

    told: list[str] = []
    action = ActionType("tell", lambda message, _: [Effect(message.id, "tell")], deliver=deliver)
    env = start(plugin("shop", register_actions=lambda: [action]))
    fill(env, 4)
    bob = env.helper.for_owner("bob")
    accounts = {env.ada: env.account, bob: bob.accounts.add(env.server.url, username="ada", password="secret")}

    for services, account in accounts.items():
        services.rules.save(Rule("tell", when="", then=["tell"]))
        services.run(account.id)

    assert told == ["bob"] * 4
