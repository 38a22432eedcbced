"""The queue of suggested tags: what waits, what the owner says, and what is never suggested again."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.model.mind.tag import SuggestedTag
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


def suggest(world: World, name: str, *ids: int, confidence: float = 0.9) -> int:
    return world.tags.propose([SuggestedTag(id_, name, confidence, "learner 1") for id_ in ids])


@pytest.fixture
def ids(world: World) -> list[int]:
    return world.put([mail("a"), mail("b"), mail("c")])


def test_names_wait_with_their_messages_the_most_frequent_first(world: World, ids: list[int]) -> None:
    suggest(world, "Bills", ids[0], confidence=0.7)
    suggest(world, "BILLS", ids[1])
    suggest(world, "News", ids[2])

    queue = world.tags.queue()

    assert [(one.name, one.messages, one.confidence, one.is_new) for one in queue] == [
        ("Bills", (ids[1], ids[0]), 0.9, True), ("News", (ids[2],), 0.9, True),
    ]  # fmt: skip
    assert [one.name for one in world.tags.suggest([ids[2]])] == ["News"]


def test_suggesting_again_counts_once_and_the_newest_confidence(world: World, ids: list[int]) -> None:
    counts = [suggest(world, "Bills", ids[0]), suggest(world, "bills", ids[0], confidence=0.6)]

    assert counts == [1, 0]
    assert [one.confidence for one in world.tags.queue()] == [0.6]


def test_an_accepted_name_is_a_tag_on_its_messages(world: World, ids: list[int]) -> None:
    suggest(world, "Bills", *ids[:2])

    change = world.tags.accept("bills", color="#3366FF")

    assert [sorted(world.see(id_).tag_names) for id_ in ids] == [["Bills"], ["Bills"], []]
    assert world.tags.get("Bills").color == "#3366ff"
    assert [(one.message_id, one.is_positive) for one in world.tags.examples("Bills")] == [(i, True) for i in ids[:2]]
    assert world.tags.queue() == ()
    world.undo.undo(change)
    assert world.see(ids[0]).tag_names == frozenset()


def test_a_name_may_be_accepted_for_some_messages(world: World, ids: list[int]) -> None:
    suggest(world, "Bills", *ids)

    world.tags.accept("Bills", ids[:1])

    assert [(one.messages, one.is_new) for one in world.tags.queue()] == [(tuple(ids[1:]), False)]


def test_a_rejected_name_is_never_suggested_again_and_nothing_fails(world: World, ids: list[int]) -> None:
    suggest(world, "Bills", ids[0])

    world.tags.reject("Bills")

    assert suggest(world, "BILLS", *ids) == 0
    assert world.tags.queue() == ()
    assert world.tags.list() == ()


def test_a_merged_name_means_the_other_tag_from_then_on(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    suggest(world, "Invoices", ids[0])

    world.tags.merge("Invoices", "Bills")
    suggest(world, "invoices", ids[0], ids[1])

    assert world.see(ids[0]).tag_names == {"Bills"}
    assert [(one.name, one.messages, one.is_new) for one in world.tags.queue()] == [("Bills", (ids[1],), False)]


def test_a_tag_that_does_not_belong_is_taken_off_and_not_suggested_there_again(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:2], "Bills")

    change = world.tags.reject("bills", ids[:1])

    assert [sorted(world.see(id_).tag_names) for id_ in ids[:2]] == [[], ["Bills"]]
    assert [(one.message_id, one.is_positive) for one in world.tags.examples("Bills")] == [(ids[0], False)]
    assert suggest(world, "Bills", *ids) == 1
    assert [one.messages for one in world.tags.queue()] == [(ids[2],)]
    world.undo.undo(change)
    assert world.see(ids[0]).tag_names == {"Bills"}


def said(world: World, name: str) -> list[tuple[int, bool]]:
    return [(one.message_id, one.is_positive) for one in world.tags.examples(name)]


@pytest.mark.parametrize("deed", ["delete", "merge"])
def test_undo_brings_back_what_was_said_of_a_tag(world: World, ids: list[int], deed: str) -> None:
    world.tags.assign(ids, "Bills")
    world.tags.reject("Bills", ids[:1])
    world.tags.create("Money")
    suggest(world, "Money", ids[1])
    world.tags.accept("Money")

    world.undo.undo(world.tags.delete("Bills") if deed == "delete" else world.tags.merge("Bills", "Money"))

    assert said(world, "Bills") == [(ids[0], False)]
    assert said(world, "Money") == [(ids[1], True)]
    assert suggest(world, "Bills", ids[0]) == 0


def test_undo_of_a_no_takes_back_the_lesson_and_what_was_said_since_stays(world: World, ids: list[int]) -> None:
    world.tags.assign(ids[:2], "Bills")
    change = world.tags.reject("Bills", ids[:2])
    suggest(world, "Bills", ids[2])
    world.tags.accept("Bills")
    again = world.tags.reject("Bills", ids[2:])

    world.undo.undo(change)
    world.undo.undo(again)

    assert said(world, "Bills") == [(ids[2], True)]


def test_undo_of_a_yes_lets_the_suggestion_wait_again(world: World, ids: list[int]) -> None:
    suggest(world, "Bills", *ids[:2])

    world.undo.undo(world.tags.accept("Bills"))

    assert [(one.name, one.messages) for one in world.tags.queue()] == [("Bills", tuple(ids[:2]))]
    assert world.tags.list() == ()
    world.tags.create("Bills")
    assert said(world, "Bills") == []
    assert world.see(ids[0]).tag_names == set()


def test_undo_of_a_merged_name_lets_it_wait_under_its_own(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    suggest(world, "Invoices", ids[0])

    world.undo.undo(world.tags.merge("Invoices", "Bills"))

    assert [(one.name, one.messages) for one in world.tags.queue()] == [("Invoices", (ids[0],))]
    assert said(world, "Bills") == []


def test_a_rejected_name_may_be_suggested_again_once_that_is_undone(world: World, ids: list[int]) -> None:
    suggest(world, "Bills", ids[0])

    world.undo.undo(world.tags.reject("Bills"))

    assert [(one.name, one.messages) for one in world.tags.queue()] == [("Bills", (ids[0],))]
    assert suggest(world, "Bills", *ids) == 2


def test_what_a_message_bears_is_not_suggested(world: World, ids: list[int]) -> None:
    world.tags.assign(ids, "Bills")

    assert suggest(world, "Bills", *ids) == 0


def test_a_deleted_or_merged_tag_takes_its_examples_along(world: World, ids: list[int]) -> None:
    world.tags.assign(ids, "Bills")
    world.tags.reject("Bills", ids[:1])
    world.tags.create("Money")

    world.tags.merge("Bills", "Money")

    assert [one.is_positive for one in world.tags.examples("Money")] == [False]
    world.tags.delete("Money")
    with pytest.raises(NotFoundError):
        world.tags.examples("Money")


def test_unknown_names_and_foreign_messages_are_not_found(store: object, world: World, ids: list[int]) -> None:
    eve = World(store).open()  # type: ignore[arg-type]
    suggest(world, "Bills", ids[0])

    for call in (
        lambda: world.tags.accept("Nothing"),
        lambda: world.tags.reject("Nothing"),
        lambda: world.tags.merge("Nothing", "Bills"),
        lambda: eve.tags.accept("Bills"),
        lambda: suggest(eve, "Bills", ids[0]),  # type: ignore[arg-type]
    ):
        with pytest.raises(NotFoundError):
            call()


def test_to_merge_what_is_no_tag_and_not_suggested_names_the_tag(world: World) -> None:
    world.tags.create("Bills")

    with pytest.raises(NotFoundError, match="no tag of this name") as refused:
        world.tags.merge("Nothing", "Bills")

    assert refused.value.code == "tag_not_found"


def give_away(world: World, deed: str) -> None:
    """Let Bills be called Money, or be merged into it."""
    if deed == "rename":
        world.tags.rename("Bills", "Money")
    else:
        world.tags.create("Money")
        world.tags.merge("Bills", "Money")


def waiting(world: World) -> list[tuple[str, tuple[int, ...], bool]]:
    return [(one.name, one.messages, one.is_new) for one in world.tags.queue()]


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_what_waits_for_a_tag_follows_it_now_and_whenever_it_is_suggested_again(
    world: World, ids: list[int], deed: str
) -> None:
    world.tags.create("Bills")
    suggest(world, "Bills", ids[0])

    give_away(world, deed)

    assert waiting(world) == [("Money", (ids[0],), False)]
    assert suggest(world, "bills", *ids[:2]) == 1
    world.tags.accept("Money")
    assert [one.name for one in world.tags.list()] == ["Money"]
    assert [world.see(id_).tag_names for id_ in ids] == [{"Money"}, {"Money"}, frozenset()]


@pytest.mark.parametrize("deed", ["rename", "merge"])
def test_undo_lets_it_wait_under_the_old_name_again(world: World, ids: list[int], deed: str) -> None:
    world.tags.create("Bills")
    suggest(world, "Invoices", ids[2])
    world.tags.merge("Invoices", "Bills")
    suggest(world, "Bills", *ids[:2])
    give_away(world, deed)
    change = world.last_change()
    world.tags.accept("Money", ids[:1])

    world.undo.undo(change)

    assert waiting(world) == [("Bills", (ids[1],), False)]
    world.tags.unassign(ids[2:], "Bills")
    assert suggest(world, "invoices", ids[2]) == 1
    assert waiting(world) == [("Bills", (ids[1], ids[2]), False)]


def test_a_name_that_meant_a_merged_tag_means_the_one_it_was_merged_into(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    suggest(world, "Invoices", ids[0])
    world.tags.merge("Invoices", "Bills")

    give_away(world, "merge")
    suggest(world, "Invoices", ids[1])

    assert waiting(world) == [("Money", (ids[1],), False)]


def test_a_tag_that_is_made_anew_is_meant_by_its_own_name(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    give_away(world, "rename")

    world.tags.create("Bills")
    suggest(world, "Bills", ids[0])

    assert waiting(world) == [("Bills", (ids[0],), False)]


def test_what_the_other_tag_must_not_bear_does_not_wait_for_it(world: World, ids: list[int]) -> None:
    world.tags.create("Bills")
    suggest(world, "Bills", *ids)
    world.tags.create("Money")
    world.tags.assign(ids[:1], "Money")
    world.tags.reject("Money", ids[1:2])

    world.tags.merge("Bills", "Money")

    assert waiting(world) == [("Money", (ids[2],), False)]


@pytest.mark.parametrize("confidence", [1.9, -0.1, float("nan"), float("inf")])
def test_a_confidence_that_is_no_probability_is_refused(world: World, ids: list[int], confidence: float) -> None:
    with pytest.raises(InvalidError) as raised:
        suggest(world, "Bills", ids[0], confidence=confidence)

    assert raised.value.code == "confidence"
    assert world.tags.queue() == ()


def test_a_name_that_nobody_sees_is_not_suggested(world: World, ids: list[int]) -> None:
    with pytest.raises(InvalidError):
        suggest(world, "\u200b", ids[0])
