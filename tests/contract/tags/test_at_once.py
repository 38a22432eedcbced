"""Two who change the tags of one owner at once: the second waits, and neither is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError

import pytest
from sqlalchemy import update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import suggestions
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


def test_what_is_suggested_while_it_is_rejected_waits_for_nobodys_word(world: World) -> None:
    ids = world.put([mail("a")])
    world.tags.create("Bills")
    suggested = [SuggestedTag(ids[0], "Bills", 0.9, "learned")]

    with ThreadPoolExecutor(1) as pool:
        with world.owner.begin() as uow:
            suggestions.put(uow, suggested)
            other = pool.submit(world.tags.reject, "Bills", ids)
            with pytest.raises(TimeoutError):
                other.result(timeout=2)
        other.result(timeout=30)

    assert world.tags.queue() == ()


@pytest.mark.parametrize("deed", ["accept", "reject", "merge"])
def test_of_two_who_decide_on_a_suggestion_at_once_neither_is_refused_by_the_database(world: World, deed: str) -> None:
    ids = world.put([mail("a")])
    world.tags.create("Money")
    world.tags.propose([SuggestedTag(ids[0], "Bills", 0.9, "learned")])
    deeds: dict[str, Callable[[], object]] = {
        "accept": lambda: world.tags.accept("Bills"),
        "reject": lambda: world.tags.reject("Bills"),
        "merge": lambda: world.tags.merge("Bills", "Money"),
    }

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(deeds[deed]) for _ in range(2)]
        errors = [one.exception(timeout=30) for one in both]

    # The second finds that nothing waits any more, or does again what is done.
    assert [error for error in errors if error is not None and not isinstance(error, NotFoundError)] == []
    assert world.tags.queue() == ()
