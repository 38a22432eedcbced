"""Search answers what the predicate answers of every message, on both databases, indexed or not."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailhelper_core.model.extension import Condition, Provided, Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.criteria import Criteria, Is, Not
from mailhelper_core.query.read import read
from mailhelper_core.query.write import write
from mailhelper_core.search.asked import Asked
from mailhelper_core.store.unit_of_work import Store
from tests.contract.search.world import World
from tests.unit.query.strategies import DOMAINS, corpus, criteria, every_test, messages, one_test, phrases

BILL = Condition(
    "bill",
    lambda message, word: str(word) in message.subject,
    narrows=lambda _: read("subject:*"),
)
# It fails always: one that fails sometimes is paused after three times, and then answers otherwise than before.
BROKEN = Condition("broken", lambda _message, _argument: bool(1 / 0))
PLUGINS = Registry(conditions={one.name: Provided("demo", one) for one in (BILL, BROKEN)})
plugin_tests = st.sampled_from((Is("bill", ":", "invoice"), Is("broken", ":", "x")))

mail = st.lists(messages(), max_size=6)
CORPUS = corpus(40)
slow = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
word_tests = st.builds(
    Is,
    st.sampled_from(("any", "subject", "from", "recipient", "body")),
    st.just(":"),
    st.one_of(phrases, st.sampled_from(DOMAINS)),
    prefix=st.booleans(),
)


def test_every_test_of_every_field_finds_what_the_predicate_does(store: Store) -> None:
    world = World(store).open()
    world.put(CORPUS[:20])
    world.index()
    world.put(CORPUS[20:])  # these wait for the index
    truth, context = world.truth(), world.context()

    with world.owner.read() as uow:
        for test in every_test():
            for tree in (test, Not(test)):
                run = Asked.prepare(uow, tree, context).run("newest", 100)
                assert [hit.id for hit in run.hits] == truth(tree), write(tree)


def test_places_and_other_tests_mix_in_every_way(store: Store) -> None:
    world = World(store).open()
    world.put(CORPUS)
    world.index()
    truth, context = world.truth(), world.context()
    kinds = {
        (test.field, test.operator, test.prefix, test.value == "me", "@" in test.value): test for test in every_test()
    }

    with world.owner.read() as uow:
        for test in kinds.values():
            for shape in ("in:inbox (is:flagged OR {0})", "in:inbox ((is:read {0}) OR (is:flagged {0} -is:answered))"):
                tree = read(shape.format(write(test)))
                run = Asked.prepare(uow, tree, context).run("newest", 100)
                assert [hit.id for hit in run.hits] == truth(tree), write(tree)


@given(mail=mail, trees=st.lists(criteria(), min_size=4, max_size=12), indexed=st.booleans(), limit=st.integers(1, 4))
@slow
def test_search_is_filter_by_the_predicate(
    store: Store, mail: list[MessageDetail], trees: list[Criteria], indexed: bool, limit: int
) -> None:
    world = World(store).open()
    world.put(mail[:3])
    world.index()
    world.put(mail[3:])
    if indexed:
        world.index()
    truth = world.truth()

    for tree in trees:
        expected = truth(tree)
        assert world.found(tree, limit=limit) == expected
        assert world.found(tree, limit=limit, sort="oldest") == expected[::-1]
        assert sorted(world.found(tree, limit=limit, sort="relevance")) == sorted(expected)
        assert world.search.count(tree) == len(expected)
        assert sum(world.search.counts(tree, by=("urgency", "importance")).values()) == len(expected)


@given(mail=mail, trees=st.lists(criteria(one_test() | plugin_tests), min_size=4, max_size=8))
@slow
def test_plugin_conditions_are_asked_where_they_matter(
    store: Store, mail: list[MessageDetail], trees: list[Criteria]
) -> None:
    world = World(store, PLUGINS).open()
    world.put(mail)
    world.index()
    truth = world.truth()

    for tree in trees:
        assert world.found(tree) == truth(tree)


@given(mail=mail, trees=st.lists(criteria(word_tests), min_size=4, max_size=12))
@slow
def test_trees_of_words_are_one_question_to_the_index(
    store: Store, mail: list[MessageDetail], trees: list[Criteria]
) -> None:
    world = World(store).open()
    world.put(mail)
    world.index()
    truth = world.truth()

    for tree in trees:
        assert world.found(tree) == truth(tree)
