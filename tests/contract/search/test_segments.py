"""The segments of SQLite's index are merged, a step a transaction, by whoever indexes or takes out."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.search import indexing
from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.search import index_check, search_index, segments
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.letters import letters
from tests.contract.search.world import World

BATCH = 5
SETTINGS = {"automerge": 0, "usermerge": 8, "crisismerge": 32}
# Fewer than 8 of each size are left, and in 300 messages there are three sizes at most.
MOST_LEFT = 3 * 7


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path}/mail.db")
    migrate(store.engine)
    yield store
    store.close()


@pytest.fixture
def world(store: Store, monkeypatch: pytest.MonkeyPatch) -> World:
    """An owner whose mail is indexed in batches of five."""
    monkeypatch.setattr(indexing, "BATCH_MESSAGES", BATCH)
    return World(store).open()


@pytest.fixture
def written(store: Store) -> list[list[tuple[str, int]]]:
    """What each write transaction writes into the index: how many messages, and how many pages it may merge."""
    seen: list[list[tuple[str, int]]] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def _(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            seen.append([])
        elif "'merge'" in statement:
            seen[-1].append(("merged", abs(parameters[0])))
        elif statement.startswith(f'INSERT INTO "{segments.NAME}" ('):
            seen[-1].append(("indexed", len(parameters)))

    return seen


def wordy(count: int) -> list[MessageDetail]:
    """Letters of 200 words of their own, so that their segments have pages to merge."""
    draw = random.Random(1)
    return [replace(one, text=" ".join(f"w{draw.randrange(10**6)}" for _ in range(200))) for one in letters(count)]


def left(store: Store) -> int:
    with store.read() as connection:
        return int(connection.scalar(text("SELECT count(DISTINCT segid) FROM mailhelper_search_idx")) or 0)


def test_a_batch_is_indexed_in_one_transaction_and_merged_in_others(
    world: World, store: Store, written: list[list[tuple[str, int]]]
) -> None:
    ids = world.put(wordy(300))

    assert world.index() == len(ids)

    steps = [dict(one) for one in written if one]
    assert [one["indexed"] for one in steps if "indexed" in one] == [BATCH] * (len(ids) // BATCH)
    assert {one["merged"] for one in steps if "indexed" in one} == {1}
    assert {one["merged"] for one in steps if "indexed" not in one} == {segments.STEP_PAGES}
    assert left(store) <= MOST_LEFT
    assert world.found("hello", limit=1_000) == world.found("", limit=1_000)
    with world.owner.read() as uow:
        assert list(index_check.stale(uow, ids)) == []


def test_mails_that_come_one_by_one_are_merged_too(world: World, store: Store) -> None:
    for one in letters(60):
        world.put([one])
        world.index()

    assert left(store) <= MOST_LEFT
    assert len(world.found("hello", limit=100)) == 60


def test_who_takes_out_much_merges_by_the_way(world: World, store: Store) -> None:
    ids = world.put(letters(30))
    world.index()

    for id_ in ids[:25]:  # at 32 segments FTS5 would merge without being told
        with world.owner.begin() as uow:
            search_index.remove(uow, [id_])

    assert left(store) <= MOST_LEFT
    assert world.found("hello") == ids[25:]


def test_a_batch_does_not_end_a_long_merge(
    world: World, written: list[list[tuple[str, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put(wordy(8 * BATCH))
    world.index()
    monkeypatch.setattr(segments, "STEP_PAGES", 2)
    world.put(wordy(BATCH))
    written.clear()

    world.index()

    assert sum(one == [("merged", 2)] for one in written) == segments.MOST_STEPS


def test_the_index_is_told_to_merge_when_asked(store: Store) -> None:
    with store.read() as connection:
        rows = connection.execute(text("SELECT k, v FROM mailhelper_search_config"))
        found = {name: value for name, value in rows if name in SETTINGS}

    assert found == SETTINGS
