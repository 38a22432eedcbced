"""The index: made in batches, repeated, repaired, and right though others write meanwhile, on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import delete, update

from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.search import index_check, search_index
from mailhelper_core.store.search.text_query import phrase
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import pending
from tests.contract.search.letters import letters
from tests.contract.search.world import World


def test_an_account_that_is_removed_leaves_no_word_in_the_index(world: World) -> None:
    ids = world.put(letters(3))
    world.index()

    with world.owner.begin() as uow:
        accounts.remove(uow, world.accounts[1])
        (left,) = search_index.among(uow, [phrase(uow.dialect, "any", ["hello"])], ids)

    assert left == set()


def test_the_index_stage_works_in_batches_and_reports(world: World) -> None:
    world.put(letters(120))
    seen = []

    done = world.search.index(world.accounts[1], progress=seen.append)

    assert done == 120
    assert [(step.stage, step.done, step.total) for step in seen] == [
        ("index", 50, 120), ("index", 100, 120), ("index", 120, 120),
    ]  # fmt: skip
    assert world.search.index(world.accounts[1]) == 0


def test_a_cancelled_index_stage_goes_on_later(world: World) -> None:
    world.put(letters(120))

    assert world.search.index(world.accounts[1], cancel=lambda: True) == 0
    assert world.found("nothing", limit=200) == world.found("", limit=200)
    assert world.index() == 120


def test_what_changes_or_goes_while_its_words_are_made_is_not_indexed_by_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, gone, kept = world.put(letters(3))
    read = search_index.rows

    def read_before_others_write(uow: UnitOfWork, ids: Sequence[int], **bounds: int) -> list[search_index.IndexRow]:
        rows = read(uow, ids, **bounds)
        with world.owner.begin() as other:
            other.execute(update(t.messages).where(t.messages.c.id == changed).values(match_key=b"new", digest=None))
            for table in (t.pending, t.placements, t.message_texts, t.message_refs, t.attachments):
                other.execute(delete(table).where(table.c.message_id == gone))
            other.execute(delete(t.messages).where(t.messages.c.id == gone))
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(search_index, "rows", read_before_others_write)
        world.search.index(world.accounts[1])

    with world.owner.read() as uow:
        assert pending.take(uow, "index", world.accounts[1], 10) == [changed]
    assert world.index() == 1
    assert sorted(world.found("nothing")) == [changed, kept]


def test_a_changed_text_is_found_by_its_new_words_alone(world: World) -> None:
    (id_,) = world.put(letters(1))
    world.index()

    with world.owner.begin() as uow:
        search_index.remove(uow, [id_])
        uow.execute(update(t.message_texts).where(t.message_texts.c.message_id == id_).values(text="Changed"))
        search_index.add_batch(uow, search_index.rows(uow, [id_]))

    assert world.found("nothing") == []
    assert world.found("changed") == [id_]


def test_a_changed_text_that_waits_for_the_index_is_read_by_the_predicate(world: World) -> None:
    (id_,) = world.put(letters(1))
    world.index()

    with world.owner.begin() as uow:
        uow.execute(update(t.message_texts).where(t.message_texts.c.message_id == id_).values(text="Changed"))
        pending.add(uow, "index", world.accounts[1], [id_])

    assert world.found("nothing") == []
    assert world.found("changed -nothing") == [id_]


def test_indexing_twice_changes_nothing(world: World) -> None:
    (id_,) = world.put(letters(1))
    with world.owner.begin() as uow:
        search_index.add_batch(uow, search_index.rows(uow, [id_]))
    world.index()

    assert world.found("nothing see") == [id_]
    with world.owner.begin() as uow:
        search_index.remove(uow, [id_])
    assert world.found("nothing see") == []


def test_what_the_index_lost_is_indexed_again(world: World) -> None:
    ids = world.put(letters(3))
    world.index()
    with world.owner.begin() as uow:
        search_index.remove(uow, ids[1:])

    assert world.found("hello") == ids[:1]
    assert world.search.verify() == 2
    assert world.index() == 2
    assert world.found("hello") == ids
    assert world.search.verify() == 0


def test_a_rebuilt_index_answers_as_before(world: World) -> None:
    ids = world.put(letters(3))
    world.index()

    with world.store.begin() as connection:
        index_check.rebuild(connection)

    assert world.found("hello") == ids
    assert world.index() == 3
    assert world.found("hello") == ids
