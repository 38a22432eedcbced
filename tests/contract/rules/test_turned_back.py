"""What the owner put back by hand is never done again by that rule, however it is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.rules.rule import Action, Rule
from tests.contract.rules.compared import compare
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


def test_what_the_owner_takes_back_again_is_no_such_word(filed: tuple[World, int, int]) -> None:
    world, one, two = filed
    world.messages.move([one], "INBOX")
    world.messages.archive([one])
    world.tags.unassign([two], "offers")
    world.tags.assign([two], "offers")
    world.rules.save(EDITED)

    assert {hit.message_id for hit in world.rules.plan("").hits} == {one, two}


@pytest.mark.parametrize("by", ["here", "elsewhere", "a rule since"])
def test_what_the_owner_moved_on_stays_there_and_gets_the_rest(filed: tuple[World, int, int], by: str) -> None:
    world, one, two = filed
    if by == "elsewhere":
        world.move_elsewhere(one, "Work/Größe")
    else:
        world.messages.move([one], "Work/Größe")
    if by == "a rule since":
        world.rules.save(Rule("since", "in=Work/Größe", [("fileinto", "Made")]))
        world.rules.run(query="in=Work/Größe")
        world.rules.delete("since")
    lies = [place.mailbox for place in world.see(one).places]
    world.rules.save(replace(EDITED, then=[*EDITED.then, ("fileinto", "Offers")]))

    run = compare(world, "", len(world.rules.hits()))

    assert run.hits == 2
    assert [place.mailbox for place in world.see(one).places] == lies
    assert [place.mailbox for place in world.see(two).places] == ["Offers"]
    assert all("more" in world.see(id_).tag_names for id_ in (one, two))


def test_what_the_owner_threw_away_does_not_come_back(filed: tuple[World, int, int]) -> None:
    world, one, _ = filed
    world.messages.trash([one])
    world.rules.save(EDITED)

    world.rules.run(query="")

    assert [place.role for place in world.see(one).places] == ["trash"]


@pytest.mark.parametrize("by_another_program", [True, False])
def test_what_two_rules_moved_one_behind_the_other_is_left_where_the_owner_put_it(
    world: World, by_another_program: bool
) -> None:
    message = world.mail("offer")
    first = world.rules.save(Rule("first", "in:inbox", ["archive"]))
    second = world.rules.save(Rule("second", "in:archive", [("fileinto", "Work/Größe")]))
    world.rules.run()
    if by_another_program:
        world.move_elsewhere(message, "INBOX")
    else:
        world.messages.move([message], "INBOX")
    world.rules.save(replace(first, then=[*first.then, ("tag", "one")]))
    world.rules.save(replace(second, then=[*second.then, ("tag", "two")]))

    world.rules.run(query="")

    assert [place.mailbox for place in world.see(message).places] == ["INBOX"]
    assert world.see(message).tag_names == frozenset()


def test_a_rule_that_files_elsewhere_now_takes_along_what_lies_where_it_filed(filed: tuple[World, int, int]) -> None:
    world, one, two = filed
    world.rules.save(replace(FILE, then=[("fileinto", "Offers")]))

    world.rules.run(query="")

    assert [[place.mailbox for place in world.see(id_).places] for id_ in (one, two)] == [["Offers"], ["Offers"]]


def test_what_another_rule_turned_back_is_not_the_owners_word(world: World) -> None:
    message = world.mail("offer")
    stage = world.rules.save(Rule("stage", "subject:offer", [("tag", "new")]))
    world.rules.save(Rule("next", "tag:new", [("untag", "new"), ("tag", "seen")]))
    world.rules.run()
    world.rules.save(replace(stage, then=(Action("tag", "new"), Action("tag", "more"))))

    world.rules.run(query="")

    assert world.see(message).tag_names == {"new", "more", "seen"}
