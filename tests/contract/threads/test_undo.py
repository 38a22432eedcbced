"""Threads put right by hand are changes: they stand in the history, and undo takes them back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailhelper_core.errors import ConflictError
from mailhelper_core.read.threads import ThreadService
from mailhelper_core.store.mail import erase
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.contract.threads.test_threads import arrive, partition


@pytest.fixture
def threads(world: World) -> ThreadService:
    return ThreadService(world.owner)


def test_a_split_is_a_change_that_can_be_undone(world: World, threads: ThreadService) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    threads.split([b])
    change = world.last_change()

    report = world.undo.undo(change)

    assert (change.kind, change.state, len(change)) == ("thread_split", "applied", 0)
    assert (report.undone, report.left) == (1, 0)
    assert partition(world, a, b, arrive(world, "c", "b"), arrive(world, "d", "a")) == [0, 0, 0, 0]
    with pytest.raises(ConflictError):
        world.undo.undo(change)


def test_a_merge_is_a_change_and_what_came_since_goes_where_it_belongs(world: World, threads: ThreadService) -> None:
    a, b = arrive(world, "a"), arrive(world, "b")
    threads.merge(b, a)
    c, d, e = arrive(world, "c", "a"), arrive(world, "d", "b"), arrive(world, "e", "d", "b")

    report = world.undo.undo(world.last_change())

    assert (report.undone, report.left) == (1, 0)
    assert partition(world, a, b, c, d, e) == [0, 1, 0, 1, 1]
    assert partition(world, a, b, arrive(world, "f", "e", "b")) == [0, 1, 1]


def test_an_undo_of_a_split_takes_along_what_came_since_and_other_splits_stay(
    world: World, threads: ThreadService
) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c", "b", "a")
    threads.split([c])
    threads.split([b])
    late = arrive(world, "d", "b")

    world.undo.undo(world.last_change())

    assert partition(world, a, b, c, late) == [0, 0, 2, 0]
    assert partition(world, a, c, arrive(world, "e", "c", "b", "a")) == [0, 1, 1]


def test_an_undo_can_be_undone(world: World, threads: ThreadService) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    threads.split([b])
    world.undo.undo(world.last_change())

    report = world.undo.undo(world.last_change())

    assert (report.undone, report.left) == (1, 0)
    assert partition(world, a, b, arrive(world, "c", "b", "a")) == [0, 1, 1]


def test_what_was_split_otherwise_since_is_left_and_reported(world: World, threads: ThreadService) -> None:
    a, b = arrive(world, "a"), arrive(world, "b")
    threads.merge(a, b)
    merged = world.last_change()
    threads.split([b])
    c = arrive(world, "c", "a")

    report = world.undo.undo(merged)

    assert (report.undone, report.left, [note.code for note in report.errors]) == (0, 1, ["changed_since"])
    assert partition(world, a, b, c) == [0, 1, 0]


def test_a_split_that_was_merged_by_hand_since_is_left(world: World, threads: ThreadService) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    threads.split([b])
    split = world.last_change()
    threads.merge(a, b)

    report = world.undo.undo(split)

    assert (report.undone, report.left, [note.code for note in report.errors]) == (0, 1, ["changed_since"])
    assert partition(world, a, b) == [0, 0]


def test_what_was_erased_since_is_not_missed(world: World, threads: ThreadService) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c", "b", "a")
    threads.split([b, c])
    split = world.last_change()
    with world.owner.begin() as uow:
        erase.remove(uow, [b])

    assert world.undo.undo(split).undone == 1

    assert partition(world, a, c) == [0, 0]


def test_a_time_takes_threads_back_too_newest_first(world: World, threads: ThreadService, clock: Clock) -> None:
    a, b, c = arrive(world, "a"), arrive(world, "b", "a"), arrive(world, "c")
    clock.pass_time(hours=1)
    threads.split([b])
    threads.merge(b, c)

    report = world.undo.undo(since=clock.now - timedelta(minutes=1))

    assert (report.undone, report.left) == (2, 0)
    assert partition(world, a, b, c) == [0, 0, 2]


def test_threads_that_are_one_already_make_no_change(world: World, threads: ThreadService) -> None:
    a, b = arrive(world, "a"), arrive(world, "b", "a")
    threads.split([b])
    before = world.last_change()

    threads.merge(b, b)

    assert world.last_change() == before
    assert partition(world, a, b) == [0, 1]
