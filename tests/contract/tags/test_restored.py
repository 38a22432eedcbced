"""Tags that were deleted and came back by undo are the tags that they were."""

from __future__ import annotations

import pytest

from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


@pytest.fixture
def ids(world: World) -> list[int]:
    return world.put([mail("a"), mail("b")])


def test_a_mirror_can_be_taken_back_after_its_tag_came_back(world: World, ids: list[int]) -> None:
    before = world.tags.create("Bills")
    mirrored = world.tags.mirror("Bills")
    world.undo.undo(world.tags.delete("Bills"))

    report = world.undo.undo(mirrored)

    assert (report.undone, report.left) == (1, 0)
    assert world.tags.get("Bills").local_only
    assert world.tags.get("Bills").id == before.id


def test_a_tag_that_was_named_again_meanwhile_gets_its_looks_back(world: World, ids: list[int]) -> None:
    world.tags.create("Bills", color="#112233", description="what to pay")
    deleted = world.tags.delete("Bills")
    world.undo.undo(world.tags.assign(ids, "Bills"))

    world.undo.undo(deleted)

    tag = world.tags.get("Bills")
    assert (tag.color, tag.description) == ("#112233", "what to pay")


def test_looks_that_the_new_tag_has_of_its_own_stay(world: World, ids: list[int]) -> None:
    world.tags.create("Bills", color="#112233", description="what to pay")
    deleted = world.tags.delete("Bills")
    world.tags.create("Bills", color="#445566")

    world.undo.undo(deleted)

    tag = world.tags.get("Bills")
    assert (tag.color, tag.description) == ("#445566", "what to pay")


def test_a_tag_that_came_back_and_was_renamed_is_not_made_again(world: World, ids: list[int]) -> None:
    world.tags.assign(ids, "Bills")
    world.tags.create("Money")
    merged = world.tags.merge("Bills", "Money")
    world.tags.unassign(ids[1:], "Money")
    assert world.undo.undo(merged).left == 1
    world.tags.rename("Bills", "Invoices")

    assert world.undo.undo(merged).left == 1

    assert [tag.name for tag in world.tags.list()] == ["Invoices", "Money"]
    assert [world.see(id_).tag_names for id_ in ids] == [{"Invoices"}, {"Invoices"}]
