"""Rules and saved searches name a tag: they follow when it is renamed or merged, and go back when that is undone."""

from __future__ import annotations

import pytest

from mailhelper_core.model.extension import Condition, action_argument
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.rules.tagging import action_with_tag, read_tag
from mailhelper_core.model.work.operation import Change
from mailhelper_core.search.saved import SavedSearches
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


@pytest.fixture
def ids(world: World) -> list[int]:
    return world.put([mail("a"), mail("b"), mail("c")])


def searches(world: World) -> SavedSearches:
    return SavedSearches(world.owner, world.registry)


def give_away(world: World, deed: str) -> None:
    """Let Bills be called Invoices, or be merged into it."""
    if deed == "rename":
        world.tags.rename("Bills", "Invoices due")
    else:
        world.tags.create("Invoices due")
        world.tags.merge("Bills", "Invoices due")


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_rules_and_saved_searches_name_the_tag_as_it_is_called_now(world: World, ids: list[int], deed: str) -> None:
    world.tags.create("Bills")
    rule = Rule("r", "subject:a  OR -( tag:bills suggested:BILLS@0.9 ) tag:bi*", [("tag", "Bills color=#112233")])
    world.rules.save(rule)
    world.rules.save(Rule("off", 'tag="Bills"', ["archive", Action("untag", name="bills")], enabled=False))
    world.rules.save(Rule("other", "tag:Billsy subject:bills", [("tag", "Billsy")]))
    searches(world).save("s", "tag=Bills body:bills")

    give_away(world, deed)

    found = {one.name: one for one in world.rules.list()}
    assert found["r"].when == 'subject:a  OR -( tag:"Invoices due" suggested:"Invoices due@0.9" ) tag:bi*'
    assert found["r"].then == (Action("tag", "Invoices due", color="#112233"),)
    assert (found["off"].when, found["off"].enabled) == ('tag="Invoices due"', False)
    assert found["off"].then == (Action("archive"), Action("untag", "Invoices due"))
    assert (found["other"].when, found["other"].revision) == ("tag:Billsy subject:bills", 1)
    assert searches(world).get("s").query == 'tag="Invoices due" body:bills'
    assert [(one.revision, one.when) for one in world.rules.history("r")] == [(2, found["r"].when), (1, rule.when)]


def test_words_of_plugins_stay_as_they_are(world: World) -> None:
    mine = world.with_plugin(Condition("moon", lambda message, phase: False))
    mine.tags.create("Bills")
    mine.rules.save(Rule("r", 'moon:"full tag:Bills" tag:Bills', ["archive"]))

    mine.tags.rename("Bills", "Money")

    assert mine.rules.get("r").when == 'moon:"full tag:Bills" tag:Money'


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_a_rule_that_follows_acts_on_what_bears_the_tag_and_never_twice(
    world: World, ids: list[int], deed: str
) -> None:
    world.tags.assign(ids[:1], "Bills")
    world.rules.save(Rule("r", "tag:Bills", [("addflag", "done")]))
    world.rules.run()
    world.messages.remove_keyword(ids[:1], "done")

    give_away(world, deed)
    world.tags.assign(ids[1:2], "Invoices due")
    plan, run = world.rules.plan("subject:a OR subject:b"), world.rules.run(query="subject:a OR subject:b")

    assert [one.message_id for one in plan.hits] == [ids[1]]
    assert run.operations == 1
    assert ["done" in world.see(id_).keywords for id_ in ids[:2]] == [False, True]


def test_a_rule_that_tags_makes_no_second_tag(world: World, ids: list[int]) -> None:
    world.rules.save(Rule("r", "subject:a", [("tag", "Bills")]))
    world.rules.run()

    give_away(world, "rename")
    new = world.mail("a")
    world.rules.run()

    assert [one.name for one in world.tags.list()] == ["Invoices due"]
    assert world.see(new).tag_names == {"Invoices due"}


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_undo_brings_back_what_was_not_edited_since(world: World, ids: list[int], deed: str) -> None:
    world.tags.assign(ids[:1], "Bills")
    world.rules.save(Rule("r", "tag:Bills", ["archive"]))
    world.rules.save(Rule("edited", "tag:Bills subject:b", ["archive"]))
    world.rules.save(Rule("gone", "tag:Bills subject:c", ["archive"]))
    searches(world).save("s", "tag:Bills")
    searches(world).save("edited", "tag:Bills subject:b")
    give_away(world, deed)
    change = world.last_change()
    edited = 'subject:z tag:"Invoices due"'
    world.rules.save(Rule("edited", edited, ["archive"]))
    world.rules.delete("gone")
    searches(world).save("edited", edited)

    report = world.undo.undo(change)

    assert {one.name: one.when for one in world.rules.list()} == {"r": "tag:Bills", "edited": edited}
    assert {one.name: one.query for one in searches(world).list()} == {"s": "tag:Bills", "edited": edited}
    assert world.see(ids[0]).tag_names == {"Bills"}
    assert report.left == 2
    assert [one.when for one in world.rules.history("r")] == ["tag:Bills", 'tag:"Invoices due"', "tag:Bills"]


def test_another_spelling_of_the_same_name_changes_no_rule(world: World) -> None:
    world.tags.create("Bills")
    world.rules.save(Rule("r", "tag:bills", ["archive"]))

    world.tags.rename("Bills", "BILLS")

    assert world.rules.get("r").revision == 1


