"""A suggested tag that a message bears by now waits no longer, whoever put it on."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.rules.rule import Rule
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


@pytest.fixture
def ids(world: World) -> list[int]:
    """Two messages for which the tag Bills waits; there is one."""
    made = world.put([mail("a"), mail("b")])
    world.tags.create("Bills")
    world.tags.propose([SuggestedTag(id_, "Bills", 0.9, "learner 1") for id_ in made])
    return made


@pytest.mark.parametrize("by", ["hand", "rule", "another suggestion", "a merged tag"])
def test_what_was_put_on_since_waits_no_longer(world: World, ids: list[int], by: str) -> None:
    first, second = ids
    if by == "hand":
        world.tags.assign([first], "bills")
    elif by == "rule":
        world.rules.save(Rule("bills", f"id:{first}", [("tag", "bills")]))
        world.rules.run(query="")
    elif by == "another suggestion":
        world.tags.propose([SuggestedTag(first, "Bill", 0.9, "learner 1")])
        world.tags.merge("Bill", "Bills")
    else:
        world.tags.assign([first], "Money")
        world.tags.merge("Money", "Bills")

    assert [(one.name, one.messages) for one in world.tags.queue()] == [("Bills", (second,))]
    assert [one.message_id for one in world.tags.suggest(ids)] == [second]
    assert world.found("suggested:bills") == world.found("suggested:*") == [second]
    assert sorted(world.found("-suggested:Bills@0.5")) == [first]


def test_where_all_messages_bear_it_nothing_waits_until_that_is_undone(world: World, ids: list[int]) -> None:
    change = world.tags.assign(ids, "Bills")

    assert world.tags.queue() == ()
    with pytest.raises(NotFoundError):
        world.tags.accept("Bills")
    world.undo.undo(change)
    assert sorted(world.tags.queue()[0].messages) == sorted(ids)


def test_a_rule_behind_one_that_tags_sees_that_it_waits_no_longer(world: World, ids: list[int]) -> None:
    world.rules.save(Rule("tag", "suggested:bills", [("tag", "Bills")]))
    world.rules.save(Rule("late", "suggested:*", ["discard"]))
    world.rules.save(Rule("later", "-suggested:bills", [("addflag", "todo")]))

    plan = world.rules.plan("")
    run = world.rules.run(query="")

    assert [hit.rule for hit in plan.hits] == ["tag", "later"] * 2
    assert run.hits == len(plan.hits)
