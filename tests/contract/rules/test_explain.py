"""Why a rule matches a message, or does not, as both are now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.extension import ActionType, Condition
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.explanation import RuleExplanation
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import BROKEN


def told(found: tuple[RuleExplanation, ...]) -> dict[str, tuple[bool, list[str]]]:
    """Each rule: whether it matches, and what keeps it from that."""
    return {one.rule: (one.matched, [step.condition for step in one.failed]) for one in found}


def test_each_rule_is_told_by_itself(world: World) -> None:
    message = world.mail("offer")
    world.rules.set_mode("first")
    rules = [
        Rule("ends", "subject:offer", [("tag", "a"), "stop"]),
        Rule("behind", "subject:offer -tag:done", ["keep"]),
        Rule("other", "subject:offer (from:eve OR tag:done)", ["keep"]),
        Rule("rest", "", ["keep"], otherwise=True),
        Rule("off", "", ["keep"], enabled=False),
        Rule("foreign", "subject:offer", ["keep"], account_id=world.accounts[2]),
    ]
    saved = [world.rules.save(rule) for rule in rules]

    found = world.rules.explain(message)

    assert told(found) == {
        "ends": (True, []),
        "behind": (True, []),
        "other": (False, ["from:eve", "tag:done"]),
        "rest": (True, []),
        "foreign": (False, [f"account:{world.accounts[2]}"]),
    }
    assert (found[0].rule_id, found[0].revision, found[0].message_id) == (saved[0].id, 1, message)
    assert [(step.condition, step.saw, step.matched) for step in found[0].trace] == [("subject:offer", "offer", True)]
    assert world.rules.hits() == ()


def test_it_is_told_of_the_message_as_it_is_now(world: World) -> None:
    message = world.mail("offer")
    world.rules.save(Rule("read", "subject:offer is:unread", [("addflag", "read")]))
    world.rules.run()

    assert told(world.rules.explain(message)) == {"read": (False, ["is:unread"])}


def test_what_waits_for_its_age_says_so(world: World) -> None:
    young = world.mail("offer", received_at=NOW - timedelta(hours=1))
    world.rules.save(Rule("later", "subject:offer", ["keep"], delay="52w"))

    (found,) = world.rules.explain(young)

    assert (found.matched, [step.condition for step in found.failed]) == (False, ["delay:52w"])


def test_what_cannot_act_says_why(world: World) -> None:
    plugin = world.with_plugin(BROKEN, ActionType("extra", lambda _message, _: []))
    message = plugin.mail("offer")
    for rule in (
        Rule("fails", "broken:x", ["keep"]),
        Rule("lost", "subject:offer", [("fileinto", "Work/Größe")]),
        Rule("missing", "subject:offer", ["extra"]),
    ):
        plugin.rules.save(rule)
    world.lose_mailbox("Work/Größe")

    found = {one.rule: one for one in plugin.rules.explain(message)}
    without = {one.rule: one for one in world.rules.explain(message)}

    assert [(step.condition, step.saw) for step in found["fails"].failed] == [("broken:x", "no answer")]
    assert (found["lost"].matched, "gone" in found["lost"].problem) == (True, True)
    assert (found["missing"].matched, found["missing"].problem) == (True, "")
    assert (without["missing"].matched, without["missing"].trace) == (False, ())
    assert "extra" in without["missing"].problem


def test_a_message_of_somebody_else_is_not_told_of(world: World, store: Store) -> None:
    message = world.mail("offer")
    world.rules.save(Rule("all", "", ["keep"]))
    eve: World = World(store, name="eve-who-asks").open()  # type: ignore[assignment]

    with pytest.raises(NotFoundError):
        eve.rules.explain(message)


def test_nothing_is_open_while_plugins_are_asked(world: World) -> None:
    open_meanwhile: list[int] = []

    def is_it(_message: MessageDetail, _argument: object) -> bool:
        open_meanwhile.append(world.store.engine.pool.checkedout())  # type: ignore[attr-defined]
        return True

    plugin = world.with_plugin(Condition("slow", is_it))
    message = plugin.mail("offer")
    plugin.rules.save(Rule("asks", "slow:x", ["keep"]))

    assert told(plugin.rules.explain(message)) == {"asks": (True, [])}
    assert set(open_meanwhile) == {0}
