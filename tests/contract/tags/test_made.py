"""Tags that a change made go with it when it is undone, unless something uses them by then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.search.saved import SavedSearches
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


@pytest.fixture
def ids(world: World) -> list[int]:
    return world.put([mail("a"), mail("b")])


def named(world: World) -> list[str]:
    return [tag.name for tag in world.tags.list()]


def test_a_tag_goes_with_the_change_that_made_it(world: World, ids: list[int]) -> None:
    world.tags.create("Old")
    assigned = world.tags.assign(ids, "Fresh", color="#112233")
    known = world.tags.assign(ids, "Old")

    reports = [world.undo.undo(one) for one in (known, assigned)]

    assert [(one.undone, one.left) for one in reports] == [(2, 0), (2, 0)]
    assert named(world) == ["Old"]


def test_it_comes_again_when_the_undo_is_undone(world: World, ids: list[int]) -> None:
    world.undo.undo(world.tags.assign(ids, "Fresh", color="#112233"))
    undo = world.last_change()

    world.undo.undo(undo)
    tag = world.tags.get("Fresh")
    assert (tag.color, tag.messages) == ("#112233", 2)

    world.undo.undo(world.last_change())
    assert named(world) == []


def test_a_tag_of_a_rule_run_goes_once_no_rule_names_it(world: World, ids: list[int]) -> None:
    world.rules.save(Rule("tags", "", [("tag", "Fresh")]))
    first = world.rules.run(query="").change
    assert first is not None
    world.undo.undo(first)
    assert named(world) == ["Fresh"]

    world.rules.save(Rule("other", "", [("tag", "Other")]))
    second = world.rules.run(query="").change
    assert second is not None
    world.rules.delete("other")
    world.undo.undo(second)
    assert named(world) == ["Fresh"]


def test_a_span_takes_back_tags_that_were_made_renamed_merged_and_deleted_in_it(
    world: World, clock: Clock, ids: list[int]
) -> None:
    world.tags.assign(ids, "One")
    world.tags.rename("One", "Two")
    world.tags.assign(ids[:1], "Three")
    world.tags.merge("Two", "Three")
    world.tags.delete("Three")

    report = world.undo.undo(since=clock.now)

    assert report.left == 0
    assert named(world) == []


def test_a_suggested_tag_goes_with_the_answer_that_made_it(world: World, ids: list[int]) -> None:
    world.tags.propose([SuggestedTag(id_, "Fresh", 0.9, "me") for id_ in ids])

    world.undo.undo(world.tags.accept("Fresh"))

    assert named(world) == []
    assert [(one.name, one.is_new) for one in world.tags.queue()] == [("Fresh", True)]


def test_the_last_entry_that_is_taken_back_alone_takes_the_tag(world: World, ids: list[int]) -> None:
    first, second = world.tags.assign(ids, "Fresh").entries

    world.undo.undo(first)
    assert named(world) == ["Fresh"]
    world.undo.undo(second)
    assert named(world) == []


def test_a_tag_that_is_not_undone_whole_goes_with_the_rest(world: World, ids: list[int]) -> None:
    assigned = world.tags.assign(ids, "Fresh")
    later = world.tags.assign(world.put([mail("c")]), "Fresh")

    world.undo.undo(assigned)
    assert named(world) == ["Fresh"]
    world.undo.undo(later)
    assert named(world) == ["Fresh"]  # it made no tag


def say_no(world: World, ids: list[int]) -> None:
    world.tags.reject("Fresh", world.put([mail("no")]))


USES: dict[str, Callable[[World, list[int]], object]] = {
    "color": lambda world, ids: world.tags.update("Fresh", color="#445566"),
    "description": lambda world, ids: world.tags.update("Fresh", description="what is new"),
    "name": lambda world, ids: world.tags.rename("Fresh", "Fresher"),
    "keyword": lambda world, ids: world.tags.mirror("Fresh"),
    "example": say_no,
    "message": lambda world, ids: world.tags.assign(world.put([mail("c")]), "Fresh"),
    "action": lambda world, ids: world.rules.save(Rule("a", "subject:x", [("untag", "FRESH color=#112233")])),
    "criteria": lambda world, ids: world.rules.save(Rule("a", 'subject:x -tag:"fresh"', ["archive"])),
    "switched off": lambda world, ids: world.rules.save(Rule("a", "tag:fresh", ["archive"], enabled=False)),
    "saved search": lambda world, ids: SavedSearches(world.owner, world.registry).save("new", "suggested:Fresh@0.9"),
    "meant": lambda world, ids: (
        world.tags.propose([SuggestedTag(ids[0], "Newish", 0.9, "me")]),
        world.undo.undo(world.tags.merge("Newish", "Fresh")),
        world.tags.propose([SuggestedTag(world.put([mail("d")])[0], "Newish", 0.9, "me")]),
        world.tags.merge("Newish", "Fresh"),
    ),
}


@pytest.mark.parametrize("use", USES)
def test_a_tag_that_something_uses_or_that_was_edited_stays(world: World, ids: list[int], use: str) -> None:
    assigned = world.tags.assign(ids, "Fresh")
    USES[use](world, ids)

    world.undo.undo(assigned)

    assert len(named(world)) == 1


@pytest.mark.parametrize("when", ["tag:fre*", "tag:other", "subject:fresh", "suggested:other@0.5"])
def test_rules_that_do_not_name_it_do_not_keep_it(world: World, ids: list[int], when: str) -> None:
    world.rules.save(Rule("a", when, [("tag", "other"), "archive", ("fileinto", "Fresh")]))

    world.undo.undo(world.tags.assign(ids, "Fresh"))

    assert named(world) == []


def test_a_tag_of_the_same_name_that_was_made_since_stays(world: World, ids: list[int]) -> None:
    assigned = world.tags.assign(ids, "Fresh")
    world.tags.delete("Fresh")
    world.tags.create("Fresh")

    world.undo.undo(assigned)

    assert named(world) == ["Fresh"]
