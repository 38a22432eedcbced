"""Too much of everything: a message with 10,000 tags, a query and a script of a megabyte."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, insert, select

from mailhelper_core.errors import QueryError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store import tables as t
from tests.contract.rules.world import World

MANY = 10_000


@pytest.fixture
def tagged(world: World) -> tuple[World, int]:
    """A message with very many tags."""
    message = world.mail("invoice")
    with world.owner.begin() as uow:
        names = [f"tag {number:05}" for number in range(MANY)]
        values = [
            {"owner_id": uow.owner_id, "name": name, "folded": name, "color": "", "created_at": 0} for name in names
        ]
        uow.execute(insert(t.tags), values)
        ids = uow.connection.scalars(select(t.tags.c.id).where(t.tags.c.owner_id == uow.owner_id))
        rows = [
            {"message_id": message, "tag_id": id_, "set_by": "owner", "actor": "ada", "created_at": 1} for id_ in ids
        ]
        uow.execute(insert(t.message_tags), rows)
    return world, message


def test_a_message_with_10_000_tags_is_shown_found_ruled_on_and_restored(tagged: tuple[World, int]) -> None:
    world, message = tagged
    world.rules.save(Rule("more", "tag:tag* -tag:none", [("tag", "one more"), ("untag", "tag 00007")]))
    before = world.state()
    started = time.process_time()

    plan = world.rules.plan()
    run = world.rules.run()
    found = world.found('tag:"tag 09999" -tag:"tag 00007" tag:"one more"')

    assert (len(plan.hits), run.operations, found) == (1, 2, [message])
    assert len(world.see(message).tags) == MANY
    assert len(plan.hits[0].trace[0].saw) < 200
    world.undo.undo(run.change)
    assert world.state() == before
    assert time.process_time() - started < 5


def test_a_tag_that_10_000_messages_might_have_is_merged_and_deleted(tagged: tuple[World, int]) -> None:
    world, message = tagged

    world.tags.merge("tag 00001", "tag 00002")
    world.tags.delete("tag 00003")

    assert len(world.see(message).tags) == MANY - 2
    assert len(world.tags.list()) == MANY - 2


@pytest.mark.parametrize("query", ["a" * 2**20, "from:" + "x " * 2**19, "(" * 2**20, '"' + "a" * 2**20])
def test_a_query_of_a_megabyte_is_refused_everywhere_and_nothing_is_saved(world: World, query: str) -> None:
    for call in (world.rules.plan, world.search.search, world.search.count):
        with pytest.raises(QueryError, match="too long") as caught:
            call(query)
        assert caught.value.hint
        assert len(str(caught.value)) < 1_000
    with pytest.raises(QueryError):
        world.rules.save(Rule("huge", query, ["keep"]))

    with world.owner.read() as uow:
        assert uow.connection.scalar(select(func.count()).where(t.rules.c.owner_id == uow.owner_id)) == 0