def test_another_owners_rules_stay_as_they_are(world: World, store: object) -> None:
    eve = World(store).open()  # type: ignore[arg-type]
    for one in (world, eve):
        one.tags.create("Bills")
        one.rules.save(Rule("r", "tag:Bills", ["archive"]))

    world.tags.rename("Bills", "Money")

    assert (world.rules.get("r").when, eve.rules.get("r").when) == ("tag:Money", "tag:Bills")


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_what_a_rule_proposed_is_approved_with_the_tag_as_it_is_called_now(
    world: World, ids: list[int], deed: str
) -> None:
    world.tags.create("Bills")
    world.rules.save(Rule("r", "subject:a", [("tag", "Bills"), ("addflag", "x")], propose=True))
    world.rules.run()

    give_away(world, deed)
    world.rules.approve(world.rules.proposed()[0])

    assert [one.name for one in world.tags.list()] == ["Invoices due"]
    assert world.see(ids[0]).tag_names == {"Invoices due"}


def test_undo_of_a_rename_lets_proposals_name_the_tag_as_before(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    world.rules.save(Rule("r", "subject:a", [("tag", "Bills")], propose=True))
    world.rules.run()
    give_away(world, "rename")
    world.undo.undo(world.last_change())

    world.rules.approve(world.rules.proposed()[0])

    assert [one.name for one in world.tags.list()] == ["Bills"]
    assert world.see(ids[0]).tag_names == {"Bills"}


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_another_name_is_no_word_against_the_rule_that_set_the_tag(world: World, ids: list[int], deed: str) -> None:
    world.rules.save(Rule("r", "subject:a OR subject:b", [("tag", "Bills")]))
    world.rules.run()
    give_away(world, deed)
    world.tags.unassign(ids[1:2], "Invoices due")  # this is one

    world.rules.save(Rule("r", "subject:a OR subject:b", [("tag", "Invoices due"), ("addflag", "x")]))
    world.rules.run(query="")

    assert ["x" in world.see(id_).keywords for id_ in ids[:2]] == [True, False]


def rename_and_undo_but_one_rule(world: World) -> Change:
    """Let Bills be called Invoices due, and Bills again with a rule that was edited meanwhile."""
    world.rules.save(Rule("edited", "tag:Bills subject:z", ["archive"]))
    give_away(world, "rename")
    change = world.last_change()
    world.rules.save(Rule("edited", "tag:Invoices subject:z", ["archive"]))
    assert world.undo.undo(change).left == 1
    return change


def test_entries_name_the_tag_as_before_where_undo_left_a_text(world: World, ids: list[int]) -> None:
    before = world.tags.assign(ids[:1], "Bills")
    world.rules.save(Rule("r", "subject:b", [("tag", "Bills")]))
    world.rules.run()
    rename_and_undo_but_one_rule(world)

    report = world.undo.undo(before)
    world.rules.save(Rule("r", "subject:b", [("tag", "Bills"), ("addflag", "x")]))
    world.rules.run(query="subject:b")

    assert (report.undone, report.left) == (1, 0)
    assert world.see(ids[0]).tag_names == set()
    assert "x" in world.see(ids[1]).keywords, "nobody took back what the rule had done"


def test_what_undo_left_can_be_undone_later_and_nothing_else_is_done_again(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    world.rules.save(Rule("r", "tag:Bills", ["archive"]))
    change = rename_and_undo_but_one_rule(world)
    world.rules.save(Rule("edited", 'tag:"Invoices due" subject:z', ["archive"]))

    report = world.undo.undo(change)

    assert (report.undone, report.left, world.change(change.id).state) == (1, 0, "undone")
    assert [one.when for one in world.rules.list()] == ["tag:Bills", "tag:Bills subject:z"]
    assert [one.revision for one in world.rules.history("r")] == [3, 2, 1]


def test_what_was_said_by_a_name_that_undo_took_back_can_be_undone(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    give_away(world, "rename")
    renaming = world.last_change()
    change = world.tags.assign(ids[:1], "Invoices due")
    world.undo.undo(renaming)

    report = world.undo.undo(change)

    assert (report.undone, report.left) == (1, 0)
    assert world.see(ids[0]).tag_names == set()


def test_another_tag_that_had_such_a_name_before_is_none_of_it(world: World, ids: list[int]) -> None:
    older = world.tags.assign(ids[:1], "Invoices due")
    world.tags.delete("Invoices due")
    world.tags.assign(ids[:1], "Bills")
    give_away(world, "rename")
    world.undo.undo(world.last_change())

    world.undo.undo(older)

    assert world.see(ids[0]).tag_names == {"Bills"}


@pytest.mark.parametrize("name", ["name=Zeta", "name=Zeta color=#112233", "Zeta color=#112233", "color=", "a@0.5"])
@pytest.mark.parametrize("color", ["", " color=#aabbcc"])
def test_a_name_that_reads_like_an_option_is_still_the_tag_that_rules_mean(name: str, color: str) -> None:
    rewritten = action_with_tag(Action("tag", f"Bills{color}"), "Bills", name)

    told = read_tag(action_argument(rewritten))

    assert (told.name, told.color) == (name, color.removeprefix(" color="))
    assert action_with_tag(rewritten, name, "Bills") == Action(
        "tag", "Bills", **({"color": told.color} if color else {})
    )


def test_a_name_that_reads_like_a_bound_is_asked_for_as_a_name(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    world.rules.save(Rule("r", "suggested:Bills", [("tag", "Bills")]))
    world.tags.propose([SuggestedTag(ids[0], "Bills", 0.3, "test")])

    world.tags.rename("Bills", "Sale@0.5")

    assert world.rules.get("r").when == "suggested:Sale@0.5@0"
    assert [hit.message_id for hit in world.rules.plan("").hits] == ids[:1]
