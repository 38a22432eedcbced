"""Letters that databases and Python fold, split or compare each in their own way: search answers what rules see."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailhelper_core.errors import QueryError
from mailhelper_core.model.mail.message import Address, Attachment, MailFacts, MessageDetail
from mailhelper_core.model.rules.criteria import FIELDS, Criteria, Is
from mailhelper_core.query.check import canonical, check
from mailhelper_core.query.read import read
from mailhelper_core.query.write import write
from mailhelper_core.search.saved import SavedSearches
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.letters import LETTER
from tests.contract.search.world import World
from tests.unit.query.strategies import NAMES, criteria, messages, one_test

# Dotted and long letters, signs that fold to others, marks, joiners, scripts without blanks, digits of other scripts,
# and what SQL, LIKE, JSON and the index's own query languages read as more than a letter.
ODD = (
    "İstanbul", "ıstanbul", "STRASSE", "straße", "ẞ", "ﬁne", "\u212aelvin", "\u212b", "å", "a\u0308", "e", "é",
    "ſoap", "ŉ", "Ǆ", "ΆΣ", "ας", "𝔘", "u", "가", "\u1100\u1161", "日本語", "本", "สวัสดี", "क्ष", "ि", "\u0300",
    "\u00adso\u00adft", "a\u200db", "ab", "١٢", "12", "½", "1⁄2", "①", "Ⅳ", "iv", "007", "x_y", "x%y", "x\\y",
    "it's", 'a"b', "$", "*", "a*", "(x)", "{x}", "<a@b>", "@", "me", "AND", "“x", "\u3000", "a\u00a0b", "\u2028",
    "\\Seen", "to\u212ao", "NaN",
)  # fmt: skip
DOMAINS = (
    "x.example",
    "X.EXAMPLE",
    "münchen.example",
    "MÜNCHEN.example",
    "İ.example",
    "ß.example",
    "a_b.example",
    "日本",
)
EXAMPLES = 300 if settings.default.max_examples > 100 else 25

odd = st.sampled_from(ODD) | st.builds("{}{}".format, st.sampled_from(ODD), st.sampled_from(ODD))
texts = st.lists(odd, max_size=3).map(" ".join)
specs = st.builds("{}@{}".format, st.sampled_from(("ada", "ADA", "ü", "\u212a", "a b", "")), st.sampled_from(DOMAINS))
addresses = st.builds(Address, texts.map(str.strip), specs | odd)
mail = st.lists(
    st.builds(
        lambda message, **odd: replace(message, **odd),
        messages(),
        subject=texts,
        text=texts,
        from_=addresses,
        to=st.lists(addresses, max_size=2).map(tuple),
        sender=st.none() | addresses,
        attachments=st.lists(
            st.builds(Attachment, st.just("2"), odd, st.just("image/PNG"), st.just(9)), max_size=2
        ).map(tuple),
        headers=st.lists(st.tuples(st.just("X-Mailer"), texts), max_size=1).map(tuple),
        facts=st.builds(MailFacts, list_id=odd, mailer=odd, precedence=odd, dmarc=odd),
        category=st.none() | odd,
        message_id=odd,
    ),
    min_size=4,
    max_size=8,
)


@st.composite
def odd_tests(draw: st.DrawFn) -> Is:
    """Draw a test of a text with an odd value that a query may have."""
    field = FIELDS[
        draw(st.sampled_from(sorted(name for name, one in FIELDS.items() if one.type in ("words", "exact"))))
    ]
    operator = draw(st.sampled_from([one for one in field.operators if one in ":="]))
    name = draw(st.sampled_from(NAMES[field.name])) if field.name in NAMES else ""
    values = (odd | texts | specs).map(lambda value: canonical(Is(field.name, operator, value, name)))
    prefixed = values.map(lambda leaf: replace(leaf, prefix=operator == ":"))
    return draw((values | prefixed).filter(_is_allowed))


def _is_allowed(leaf: Is) -> bool:
    try:
        check(leaf, {})
    except QueryError:
        return False
    return True


@given(mail=mail, trees=st.lists(criteria(odd_tests() | one_test()), min_size=4, max_size=12))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_search_finds_what_rules_match(store: Store, mail: list[MessageDetail], trees: list[Criteria]) -> None:
    world = World(store).open()
    world.put(mail)
    world.index()
    truth = world.truth()

    for tree in trees:
        assert world.found(tree) == truth(tree), write(tree)


@given(odd_tests())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_a_query_says_is_read_as_it_was_written(leaf: Is) -> None:
    assert read(write(leaf)) == leaf


@pytest.mark.parametrize("query", ["account:00{home}", "account:{odd}", "keyword:to\u212ao"])
def test_what_looks_like_another_name_is_none(world: World, query: str) -> None:
    world.put([LETTER])
    number = str(world.accounts[1])
    asked = query.format(home=number, odd="".join(chr(0x0660 + int(digit)) for digit in number))

    assert world.found(asked) == world.truth()(read(asked)) == []
    assert len(world.found(f"account:{number}")) == 1


@pytest.mark.parametrize("query", ["from=\u0300", "subject=\u200d", "in=\u0300", "tag:\u0300*", "category:\u0301"])
def test_a_value_of_marks_alone_is_refused(world: World, query: str) -> None:
    with pytest.raises(QueryError):
        world.found(query)


def test_a_message_that_lies_nowhere_meets_what_asks_for_no_place(world: World) -> None:
    world.put([replace(LETTER, places=(), subject="invoice")])
    tree = read("(is:answered OR subject:invoice) (is:read OR -subject:other)")

    assert len(world.found(tree)) == len(world.truth()(tree)) == 1


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("sender=\ud800", "sender=\ufffd"),
        ("auto_submitted:a\ud800*", "auto_submitted:a\ufffd*"),
        ("list=a\0", "list=a"),
        ("attachment=image/p\0ng", "attachment=image/png"),
        ("suggested:Bil\0*", "suggested:Bil*"),
    ],
)
def test_a_query_with_what_no_database_holds_finds_what_it_would_find_as_it_is_kept(
    world: World, query: str, kept: str
) -> None:
    (id_,) = world.put(
        [
            replace(
                LETTER,
                sender=Address("", "\ufffd"),
                facts=MailFacts(list_id="a", auto_submitted="a\ufffdb"),
                attachments=(Attachment("2", "x", "image/png", 9),),
                suggestions=(("Bills", 0.9),),
            )
        ]
    )
    world.index()

    saved = SavedSearches(world.owner, world.registry).save("odd", query)

    assert world.found(query) == world.found(kept) == world.found(saved.query) == [id_]
    assert (world.search.count(query), saved.query, saved.problem) == (1, kept, "")


@pytest.mark.parametrize("query", ["keyword:\0", "tag:\0", "subject:\0"])
def test_what_would_be_no_query_once_it_is_kept_is_refused(world: World, query: str) -> None:
    searches = SavedSearches(world.owner, world.registry)

    for call in (world.found, lambda query: searches.save("odd", query)):
        with pytest.raises(QueryError):
            call(query)

    assert searches.list() == ()
