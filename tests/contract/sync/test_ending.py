"""A sync that must end does so in the middle of an answer: over a slow line the rest of one takes minutes."""

from __future__ import annotations

from dataclasses import replace

from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import fill, on_server

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
