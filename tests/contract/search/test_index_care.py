"""The search index is compared with the texts and made anew, on both databases; through the public names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import update

from mailhelper_core import IndexCheck, MailHelper, OwnerServices, Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.search import search_index
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.letters import LETTER
from tests.contract.search.world import World

KEY = b"k" * 32


@contextmanager
def services(world: World) -> Iterator[OwnerServices]:
    with MailHelper(world.store.engine.url.render_as_string(hide_password=False), key=KEY) as helper:
        yield helper.for_owner(world.name)


@pytest.fixture
def filled(world: World) -> tuple[World, list[int]]:
    """An owner with five letters: one was lost by the index, the words of two changed unseen, one waits."""
    texts = ("first invoice", "second invoice, with a second page", "third", "fourth", "fifth invoice")
    ids = world.put([replace(LETTER, text=text) for text in texts])
    world.index()
    with world.owner.begin() as uow:
        search_index.remove(uow, [ids[3]])
        # As a program of another kind would do it that writes into our tables.
        for id_, words in ((ids[0], "first reminder"), (ids[1], "second page, with a second invoice")):
            uow.execute(update(t.message_texts).where(t.message_texts.c.message_id == id_).values(text=words))
    world.put([replace(LETTER, text="sixth")])
    return world, ids


def test_what_the_index_lost_and_what_it_holds_otherwise_is_found_and_put_right(
    filled: tuple[World, list[int]],
) -> None:
    (world, ids), told = filled, list[Progress]()
    with services(world) as ada:
        assert ada.searches.verify_index() == IndexCheck(messages=4, missing=1, stale=2)
        assert [one.id for one in ada.search("reminder")] == []
        assert ada.searches.verify_index().stale == 2, "it changes nothing"

        assert ada.searches.rebuild_index(progress=told.append) == 6

        assert ada.searches.verify_index() == IndexCheck(messages=6)
        assert ada.searches.verify_index().ok
        assert [one.id for one in ada.search("reminder")] == [ids[0]]
        assert {one.id for one in ada.search("invoice")} == {ids[1], ids[4]}
        assert [one.id for one in ada.search('"second invoice"')] == [ids[1]]
        assert [one.id for one in ada.search("fourth")] == [ids[3]]
    assert (told[-1].stage, told[-1].done, told[-1].total) == ("index", 6, 6)


def test_nobody_elses_index_is_looked_at_or_touched(filled: tuple[World, list[int]], store: Store) -> None:
    eve = World(store).open()
    (letter,) = eve.put([replace(LETTER, text="hers")])
    eve.index()

    with services(eve) as hers, services(filled[0]) as ada:
        assert hers.searches.verify_index() == IndexCheck(messages=1)
        ada.searches.rebuild_index()

        assert hers.searches.verify_index() == IndexCheck(messages=1)
        assert [one.id for one in hers.search("hers")] == [letter]


def test_a_rebuild_that_is_cancelled_goes_on_with_the_next(filled: tuple[World, list[int]]) -> None:
    with services(filled[0]) as ada:
        assert ada.searches.rebuild_index(cancel=lambda: True) == 0
        assert ada.searches.rebuild_index() == 6
        assert ada.searches.verify_index() == IndexCheck(messages=6)


def test_awkward_words_are_the_same_in_the_index(world: World) -> None:
    texts = ("Größe _ e\u0301 ½ 契約 हिन्दी", "the " * 500, "x" * 1_000, "\u0301", "ﬁne\ntext, a-b_c")
    world.put([replace(LETTER, text=text, subject=text[:60], cc=LETTER.to * 3) for text in texts])
    world.index()

    with services(world) as ada:
        assert ada.searches.verify_index() == IndexCheck(messages=5)
