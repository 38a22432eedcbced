"""Many opinions become one verdict: the properties that make the result a probability."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mind.opinion import Classification, Opinion, Spam, Urgency, Verdict
from mailhelper_core.process.combine import EFFECTIVE_FROM, SOMETHING_ELSE, combine, pool

VALUES = {
    "spam": ("yes", "no"),
    "category": ("people", "finance", "other", "my own"),
    "urgency": ("1", "2", "3"),
    "importance": ("1", "2", "3"),
    "language": ("de", "en"),
}
kinds = st.sampled_from(sorted(VALUES))
confidences = st.floats(0, 1)
inner = st.floats(0.01, 0.99)


@st.composite
def opinions(draw: st.DrawFn, kind: str | None = None) -> Opinion:
    kind = kind or draw(kinds)
    said_by = draw(st.sampled_from(["a", "b", "c", "d"]))
    return Opinion(kind, draw(st.sampled_from(VALUES[kind])), draw(confidences), said_by=said_by)


reliabilities = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.floats(0, 1))


@given(st.lists(opinions()), reliabilities, st.randoms())
def test_the_order_of_opinions_changes_nothing(said, reliability, random):
    shuffled = random.sample(said, len(said))

    assert combine(said, reliability=reliability) == combine(shuffled, reliability=reliability)


def test_without_opinions_and_corrections_nothing_is_effective():
    assert combine([]) == Verdict()
    assert pool([]) == {}


@given(kinds, st.data())
def test_an_opinion_alone_keeps_its_confidence(kind, data):
    value, confidence = data.draw(st.sampled_from(VALUES[kind])), data.draw(inner)

    chances = pool([Opinion(kind, value, confidence)])

    assert chances[value] == pytest.approx(confidence)
    assert sum(chances.values()) == pytest.approx(1)


@given(kinds, st.data(), reliabilities)
def test_a_surer_opinion_never_makes_its_value_less_likely(kind, data, reliability):
    others = data.draw(st.lists(opinions(kind), max_size=4))
    said = data.draw(opinions(kind))
    surer = Opinion(kind, said.value, data.draw(st.floats(said.confidence, 1)), said_by=said.said_by)

    before = pool([*others, said], reliability=reliability)[said.value]
    after = pool([*others, surer], reliability=reliability)[said.value]

    assert after >= before - 1e-9


@given(kinds, st.data())
def test_agreement_makes_a_value_likelier(kind, data):
    value, first = data.draw(st.sampled_from(VALUES[kind])), data.draw(st.floats(0.5, 0.95))
    agreeing = Opinion(kind, value, data.draw(st.floats(0.55, 0.99)), said_by="b")

    together = pool([Opinion(kind, value, first, said_by="a"), agreeing])

    assert together[value] > first


@given(st.lists(opinions()), st.dictionaries(st.just("category"), st.sampled_from(VALUES["category"]), min_size=1))
def test_what_the_owner_said_about_the_category_always_wins(said, corrections):
    assert combine(said, corrections=corrections).category == corrections["category"]


@given(st.lists(opinions()), st.sampled_from(["yes", "no"]), st.sampled_from(["1", "2", "3"]))
def test_what_the_owner_said_about_spam_and_urgency_always_wins(said, spam, urgency):
    verdict = combine(said, corrections={"spam": spam, "urgency": urgency})

    assert verdict.spam == (1.0 if spam == "yes" else 0.0)
    assert verdict.urgency == int(urgency)


@given(kinds, st.data())
def test_who_is_not_relied_on_changes_nothing(kind, data):
    said = data.draw(st.lists(opinions(kind).filter(lambda o: o.said_by != "c"), min_size=1))
    ignored = Opinion(kind, data.draw(st.sampled_from([o.value for o in said])), 0.99, said_by="c")

    with_it, without = pool([*said, ignored], reliability={"c": 0.0}), pool(said)

    assert with_it == pytest.approx(without)


def test_less_reliance_pulls_towards_even_odds_and_never_over():
    said = [Classification("finance", 0.9)]

    assert 0.5 < pool(said, reliability={"": 0.5})["finance"] < 0.9


def test_two_equally_sure_and_different_opinions_leave_the_category_open():
    verdict = combine([Classification("finance", 0.6), Classification("people", 0.6)])

    assert verdict.category is None


def test_an_unlikely_value_is_not_effective_and_what_nobody_named_never_is():
    chances = pool([Classification("finance", EFFECTIVE_FROM - 0.1)])

    assert chances[SOMETHING_ELSE] > chances["finance"]
    assert combine([Classification("finance", EFFECTIVE_FROM - 0.1)]).category is None


def test_nobody_is_so_sure_that_contradiction_is_lost():
    alone = combine([Spam(True, 1.0)]).spam
    contradicted = combine([Spam(True, 1.0), Spam(False, 1.0)]).spam

    assert alone is not None
    assert 0.99 < alone < 1
    assert contradicted == pytest.approx(0.5)


def test_kinds_of_plugins_are_no_part_of_the_verdict_but_are_pooled():
    said = [Opinion("mood", "angry", 0.8), Urgency(3, 0.9)]

    assert combine(said) == Verdict(urgency=3)
    assert pool(said[:1])["angry"] == pytest.approx(0.8)
