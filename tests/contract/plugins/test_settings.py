"""What owners set for plugins: validated, sealed where secret, and handed to every provider that asks for a Context."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mailhelper_core import (
    ActionType,
    AddTag,
    Classification,
    Classifier,
    Condition,
    Context,
    Effect,
    InvalidError,
    MessageDetail,
    NotFoundError,
    Rule,
    Setting,
    TagSuggester,
)
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Environment
from tests.contract.plugins.conftest import MAIL, Start, fill, plugin

SETTINGS = [Setting("days", int, 30, "how old"), Setting("key", secret=True)]


class Shop:
    """A plugin whose providers note the settings that they were given."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}
        self.module = plugin(
            "shop",
            register_settings=lambda: SETTINGS,
            register_classifiers=lambda: [Classifier("ages", self.classify)],
            register_tag_suggesters=lambda: [TagSuggester("aged", self.suggest)],
            register_conditions=lambda: [Condition("aged", self.matches)],
            register_actions=lambda: [ActionType("ring", self.plan, deliver=self.deliver)],
        )

    def classify(self, messages: Sequence[MessageDetail], context: Context) -> list[Any]:
        self.seen["classify"] = dict(context.settings)
        return [Classification("finance", 0.9)] * len(messages)

    def suggest(self, messages: Sequence[MessageDetail], context: Context) -> list[list[tuple[str, float]]]:
        self.seen["suggest"] = dict(context.settings)
        return [[("aged", 0.5)]] * len(messages)

    def matches(self, message: MessageDetail, argument: str, context: Context) -> bool:
        self.seen["matches"] = dict(context.settings)
        return True

    def plan(self, message: MessageDetail, argument: str, context: Context) -> list[Any]:
        self.seen["plan"] = dict(context.settings)
        return [AddTag(message.id, "rung"), Effect(message.id, "ring", "once")]

    def deliver(self, effect: Effect, context: Context) -> None:
        self.seen["deliver"] = dict(context.settings)


def test_every_provider_is_given_what_its_owner_has_set(start: Start) -> None:
    shop = Shop()
    env = start(shop.module)
    fill(env, 1)
    env.ada.rules.save(Rule("all", when="aged:x", then=["ring"]))
    env.ada.plugins.set("shop", {"days": "7", "key": "secret"})

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert set(shop.seen) == {"classify", "suggest", "matches", "plan", "deliver"}
    assert {tuple(sorted(seen.items())) for seen in shop.seen.values()} == {(("days", 7), ("key", "secret"))}


@pytest.mark.parametrize("is_public_only", [True, False])
def test_a_provider_is_told_whether_owners_may_reach_the_network_of_the_host(
    start: Start, tmp_path: Path, is_public_only: bool
) -> None:
    seen = list[bool]()

    def classify(messages: Sequence[MessageDetail], context: Context) -> list[None]:
        seen.append(context.public_hosts_only)
        return [None] * len(messages)

    env = start(
        plugin("shop", register_classifiers=lambda: [Classifier("looks", classify)]), public_hosts_only=is_public_only
    )
    mbox = b"From bob@example.org Thu Jan  1 00:00:00 2026\n" + MAIL.replace(b"\r\n", b"\n")
    (tmp_path / "old.mbox").write_bytes(mbox)

    env.ada.run(env.ada.accounts.add(f"mbox://{tmp_path / 'old.mbox'}").id)

    assert set(seen) == {is_public_only}


def test_what_is_not_set_has_its_default_and_is_another_owners_own(start: Start) -> None:
    shop = Shop()
    env = start(shop.module)
    fill(env, 1)
    env.helper.for_owner("eve").plugins.set("shop", {"days": "7"})

    env.ada.run(env.account.id)

    assert shop.seen["classify"] == {"days": 30, "key": ""}
    assert env.ada.plugins.get("shop") == {}


def test_a_value_that_the_plugin_refuses_is_not_kept(start: Start) -> None:
    env = start(Shop().module)

    with pytest.raises(InvalidError, match="days of plugin 'shop' is refused"):
        env.ada.plugins.set("shop", {"key": "secret", "days": "many"})

    assert env.ada.plugins.get("shop") == {}


def test_a_secret_that_the_plugin_refuses_is_not_quoted(start: Start) -> None:
    env = start(plugin("shop", register_settings=lambda: [Setting("pin", int, secret=True)]))

    with pytest.raises(InvalidError, match=r"pin of plugin 'shop' is refused: the plugin cannot read it$") as refused:
        env.ada.plugins.set("shop", {"pin": "top secret"})

    assert (refused.value.__cause__, refused.value.__suppress_context__) == (None, True)
    assert env.ada.plugins.get("shop") == {}


