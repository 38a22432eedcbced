"""Pages, cursors, sort orders and counts, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from mailhelper_core.errors import InvalidError, NotFoundError, QueryError
from mailhelper_core.model.mail.message import Address
from mailhelper_core.search import asked, relevance
from mailhelper_core.search.asked import CountSoFar
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.letters import LETTER, letters
from tests.contract.search.world import World
from tests.unit.query.strategies import NOW


def test_everything_is_the_empty_query_newest_first(world: World) -> None:
    ids = world.put(letters(5))

    page = world.search.search("")

    assert [message.id for message in page] == ids
    assert page.next is None


def test_pages_join_without_gap_or_double(world: World) -> None:
    ids = world.put(letters(7) + letters(4))
    world.index()

    for sort, reverse in (("newest", True), ("oldest", False)):
        found = world.found("hello", limit=3, sort=sort)
        moments = [message.received_at for id_ in found for message in world.everything() if message.id == id_]

        assert sorted(found) == ids
        assert moments == sorted(moments, reverse=reverse)


def test_a_message_that_arrives_between_pages_moves_nothing(world: World) -> None:
    ids = world.put(letters(4))
    first = world.search.search("", limit=2)
    world.put([replace(LETTER, received_at=NOW + timedelta(hours=1))])

    second = world.search.search("", limit=2, after=first.next)

    assert [message.id for message in (*first, *second)] == ids


@pytest.mark.parametrize(("sort", "expected"), [("size", [2, 0, 1]), ("priority", [1, 2, 0]), ("sender", [1, 2, 0])])
def test_other_orders(world: World, sort: str, expected: list[int]) -> None:
    ids = world.put(
        [
            replace(LETTER, size=5, urgency=None, importance=None, from_=Address("", "Zoe@x.example")),
            replace(LETTER, size=1, urgency=3, importance=1, from_=Address("", "adam@x.example")),
            replace(LETTER, size=9, urgency=1, importance=3, from_=Address("", "Bea@x.example")),
        ]
    )

    assert world.found("", limit=1, sort=sort) == [ids[index] for index in expected]


def test_pages_by_sender_go_on_behind_the_longest_addresses(world: World) -> None:
    senders = ["b@x.example", "é" * 990 + "@x.example", "\U0001f642" * 990 + "a", "\U0001f642" * 990 + "b"]
    ids = world.put([replace(LETTER, from_=Address("", sender)) for sender in senders])

    assert world.found("", sort="sender", limit=1) == ids


def test_relevance_puts_the_subject_before_sender_recipients_and_text(world: World) -> None:
    text, recipient, sender, subject, both = world.put(
        [
            replace(LETTER, text="about the invoice", received_at=NOW),
            replace(LETTER, to=(Address("Invoice", "x@x.example"),), received_at=NOW - timedelta(days=1)),
            replace(LETTER, from_=Address("Invoice Ltd", "b@x.example"), received_at=NOW - timedelta(days=2)),
            replace(LETTER, subject="Invoice 7", received_at=NOW - timedelta(days=3)),
            replace(LETTER, subject="Invoice 7 paid", received_at=NOW - timedelta(days=4)),
        ]
    )
    world.index()

    assert world.found("invoice", sort="relevance", limit=2) == [subject, both, sender, recipient, text]
    assert world.found("invoice 7 OR paid", sort="relevance", limit=2)[0] == both


def test_ranked_pages_rank_one_set_and_go_on_with_older_hits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevance, "MAX_RANKED", 5)
    ids = world.put([*letters(8), replace(LETTER, subject="Hello see", received_at=NOW - timedelta(days=9))])
    world.index()

    first = world.search.search("see", sort="relevance", limit=3)
    world.put([replace(LETTER, subject="see", received_at=NOW + timedelta(hours=1))])
    world.index()
    second = world.search.search("see", sort="relevance", limit=3, after=first.next)
    third = world.search.search("see", sort="relevance", limit=9, after=second.next)

    assert [message.id for page in (first, second, third) for message in page] == ids
    assert third.next is None


def test_tests_that_only_the_predicate_answers_go_on_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "MAX_LOOKS", 10)
    monkeypatch.setattr(asked, "_BATCH", 5)
    ids = world.put([*letters(30), replace(LETTER, subject="Rare", received_at=NOW - timedelta(days=9))])

    page = world.search.search('subject~"^Ra"', limit=2)

    assert not page.items
    assert page.next
    assert world.found('subject~"^Ra"', limit=2) == ids[-1:]


def test_a_cursor_belongs_to_its_query_and_sort(world: World) -> None:
    world.put(letters(3))
    cursor = world.search.search("hello", limit=1).next

    assert world.search.search(" hello ", limit=1, after=cursor).items
    for query, sort, after in (
        ("hello x", "newest", cursor), ("hello", "oldest", cursor), ("hello", "newest", "x"), ("", "newest", "WzFd"),
        ("hello", "newest", "é"), ("hello", "newest", "A" * 9_999),
    ):  # fmt: skip
        with pytest.raises(InvalidError) as caught:
            world.search.search(query, after=after, sort=sort)  # type: ignore[arg-type]
        assert caught.value.code == "cursor"


def test_ages_are_counted_from_the_first_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(letters(4))
    first = world.search.search("newer_than:3h", limit=2)
    monkeypatch.setattr(world.store, "clock", lambda: NOW + timedelta(days=9))

    assert len(world.search.search("newer_than:3h", limit=2, after=first.next)) == 1


def test_wrong_arguments_are_named(world: World) -> None:
    for wrong in ({"limit": 0}, {"limit": 5_000}, {"sort": "best"}):
        with pytest.raises(InvalidError):
            world.search.search("", **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidError):
        world.search.counts("", by=("subject",))
    with pytest.raises(QueryError):
        world.search.search("fro:x")


def test_count_stops_where_it_is_told_to(world: World) -> None:
    world.put(letters(9))

    assert world.search.count("hello", at_most=4) == 4
    assert world.search.count("subject~H", at_most=4) == 4
    assert world.search.count("hello") == 9
    assert world.search.count_some("hello", at_most=4) == CountSoFar(4, is_all=False)
    assert world.search.count_some("hello", at_most=9) == CountSoFar(9, is_all=True)
    assert world.search.count_some("subject~H", at_most=4) == CountSoFar(4, is_all=False)
    assert world.search.count_some("subject~H", at_most=9) == CountSoFar(9, is_all=True)


def test_a_count_that_must_be_quick_looks_at_few(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(letters(150, subject="number"))
    monkeypatch.setattr(asked, "MAX_LOOKS", 100)

    so_far = world.search.count_some("subject~number")

    assert so_far == CountSoFar(100, is_all=False)
    assert world.search.count("subject~number") == 150


def test_counts_by_columns(world: World) -> None:
    world.put([*letters(3, urgency=3, importance=1), *letters(2, urgency=1, importance=1), LETTER])

    for query in ("hello", "subject~Hello"):
        assert world.search.counts(query, by=("urgency", "importance")) == {(3, 1): 3, (1, 1): 2, (None, None): 1}
    assert world.search.counts("urgency:1", by=("urgency",)) == {(1,): 2}


def test_counts_by_the_day_of_arrival(world: World) -> None:
    world.put(letters(5))
    days = {(one.received_at.date().isoformat(),) for one in world.search.search("", limit=50)}

    for query in ("hello", "subject~Hello"):
        found = world.search.counts(query, by=("day",))
        assert set(found) == days
        assert sum(found.values()) == 5


def test_another_owners_mail_is_not_found(world: World, store: Store) -> None:
    mine = world.put(letters(1))
    world.index()
    eve = World(store).open()

    assert eve.found("hello") == []
    assert eve.found("hello OR subject~Hello") == []
    with pytest.raises(NotFoundError):
        eve.search.explain("hello", mine[0])
    with pytest.raises(NotFoundError):
        eve.search.snippets("hello", mine)


def test_a_message_without_place_in_the_account_is_hidden(world: World) -> None:
    kept, gone = world.put(letters(2))
    world.index()
    with world.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == gone).values(orphaned_at=1))

    assert world.found("hello") == [kept]


@pytest.mark.parametrize("at_most", [0, -3])
def test_a_count_up_to_nothing_is_refused(world: World, at_most: int) -> None:
    world.put(letters(1))

    for count in (world.search.count, world.search.count_some):
        with pytest.raises(InvalidError) as caught:
            count("", at_most=at_most)
        assert caught.value.code == "limit"
    assert (world.search.count("", at_most=1), world.search.count_some("", at_most=1).number) == (1, 1)
