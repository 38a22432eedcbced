"""A sync that must end does so in the middle of an answer: over a slow line the rest of one takes minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Fault, Trickle
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, on_server

MAILS = 60


def asked_for(world: ServerWorld, what: str) -> int:
    """Count the commands that asked for something."""
    return sum(what in one.line for one in world.server.log.commands)


def test_bodies_that_are_on_their_way_are_left_there(world: ServerWorld) -> None:
    world.settings = replace(world.settings, commit_batch_messages=5)
    fill(world.inbox, range(MAILS))
    told: list[object] = []

    report = world.sync(progress=told.append, cancel=lambda: bool(told))

    assert 5 <= report.new <= 10
    assert world.sync().new == MAILS - report.new
    assert world.placed() == on_server(world.user)


def test_metadata_that_are_on_their_way_are_left_there_once_something_is_stored(world: ServerWorld) -> None:
    world.settings = replace(world.settings, fetch_batch_messages=5)
    fill(world.inbox, range(MAILS))

    report = world.sync(cancel=lambda: asked_for(world, "RFC822.SIZE") > 1)
    bodies = asked_for(world, "BODY.PEEK[]")

    assert (report.new, bodies) == (20, 4), "the second batch was waited for"
    assert world.sync().new == MAILS - 20
    assert world.placed() == on_server(world.user)


def test_each_sync_that_must_end_soon_stores_something(world: ServerWorld) -> None:
    fill(world.inbox, range(MAILS))

    report = world.sync(cancel=lambda: asked_for(world, "RFC822.SIZE") > 0)

    assert report.new > 0


def asked_uids(world: ServerWorld) -> list[int]:
    """Of how many messages the metadata were asked for, command by command."""
    lines = [one.line for one in world.server.log.commands if "RFC822.SIZE" in one.line]
    return [len(UidSet.parse(line.split()[3])) for line in lines]


def slow_down(world: ServerWorld, per_second: float) -> None:
    world.server.faults.add(Fault("UID FETCH", Trickle(per_second), times=None, having="RFC822.SIZE"))


def test_the_first_answer_that_must_be_read_whole_is_a_small_one(world: ServerWorld) -> None:
    fill(world.inbox, range(200))
    slow_down(world, 40_000)

    report = world.sync(cancel=lambda: asked_for(world, "RFC822.SIZE") > 0)
    told = sum(one.bytes_out for one in world.server.log.commands if "RFC822.SIZE" in one.line)

    assert report.new > 0
    assert told < 20_000, "at the slowest pace that is borne this takes five seconds"


@pytest.mark.parametrize("world", [("sqlite", "qresync")], ids=["sqlite"], indirect=True)
def test_over_a_slow_line_less_is_asked_for(world: ServerWorld) -> None:
    """On SQLite alone, for time: the line is slow, whatever the database."""
    fill(world.inbox, range(400))
    slow_down(world, 10_000)

    report = world.sync(cancel=lambda: asked_for(world, "RFC822.SIZE") > 1)

    first, second = asked_uids(world)
    assert (first, report.new) == (50, 50)
    assert 25 <= second < 300


def test_over_a_fast_line_much_is_asked_for_at_once(world: ServerWorld) -> None:
    fill(world.inbox, range(450))
    world.sync()
    first_sync = asked_uids(world)
    world.server.log.clear()
    fill(world.inbox, range(450, 550))

    assert world.sync().new == 100
    assert first_sync == [50, 400]
    assert (asked_uids(world), asked_for(world, "BODY.PEEK[]")) == ([50, 50], 2)


@pytest.mark.parametrize("world", [("sqlite", "qresync")], ids=["sqlite"], indirect=True)
def test_what_is_compared_comes_in_small_answers_too(world: ServerWorld) -> None:
    fill(world.inbox, range(120))
    world.sync()
    with leases.holding(world.store, account_resource(world.account.id), seconds=20) as lease:
        VerifyService(world.store.for_owner(OWNER)).forget(world.account, lease)
    world.server.log.clear()

    world.sync()

    first, *others = asked_uids(world)
    assert (first, sum(others)) == (50, 70)
