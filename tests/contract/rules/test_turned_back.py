"""What the owner put back by hand is never done again by that rule, however it is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.rules.rule import Action, Rule
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

FILE = Rule("file", "subject:offer", ["archive", ("tag", "offers"), ("addflag", "flagged")])
# Another revision, whose first run over a query looks at all mail again.
EDITED = replace(FILE, then=[*FILE.then, ("tag", "more")])


@pytest.fixture
def filed(world: World) -> tuple[World, int, int]:
    """Two messages that a rule has filed, tagged and flagged."""
    one, two = world.put([mail("offer"), mail("offer")])
    world.rules.save(FILE)
    world.rules.run()
    return world, one, two


@pytest.mark.parametrize("deed", ["move", "tag", "flag"])
def test_a_changed_rule_leaves_alone_what_the_owner_put_back(filed: tuple[World, int, int], deed: str) -> None:
    world, one, two = filed
    if deed == "move":
        world.messages.move([one], "INBOX")
    elif deed == "tag":
        world.tags.unassign([one], "offers")
    else:
        world.messages.remove_keyword([one], "\\Flagged")
    world.rules.save(EDITED)
    before = world.see(one)

    plan, run = world.rules.plan(""), world.rules.run(query="")

    assert [hit.message_id for hit in plan.hits] == [two]
    assert run.hits == 1
    assert world.see(one) == before
    assert "more" in world.see(two).tag_names


def test_other_rules_may_still_act_on_it(filed: tuple[World, int, int]) -> None:
    world, one, _ = filed
    world.messages.move([one], "INBOX")
    world.rules.save(Rule("other", "subject:offer", [("tag", "other")]))

    world.rules.run(query="")

    assert "other" in world.see(one).tag_names


def test_what_the_owner_moves_on_or_takes_back_again_is_no_such_word(filed: tuple[World, int, int]) -> None:
    world, one, two = filed
    world.messages.move([one], "Work/Größe")
    world.tags.unassign([two], "offers")
    world.tags.assign([two], "offers")
    world.rules.save(EDITED)

    assert {hit.message_id for hit in world.rules.plan("").hits} == {one, two}


def test_what_another_rule_turned_back_is_not_the_owners_word(world: World) -> None:
    message = world.mail("offer")
    stage = world.rules.save(Rule("stage", "subject:offer", [("tag", "new")]))
    world.rules.save(Rule("next", "tag:new", [("untag", "new"), ("tag", "seen")]))
    world.rules.run()
    world.rules.save(replace(stage, then=(Action("tag", "new"), Action("tag", "more"))))

    world.rules.run(query="")

    assert world.see(message).tag_names == {"new", "more", "seen"}
