"""Saved searches: kept by name, checked when they are saved, told apart by owner."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError, NotFoundError, QueryError
from mailhelper_core.model.extension import Condition, Provided, Registry
from mailhelper_core.model.rules.saved import SearchHint
from mailhelper_core.search.saved import SavedSearches
from mailhelper_core.store.mind import tags
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.world import World

LONGER = Condition("longer-than", lambda message, size: len(message.text) > int(str(size)), argument=int)


@pytest.fixture
def searches(world: World) -> SavedSearches:
    return SavedSearches(world.owner, world.registry)


def test_a_search_is_kept_as_it_was_saved(searches: SavedSearches) -> None:
    saved = searches.save("Größe zählt", "larger:2M is:unread", sort="size")

    assert (saved.name, saved.query, saved.sort, saved.problem) == ("Größe zählt", "larger:2M is:unread", "size", "")
    assert searches.get("GRÖSSE zählt") == saved == searches.list()[0]


def test_saving_a_name_again_changes_the_search(searches: SavedSearches) -> None:
    first = searches.save("Bills", "subject:bill")

    second = searches.save("BILLS", "subject:invoice")

    assert second.id == first.id
    assert [(one.name, one.query) for one in searches.list()] == [("BILLS", "subject:invoice")]


def test_a_search_that_is_deleted_is_gone(searches: SavedSearches) -> None:
    searches.save("Bills", "subject:bill")

    searches.delete("bills")

    assert searches.list() == ()
    for call in (searches.get, searches.delete):
        with pytest.raises(NotFoundError):
            call("Bills")


@pytest.mark.parametrize(
    ("name", "query", "sort", "error"),
    [
        ("", "a", "newest", InvalidError),
        ("x" * 101, "a", "newest", InvalidError),
        ("bad", "nothing:1", "newest", QueryError),
        ("bad", "a", "best", InvalidError),
    ],
)
def test_a_mistake_saves_nothing(
    searches: SavedSearches, name: str, query: str, sort: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        searches.save(name, query, sort=sort)  # type: ignore[arg-type]

    assert searches.list() == ()


def test_a_search_whose_plugin_is_missing_says_so(world: World, searches: SavedSearches) -> None:
    registry = Registry(conditions={"longer-than": Provided("demo", LONGER)})
    SavedSearches(world.owner, registry).save("long", "longer-than:10")

    assert "longer-than" in searches.get("long").problem
    assert SavedSearches(world.owner, registry).get("long").problem == ""


def test_searches_of_two_owners_are_two(world: World, searches: SavedSearches) -> None:
    eve = SavedSearches(world.store.for_owner("eve's searches"), world.registry)
    searches.save("Bills", "subject:bill")

    assert eve.list() == ()
    with pytest.raises(NotFoundError):
        eve.delete("Bills")


def test_a_query_is_a_form_and_comes_back(world: World) -> None:
    registry = Registry(conditions={LONGER.name: Provided("demo", LONGER)})
    searches = SavedSearches(world.owner, registry)
    query = "from:ada (tag:* OR -header:X-Loop=yes) longer-than:3"

    form = searches.to_json(query)

    assert form["all"] == [
        {"field": "from", "op": ":", "value": "ada"},
        {"any": [
            {"field": "tag", "op": ":", "value": "", "prefix": True},
            {"not": {"field": "header", "op": "=", "value": "yes", "name": "X-Loop"}},
        ]},
        {"field": "longer-than", "op": ":", "value": "3"},
    ]  # fmt: skip
    assert searches.from_json(form) == query


def test_a_mistake_in_a_form_is_refused_with_its_place(searches: SavedSearches) -> None:
    with pytest.raises(QueryError, match=r"form\.all\[1\]"):
        searches.from_json({"all": [{"field": "from", "value": "a"}, {"field": "longer-than", "value": "3"}]})
    with pytest.raises(InvalidError):
        searches.from_json("from:a")  # type: ignore[arg-type]
    with pytest.raises(QueryError):
        searches.to_json("longer-than:3")


@pytest.mark.parametrize(
    ("query", "field", "value", "nearest", "better"),
    [
        ("in:inobx", "in", "inobx", "INBOX", "in:INBOX"),
        ('in:"work/grose" is:unread', "in", "work/grose", "Work/Größe", "in:Work/Größe is:unread"),
        ("x -(tag:bils OR account:hone)", "tag", "bils", "bills", "x -(tag:bills OR account:hone)"),
        ("account:wrok", "account", "wrok", "Work", "account:Work"),
        ("tag:zzz", "tag", "zzz", "", ""),
        ("category:nobodys", "category", "nobodys", "", ""),
        ("to:me", "to", "me", "", ""),
    ],
)
def test_a_name_that_nothing_has_gets_a_hint(
    world: World, searches: SavedSearches, query: str, field: str, value: str, nearest: str, better: str
) -> None:
    with world.owner.begin() as uow:
        tags.create(uow, "bills")

    first = searches.hints(query)[0]

    assert first == SearchHint(field, value, nearest, better)
    assert len(searches.hints(f"({query}) OR ({query})")) == len(searches.hints(query))


@pytest.mark.parametrize(
    "query",
    ["", "in:INBOX", "in:inbox", "in:junk", "in:WORK/*", "in:*", "account:work", "tag:*", "from:inobx", "in:flagged"],
)
def test_what_there_is_gets_no_hint(searches: SavedSearches, query: str) -> None:
    assert searches.hints(query) == ()


def test_before_anything_is_there_only_tags_are_missed(store: Store) -> None:
    empty = SavedSearches(World(store).owner, Registry())

    assert [one.field for one in empty.hints("in:inobx account:x to:me tag:bills")] == ["tag"]


def test_a_query_that_cannot_be_read_gets_no_hint_but_its_error(searches: SavedSearches) -> None:
    with pytest.raises(QueryError):
        searches.hints("in:")
