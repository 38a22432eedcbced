"""A misspelt category is refused with the right one; what a plugin gives, and what mail has, is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailhelper_core.errors import QueryError
from mailhelper_core.model.extension import Classifier, Provided, Registry, each
from mailhelper_core.search.saved import SavedSearches
from tests.contract.search.letters import LETTER
from tests.contract.search.world import World

INVOICES = Classifier("invoices", each(lambda message: None), labels=("invoice",))
WITH_PLUGIN = Registry(classifiers={"invoices": Provided("demo", INVOICES)})


@pytest.fixture
def plugged(world: World) -> World:
    """The owner in a process with a plugin that gives a category."""
    return replace(world, registry=WITH_PLUGIN)


@pytest.mark.parametrize(
    ("query", "position", "meant"),
    [
        ("category:invocie", 9, "invoice"),
        ("is:unread -category:Newsleter", 20, "newsletter"),
        ('category:"finanse"', 9, "finance"),
    ],
)
def test_a_misspelt_category_is_refused_with_the_right_one(
    plugged: World, query: str, position: int, meant: str
) -> None:
    calls: tuple[Callable[[str], object], ...] = (
        plugged.search.search,
        plugged.search.count,
        lambda text: SavedSearches(plugged.owner, plugged.registry).save("mine", text),
    )
    for call in calls:
        with pytest.raises(QueryError) as caught:
            call(query)

        assert caught.value.position == position
        assert f"did you mean {meant!r}?" in caught.value.hint


def test_what_may_be_right_is_not_refused(plugged: World) -> None:
    plugged.put([replace(LETTER, category="finances"), replace(LETTER, category="Größe")])

    for query, number in (
        ("category:invoice", 0), ("category:INVOICE", 0), ("category:finance", 0), ("category:finances", 1),
        ("category:grosse", 1), ("category:vip", 0), ("category=invocie", 0), ("category:invoci*", 0),
        ("category:*", 2),
    ):  # fmt: skip
        assert len(plugged.search.search(query)) == number, query


def test_without_the_plugin_its_category_is_not_taken_for_another(world: World) -> None:
    assert len(world.search.search("category:invoice")) == 0


def test_a_stored_search_is_asked_whatever_it_says(world: World, plugged: World) -> None:
    world.put([replace(LETTER, category="invocie")])
    saved = SavedSearches(world.owner, world.registry).save("mine", "category:invocie")

    assert SavedSearches(plugged.owner, plugged.registry).get("mine") == saved
    assert saved.problem == ""
