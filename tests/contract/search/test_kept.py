"""Criteria that are asked again are not compiled again, and what changed meanwhile is found all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import event, true, update

from mailhelper_core.model.rules.criteria import FIELDS
from mailhelper_core.query.read import read
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.search import find
from mailhelper_core.store.search.bounds import Bounds, exact
from mailhelper_core.store.search.criteria import LASTING, compile_bounds
from mailhelper_core.store.search.kept import KeptBounds
from mailhelper_core.store.unit_of_work import Store, from_micros
from tests.contract.search.letters import letters
from tests.contract.search.world import World

VIEW = "in:inbox -spam:yes (category:other OR is:unread)"


def bounds_of(world: World, query: str) -> Bounds:
    with world.owner.read() as uow:
        return compile_bounds(uow, read(query), now=from_micros(uow.now))


@pytest.mark.parametrize("query", [VIEW, 'in="INBOX" account:home', "has:attachment larger:2k", ""])
def test_what_lasts_is_compiled_and_built_once(world: World, query: str) -> None:
    first = bounds_of(world, query)
    with world.owner.read() as uow:
        find.find(uow, first, sort="newest", limit=50)
        built = dict(first.built)
        find.find(uow, bounds_of(world, query), sort="newest", limit=7)

    assert bounds_of(world, query) is first
    assert first.built == built


@pytest.mark.parametrize("query", ["newer_than:7d", "in:inbox hello", "tag:bills", "from:me", "list:news"])
def test_what_the_moment_names_or_the_index_decide_is_compiled_anew(world: World, query: str) -> None:
    assert bounds_of(world, query) is not bounds_of(world, query)


def test_all_that_is_kept_is_a_field() -> None:
    assert FIELDS.keys() >= LASTING


def test_a_mailbox_that_gets_another_name_is_found_by_it(world: World) -> None:
    ids = world.put(letters(2))
    assert world.found("in:inbox") == ids
    with world.owner.begin() as uow:
        mine = t.mailboxes.c.id == world.mailboxes[1, 1]
        uow.execute(update(t.mailboxes).where(mine).values(name="Post", role=""))

    assert world.found("in:inbox") == []
    assert world.found("in:post") == ids


def test_an_account_that_gets_another_name_is_found_by_it(world: World) -> None:
    ids = world.put(letters(2))
    assert world.found("account:home") == ids
    with world.owner.begin() as uow:
        accounts.change(uow, world.accounts[1], name="elsewhere")

    assert world.found("account:home") == []
    assert world.found("account:elsewhere") == ids


def test_what_one_owner_asked_finds_nothing_of_theirs_for_another(world: World, store: Store) -> None:
    mine, other = world.put(letters(2)), World(store).open()
    theirs = other.put(letters(3))

    for query in ("in:inbox", "-spam:yes", "", "is:unread"):
        assert (world.found(query), other.found(query)) == (mine, theirs)


def test_only_those_that_were_asked_for_last_are_kept() -> None:
    kept = KeptBounds(2)
    first, second, third = (exact(true()) for _ in range(3))

    kept.get((1,), lambda: first)
    kept.get((2,), lambda: second)
    kept.get((1,), lambda: third)
    kept.get((3,), lambda: third)

    assert kept.get((1,), lambda: second) is first
    assert kept.get((2,), lambda: third) is third


def test_the_second_page_is_the_statement_of_the_next_as_well(world: World) -> None:
    ids = world.put(letters(6))
    said: list[str] = []
    event.listen(world.store.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))

    assert world.found("is:unread", limit=2) == ids

    pages = [one for one in said if "LIMIT" in one]
    assert len(pages) == 3
    assert len(set(pages)) == 2
