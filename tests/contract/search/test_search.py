"""Pages, cursors, sort orders, counts, snippets and the index stage, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, update

from mailhelper_core.errors import InvalidError, NotFoundError, QueryError
from mailhelper_core.model.mail.message import Address, MessageDetail, Place
from mailhelper_core.search import asked, relevance
from mailhelper_core.search.asked import CountSoFar
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.search import search_index
from mailhelper_core.store.search.text_query import phrase
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work import pending
from tests.contract.search.world import World
from tests.unit.query.strategies import NOW

INBOX = (Place(1, "INBOX", "inbox", frozenset(), 1),)
LETTER = MessageDetail(
    id=0,
    account_id=1,
    thread_id=1,
    subject="Hello",
    from_=Address("Bob", "bob@x.example"),
    to=(Address("Ada", "ada@bank.example"),),
    sent_at=None,
    received_at=NOW,
    size=1_000,
    snippet="",
    parse_status="ok",
    has_attachments=False,
    places=INBOX,
    text="Nothing to see.",
)


def letters(number: int, **changes: object) -> list[MessageDetail]:
    """Letters, the newest first."""
    return [replace(LETTER, received_at=NOW - timedelta(hours=hour), **changes) for hour in range(number)]


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


def test_an_account_that_is_removed_leaves_no_word_in_the_index(world: World) -> None:
    ids = world.put(letters(3))
    world.index()

    with world.owner.begin() as uow:
        accounts.remove(uow, world.accounts[1])
        (left,) = search_index.among(uow, [phrase(uow.dialect, "any", ["hello"])], ids)

    assert left == set()


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


def test_snippets_mark_the_hit(world: World) -> None:
    (id_,) = world.put(
        [replace(LETTER, text="A long way to go, " * 20 + "until the SECOND\nreminder: Größe. " + "x " * 99)]
    )

    (snippet,) = world.search.snippets('"second reminder" grosse -way', [id_])

    assert [snippet.text[start:end] for start, end in snippet.marks] == ["SECOND reminder", "Größe"]
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")


def test_snippets_show_the_hit_in_japanese_and_in_a_long_address(world: World) -> None:
    japanese = "これは長い文章です。" * 40 + "契約を更新してください。" + "これは長い文章です。" * 40
    address = "https://x.example/" + "a1-" * 100 + "invoice/" + "b2-" * 100
    ids = world.put([replace(LETTER, text=japanese), replace(LETTER, text=address)])

    shown = [snippet for query in ("契約", "invoice") for snippet in world.search.snippets(query, ids) if snippet.marks]

    assert [snippet.text[start:end] for snippet in shown for start, end in snippet.marks] == ["契約", "invoice"]


def test_why_it_matched(world: World) -> None:
    (id_,) = world.put([replace(LETTER, headers=(("X-Loop", "yes"),))])

    matched, trace = world.search.explain("hello in:inbox header:X-Loop:yes", id_)

    assert matched
    assert [(step.condition, step.saw) for step in trace] == [
        ("hello", "Hello"), ("in:inbox", "INBOX"), ("header:X-Loop:yes", "yes"),
    ]  # fmt: skip


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


def test_two_keywords_are_not_one_with_a_blank(world: World) -> None:
    (id_,) = world.put([replace(LETTER, places=(Place(1, "INBOX", "inbox", frozenset(("a", "b")), 1),))])

    assert world.found('keyword:"a b"') == []
    assert world.found("keyword:a keyword:b") == [id_]


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
        search_index.rebuild(connection)

    assert world.found("hello") == ids
    assert world.index() == 3
    assert world.found("hello") == ids


def test_a_phrase_is_found_where_a_word_is_very_frequent(world: World) -> None:
    # PostgreSQL keeps 255 positions of a word.
    (id_,) = world.put([replace(LETTER, text="the " * 500 + "the invoice and the end")])
    world.index()

    assert world.found('"the invoice and"') == [id_]
    assert world.found('"the end invoice"') == []
    assert world.found('body:the "and the end"') == [id_]


def test_long_and_strange_text_is_indexed_and_found(world: World) -> None:
    ids = world.put([
        replace(LETTER, text=" ".join(f"word{number}" for number in range(20_000))),
        replace(LETTER, text="x" * 150_000),
        replace(LETTER, text="日本語の長い文" * 30_000, subject="ﷺ" * 2_000),
        replace(LETTER, to=tuple(Address("", f"user{number}@x.example") for number in range(3_000))),
    ])  # fmt: skip
    world.index()

    assert world.found("word9999") == ids[:1]
    assert world.found("word10001") == []
    assert world.found("本語の") == [ids[2]]
    assert world.found("user499") == [ids[3]]
    assert world.found("user2999") == []


def test_a_domain_is_found_behind_a_name_of_very_many_words(world: World) -> None:
    name = " ".join(f"word{number}" for number in range(60))
    senders = [Address(name, "ada@mail.bank.example"), Address(name, "ada@bank.example.org")]
    (found, _) = world.put([replace(LETTER, from_=sender) for sender in senders])

    for index in (False, True):
        assert world.found("domain:bank.example") == [found]
        assert world.found("domain=mail.bank.example") == [found]
        assert world.found("from:bank.example from:word29 -from:word30 -domain:org") == [found]
        if not index:
            world.index()


def test_phrases_stay_within_one_field_and_one_recipient(world: World) -> None:
    world.put([replace(LETTER, subject="alpha", from_=Address("", "beta@x.example"),
                       to=(Address("", "c@gamma.example"), Address("Delta", "d@y.example")))])  # fmt: skip
    world.index()

    for query in ('"alpha beta"', '"example delta"', '"example nothing"', 'recipient:"example delta"'):
        assert world.found(query) == []
    for query in ('"gamma example"', 'recipient:"delta d"', '"beta x"'):
        assert len(world.found(query)) == 1


def test_a_query_with_many_tests_is_answered(world: World) -> None:
    ids = world.put(letters(2))
    world.index()
    many = " OR ".join(f'from:user{number} subject="s {number}" after:2026-01-01' for number in range(60))

    assert world.found(f"({many}) OR hello") == ids
    assert world.found(" ".join(f"-tag:t{number}" for number in range(200))) == ids


def test_loading_needs_no_headers_unless_a_test_asks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(letters(2))
    monkeypatch.setattr(messages, "decompress", lambda _data: pytest.fail("read the raw message"))

    assert len(world.found("subject~Hello")) == 2


def test_postgresql_plans_for_the_words_that_are_asked(world: World) -> None:
    if world.store.engine.dialect.name == "sqlite":
        return  # it has no statistics of words
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", note)
    world.search.search("reminder")
    event.remove(world.store.engine, "before_cursor_execute", note)

    # For a parameter a prepared statement is planned once, as if every word were equally rare.
    assert any("''reminder''" in statement for statement in sent)
