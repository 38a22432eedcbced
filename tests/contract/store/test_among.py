"""Values that a statement gets as one parameter: the same answer as from IN, on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import event, insert, not_, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among, constants
from mailhelper_core.store.unit_of_work import Store

OWNERS = ("ada", "o'brien", 'quoted "bob"', "größe", "back\\slash")
BY_ID = select(t.owners.c.id).where(among(t.owners.c.id, "ids")).order_by(t.owners.c.id)
BY_KEY = select(t.owners.c.key).where(among(t.owners.c.key, "keys"))


@pytest.fixture
def ids(store: Store) -> list[int]:
    with store.begin() as connection:
        connection.execute(insert(t.owners), [{"key": key, "created_at": 0} for key in OWNERS])
        return list(connection.scalars(select(t.owners.c.id).order_by(t.owners.c.id)))


@pytest.mark.parametrize("keys", [(), OWNERS[:1], OWNERS[1:], (*OWNERS, "nobody", "'] OR 1=1")])
def test_texts_are_found_as_they_are(store: Store, ids: list[int], keys: Sequence[str]) -> None:
    with store.read() as connection:
        found = connection.scalars(BY_KEY, {"keys": keys}).all()

    assert sorted(found) == sorted(set(keys) & set(OWNERS))


def test_what_is_not_among_them_is_the_rest(store: Store, ids: list[int]) -> None:
    rest = select(t.owners.c.id).where(not_(among(t.owners.c.id, "ids")))

    with store.read() as connection:
        assert sorted(connection.scalars(rest, {"ids": ids[:2]})) == ids[2:]


def test_any_number_of_values_is_one_and_the_same_statement(store: Store, ids: list[int]) -> None:
    said: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: said.append(statement))

    with store.read() as connection:
        found = [connection.scalars(BY_ID, {"ids": some}).all() for some in ([], ids[:1], range(10_000), ids * 2)]

    assert found == [[], ids[:1], ids, ids]
    assert len({statement for statement in said if statement.startswith("SELECT")}) == 1


def test_names_of_our_own_stand_in_the_statement(store: Store, ids: list[int]) -> None:
    others = select(t.owners.c.key).where(t.owners.c.key.not_in(constants(["ada", "größe"])))

    with store.read() as connection:
        found = connection.scalars(others).all()

    assert set(found) == set(OWNERS) - {"ada", "größe"}
