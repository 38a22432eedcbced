"""Words and phrases: what they find in which field, what is shown of a hit, and why it matched, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from mailhelper_core.model.mail.message import Address, Place
from mailhelper_core.store.mail import messages
from tests.contract.search.letters import LETTER, letters
from tests.contract.search.world import World


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


def test_two_keywords_are_not_one_with_a_blank(world: World) -> None:
    (id_,) = world.put([replace(LETTER, places=(Place(1, "INBOX", "inbox", frozenset(("a", "b")), 1),))])

    assert world.found('keyword:"a b"') == []
    assert world.found("keyword:a keyword:b") == [id_]


def test_a_phrase_is_found_where_a_word_is_very_frequent(world: World) -> None:
    # PostgreSQL keeps 255 positions of a word.
    (id_,) = world.put([replace(LETTER, text="the " * 500 + "the invoice and the end")])
    world.index()

    assert world.found('"the invoice and"') == [id_]
    assert world.found('"the end invoice"') == []
    assert world.found('body:the "and the end"') == [id_]


@pytest.mark.parametrize("rest", ["", " the" * 500])
def test_a_phrase_that_is_excluded_excludes_no_other_mail_with_its_words(world: World, rest: str) -> None:
    texts = ("the invoice of a bank", "a bank invoice", "the invoice", "the bank")
    apart, together, alone, neither = world.put([replace(LETTER, to=(), text=f"{text}{rest}") for text in texts])
    world.index()

    for query in ('invoice -"bank invoice"', 'body:invoice -body:"bank inv"*', 'invoice -("bank invoice" OR "a dog")'):
        assert sorted(world.found(query)) == [apart, alone], query
        assert world.search.count(query) == 2, query
    assert sorted(world.found('-(invoice -"bank invoice")')) == [together, neither]
    assert sorted(world.found('(bank OR invoice) -"bank invoice" -"the bank"')) == [apart, alone]


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
