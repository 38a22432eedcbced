"""Two who change the tags of one owner at once: the second waits, and neither is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError

import pytest
from sqlalchemy import update

from mailhelper_core.store import tables as t
from mailhelper_core.store.work import changes
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

DEEDS: dict[str, Callable[[World], object]] = {
    "rename": lambda world: world.tags.rename("Bills", "Invoices"),
    "merge": lambda world: world.tags.merge("Bills", "Money"),
    "delete": lambda world: world.tags.delete("Bills"),
    "undo": lambda world: world.undo.undo(world.last_change()),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_who_changes_a_tag_waits_for_the_owner_before_the_tag_is_theirs(world: World, deed: str) -> None:
    ids = world.put([mail("a")])
    world.tags.assign(ids, "Before")
    world.tags.create("Money")
    world.tags.rename("Before", "Bills")
    tags = t.tags.c

    with ThreadPoolExecutor(1) as pool:
        with world.owner.begin() as uow:
            changes.new_change(uow, "test")  # refers to the owner's row
            other = pool.submit(DEEDS[deed], world)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.5)
            mine = (tags.owner_id == uow.owner_id, tags.name.in_(("Bills", "Money")))
            uow.execute(update(t.tags).where(*mine).values(keyword=None))
        other.result(timeout=30)

    assert [tag.name for tag in world.tags.list()] == {
        "rename": ["Invoices", "Money"], "merge": ["Money"], "delete": ["Money"], "undo": ["Before", "Money"],
    }[deed]  # fmt: skip