def test_a_secret_that_no_key_opens_costs_its_plugin_alone(start: Start) -> None:
    shop = Shop()
    other = Classifier("other", lambda messages: [Classification("finance", 0.9)] * len(messages))
    env = start(shop.module, plugin("other", register_classifiers=lambda: [other]))
    fill(env, 1)
    rules = env.ada.rules
    rules.save(Rule("asks", when="aged:x", then=[("tag", "asked")]))
    rules.save(Rule("acts", when="", then=["ring"]))
    rules.save(Rule("good", when="", then=[("tag", "good")]))
    env.ada.plugins.set("shop", {"key": "secret"})
    with env.helper._wiring.store.writer() as connection, connection.begin():
        connection.execute(update(t.plugin_settings).values(sealed=b"not what was sealed" * 3))

    report = env.ada.run(env.account.id)

    (message,) = env.ada.search("tag:good -tag:asked")
    assert shop.seen == {}
    assert "other" in {one.said_by for one in env.ada.opinions.of([message.id])[message.id]}
    assert {note.plugin for note in report.errors} == {"shop/settings"}
    assert {note.where for note in report.errors} >= {"plugin:shop/ages", "plugin:shop/aged", "condition:aged"}


def test_an_effect_whose_secret_no_key_opens_waits(start: Start) -> None:
    shop = Shop()
    env = start(shop.module)
    fill(env, 1)
    env.ada.rules.save(Rule("acts", when="", then=["ring"]))
    env.ada.sync(env.account.id)
    env.ada.rules.run(query="")
    env.ada.plugins.set("shop", {"key": "secret"})
    with env.helper._wiring.store.writer() as connection, connection.begin():
        connection.execute(update(t.plugin_settings).values(sealed=b"not what was sealed" * 3))

    report = env.ada.outbox.deliver(env.account.id)

    assert "deliver" not in shop.seen
    assert [note.plugin for note in report.errors] == ["shop/ring"]
    assert [one.state for one in env.ada.outbox.pending()] == ["waiting"]


def test_a_setting_whose_plugin_wants_to_exit_is_refused(start: Start) -> None:
    env = start(plugin("shop", register_settings=lambda: [Setting("days", sys.exit, 30)]))

    with pytest.raises(InvalidError, match="raised SystemExit"):
        env.ada.plugins.set("shop", {"days": "7"})


def test_unknown_names_are_refused_with_a_hint(start: Start) -> None:
    env = start(Shop().module)

    with pytest.raises(InvalidError, match="did you mean days"):
        env.ada.plugins.set("shop", {"dais": "7"})
    with pytest.raises(NotFoundError):
        env.ada.plugins.schema("other")


def test_a_value_is_taken_back_to_its_default(start: Start) -> None:
    env = start(Shop().module)
    env.ada.plugins.set("shop", {"days": "7"})

    env.ada.plugins.set("shop", {"days": None})

    assert env.ada.plugins.get("shop") == {}


def test_a_secret_is_sealed_and_never_shown(start: Start) -> None:
    env = start(Shop().module)

    env.ada.plugins.set("shop", {"key": "top secret"})

    assert env.ada.plugins.get("shop") == {"key": "••••"}
    assert b"top secret" not in _row(env).sealed
    assert _row(env).value == ""


def test_a_value_that_a_newer_plugin_cannot_read_has_its_default(start: Start) -> None:
    old = plugin("shop", register_settings=lambda: [Setting("days")])
    start(old).ada.plugins.set("shop", {"days": "many"})
    shop = Shop()
    env = start(shop.module)
    fill(env, 1)

    env.ada.run(env.account.id)

    assert shop.seen["classify"]["days"] == 30


def _row(env: Environment) -> Any:
    with env.helper._wiring.store.read() as connection:
        return connection.execute(select(t.plugin_settings)).one()


@pytest.mark.parametrize("name", ["days", "key"])
@pytest.mark.parametrize("value", [30, 2.5, ["30"], b"30"])
def test_a_value_that_is_no_text_is_refused_and_not_quoted(start: Start, name: str, value: Any) -> None:
    env = start(Shop().module)

    with pytest.raises(InvalidError, match=f"{name} .* give a str, .* not {type(value).__name__}") as refused:
        env.ada.plugins.set("shop", {name: value})

    assert refused.value.code == "plugin_setting"
    assert "30" not in str(refused.value)
