"""Tags that are keywords too: set here and seen by other programs, set there and seen here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.work.operation import AddKeyword, AddTag, RemoveKeyword
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind.mirrors import in_step
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


@pytest.fixture
def ids(world: World) -> list[int]:
    return world.put([mail("a"), mail("b"), mail("c")])


def keywords(world: World, id_: int) -> set[str]:
    return set(world.see(id_).keywords)


def elsewhere(world: World, id_: int, *shown: str) -> None:
    """Another program leaves a message with these keywords, and a sync sees it."""
    p = t.placements.c
    text = " ".join(sorted(shown))
    with world.owner.begin() as uow:
        o = t.outbox.c
        uow.execute(update(t.outbox).where(o.message_id == id_, o.state == "waiting").values(state="delivered"))
        mine = update(t.placements).where(p.message_id == id_)
        uow.execute(mine.values(base_keywords=text, keywords=text))
    world.tags.take_over(world.accounts[1])


def test_a_mirrored_tag_gives_its_messages_the_keyword(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Größe zählt")

    change = world.tags.mirror("größe zählt")

    tag = world.tags.get("Größe zählt")
    assert (tag.keyword, tag.local_only) == ("grosse_zahlt", False)
    assert [keywords(world, id_) for id_ in ids[:2]] == [{"grosse_zahlt"}, set()]
    assert len(change) == 1


def test_setting_and_taking_off_a_mirrored_tag_does_so_with_the_keyword(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")

    change = world.tags.assign(ids[:2], "work")
    world.tags.unassign(ids[1:2], "Work")

    assert [keywords(world, id_) for id_ in ids[:2]] == [{"work"}, set()]
    world.undo.undo(change)
    assert keywords(world, ids[0]) == set()


def test_a_rule_that_tags_sets_the_keyword_as_its_plan_says(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")
    world.rules.save(Rule("work", "subject:a", [("tag", "Work")]))
    world.rules.save(Rule("seen", "keyword:work", [("tag", "seen")]))

    plan, run = world.rules.plan(), world.rules.run()

    assert (len(plan.operations), run.operations) == (3, 3)
    assert keywords(world, ids[0]) == {"work"}


def test_a_keyword_that_another_program_set_is_the_tag(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")

    elsewhere(world, ids[0], "work", "other")

    assert world.see(ids[0]).tag_names == {"Work"}
    assert world.tags.assigned(ids, "Work")[ids[0]].set_by == "owner"
    assert world.tags.take_over(world.accounts[1]) == 0


def test_a_keyword_that_another_program_took_off_takes_the_tag(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.mirror("Work", "work")
    elsewhere(world, ids[0], "work")

    elsewhere(world, ids[0])

    assert world.see(ids[0]).tag_names == frozenset()


def test_a_tag_whose_keyword_the_server_never_had_stays(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.mirror("Work", "work")

    elsewhere(world, ids[0])

    assert world.see(ids[0]).tag_names == {"Work"}


def test_where_no_server_may_store_it_the_tag_stays_local_and_says_so(world: World, ids: list[int]) -> None:
    b = t.mailboxes.c
    with world.owner.begin() as uow:
        mine = b.account_id.in_(select(t.accounts.c.id).where(t.accounts.c.owner_id == uow.owner_id))
        uow.execute(update(t.mailboxes).where(mine).values(permanent_keywords="$Junk other"))
    world.tags.assign(ids, "Work")

    change = world.tags.mirror("Work")

    assert world.tags.get("Work").local_only
    assert len(change) == 0
    assert keywords(world, ids[0]) == set()


def test_a_mirror_that_ends_leaves_tag_and_keyword_alone(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.mirror("Work", "work")

    world.tags.mirror("Work", "")
    elsewhere(world, ids[0])

    assert world.tags.get("Work").local_only
    assert world.see(ids[0]).tag_names == {"Work"}


@pytest.mark.parametrize("keyword", ["\\Seen", "a b", "(x)", "größe"])
def test_what_is_no_keyword_is_refused(world: World, keyword: str) -> None:
    world.tags.create("Work")

    with pytest.raises(InvalidError):
        world.tags.mirror("Work", keyword)


def test_one_keyword_stands_for_one_tag(world: World) -> None:
    world.tags.create("Work")
    world.tags.create("Job")
    world.tags.mirror("Work", "work")

    with pytest.raises(ConflictError):
        world.tags.mirror("Job", "WORK")


def test_undo_of_a_mirror_ends_it_and_leaves_the_tag(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    change = world.tags.mirror("Work")
    elsewhere(world, ids[0], "work")

    report = world.undo.undo(change)
    elsewhere(world, ids[0])

    assert (report.undone, report.left) == (2, 0)
    assert world.tags.get("Work").local_only
    assert set(world.tags.assigned(ids, "Work")) == {ids[0]}


def test_undo_of_another_keyword_brings_back_the_first(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")

    world.undo.undo(world.tags.mirror("Work", "job"))

    assert world.tags.get("Work").keyword == "work"


def test_a_mirror_that_changed_since_is_left(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    change = world.tags.mirror("Work", "work")
    world.tags.mirror("Work", "job")

    report = world.undo.undo(change)

    assert (report.undone, report.left) == (0, 1)
    assert world.tags.get("Work").keyword == "job"


@pytest.mark.parametrize("deed", ["delete", "merge"])
def test_a_tag_that_comes_back_is_mirrored_as_before(world: World, ids: list[int], deed: str) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.create("Job")
    world.tags.mirror("Work")

    world.undo.undo(world.tags.delete("Work") if deed == "delete" else world.tags.merge("Work", "Job"))

    assert world.tags.get("Work").keyword == "work"
    assert keywords(world, ids[0]) == {"work"}


def test_a_keyword_that_stands_for_another_tag_by_now_is_left_to_it(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")
    change = world.tags.delete("Work")
    world.tags.create("Job")
    world.tags.mirror("Job", "work")

    world.undo.undo(change)

    assert (world.tags.get("Work").keyword, world.tags.get("Job").keyword) == ("", "work")


def test_setting_and_taking_off_the_keyword_does_so_with_the_tag(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")

    change = world.messages.add_keyword(ids[:2], "work")
    world.messages.remove_keyword(ids[1:2], "Work")

    assert [world.see(id_).tag_names for id_ in ids[:2]] == [{"Work"}, frozenset()]
    assert world.tags.assigned(ids, "Work")[ids[0]].set_by == "owner"
    world.undo.undo(change)
    assert (keywords(world, ids[0]), world.see(ids[0]).tag_names) == (set(), frozenset())


def test_a_tag_set_here_goes_with_its_keyword(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")
    world.tags.assign(ids[:1], "Work")
    elsewhere(world, ids[0], "work")

    world.messages.remove_keyword(ids[:1], "work")

    assert world.see(ids[0]).tag_names == frozenset()


def test_a_rule_that_sets_the_keyword_sets_the_tag_as_its_plan_says(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    world.tags.mirror("Work", "work")
    world.rules.save(Rule("flag", "subject:a", [("addflag", "work")]))
    world.rules.save(Rule("seen", "tag:Work", [("tag", "seen")]))

    plan, run = world.rules.plan(), world.rules.run()

    assert (len(plan.operations), run.operations) == (3, 3)
    assert world.see(ids[0]).tag_names == {"Work", "seen"}
    assert world.tags.assigned(ids, "Work")[ids[0]].set_by == "rule"


def test_a_keyword_that_messages_have_already_is_the_tag_from_the_start(world: World, ids: list[int]) -> None:
    world.tags.create("Work")
    elsewhere(world, ids[0], "work")

    change = world.tags.mirror("Work", "work")

    assert [world.see(id_).tag_names for id_ in ids[:2]] == [{"Work"}, frozenset()]
    elsewhere(world, ids[0])
    assert world.see(ids[0]).tag_names == frozenset()
    assert len(change) == 1


@pytest.mark.parametrize("where", [{"mailbox_id": 7}, {"mailbox": "Planned"}])
def test_a_keyword_that_is_taken_off_in_one_mailbox_leaves_the_tag(where: dict[str, Any]) -> None:
    add, remove = AddKeyword(1, "work", **where), RemoveKeyword(1, "work", **where)

    assert in_step([remove], {"Work": "work"}) == [remove]
    assert in_step([add], {"Work": "work"}) == [add, AddTag(1, "Work")], "it shows the keyword there"


def test_a_tag_merged_into_one_without_a_keyword_takes_its_keyword_off(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.mirror("Work", "work")
    world.tags.create("Office")

    merged = world.tags.merge("Work", "Office")

    assert RemoveKeyword(ids[0], "work") in [entry.operation for entry in merged.entries]
    assert (keywords(world, ids[0]), world.see(ids[0]).tag_names) == (set(), {"Office"})
    assert world.tags.get("Office").local_only

    world.undo.undo(merged)
    assert (keywords(world, ids[0]), world.see(ids[0]).tag_names) == ({"work"}, {"Work"})
    assert world.tags.get("Work").keyword == "work"


def test_a_tag_merged_into_one_with_a_keyword_leaves_that_one(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.mirror("Work", "work")
    world.tags.create("Office")
    world.tags.mirror("Office", "office")

    world.tags.merge("Work", "Office")

    assert (keywords(world, ids[0]), world.see(ids[0]).tag_names) == ({"office"}, {"Office"})


def test_a_tag_that_is_deleted_takes_its_keyword_off(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:1], "Work")
    world.tags.mirror("Work", "work")

    world.tags.delete("Work")

    assert keywords(world, ids[0]) == set()
