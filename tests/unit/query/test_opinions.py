"""Opinions of kinds without a field of their own: which one counts, and how it is compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import QueryError
from mailhelper_core.model.mind.opinion import OWNER, SUGGESTED, Opinion, foremost, opinion_number
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria, explain, match
from mailhelper_core.query.read import read
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.taint import is_steered
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import mail

CONTEXT = MatchContext(NOW)
MESSAGE = mail(
    opinions=(
        Opinion("mood", "Very Angry", 0.8, said_by="moods"),
        Opinion("phishing", "no", 0.9, said_by="moods"),
        Opinion("risk", "-2.5", 0.4, said_by="scores"),
        Opinion("summary", "Ada asks for the contract by Friday.", 0.7, said_by="local:fast"),
    )
)
said = st.lists(
    st.builds(
        Opinion,
        st.sampled_from(("mood", "risk")),
        st.sampled_from(("a", "b")),
        st.sampled_from((0.1, 0.5, 1.0)),
        said_by=st.sampled_from(("x", "y", OWNER)),
    ),
    unique_by=lambda one: (one.kind, one.said_by),
)


@pytest.mark.parametrize(
    "query",
    [
        "opinion:mood:angry", 'opinion:mood="very angry"', 'opinion:mood~"^Very"', "opinion:mood:*",
        "opinion:mood:ang*", "opinion:mood>0.7", "opinion:mood<=0.8", "opinion:phishing<0.2",
        "opinion:phishing:no", "opinion:risk<0",
        "opinion:risk>=-2.5 opinion:risk<=-2.5", "opinion:summary:friday", 'opinion:weather=""',
        "-opinion:mood=angry", "-opinion:Mood:*", "-opinion:weather<1 -opinion:weather>=1", "-opinion:mood>0.8",
    ],
)  # fmt: skip
def test_what_is_compared(query: str) -> None:
    assert match(read(query), MESSAGE, context=CONTEXT)


def test_the_trace_says_what_was_seen() -> None:
    _, trace = explain(read("opinion:mood:angry opinion:phishing>0.5 opinion:weather:*"), MESSAGE, context=CONTEXT)

    assert [(step.condition, step.saw, step.matched) for step in trace] == [
        ("opinion:mood:angry", "Very Angry", True),
        ("opinion:phishing>0.5", "0.1", False),
        ("opinion:weather:*", "", False),
    ]


@given(said)
def test_one_counts_of_each_kind_whatever_their_order(opinions: list[Opinion]) -> None:
    first = foremost(opinions)

    assert first == foremost(reversed(opinions))
    assert {one.kind for one in first} == {one.kind for one in opinions}
    for one in first:
        others = [other for other in opinions if other.kind == one.kind]
        assert one.said_by == OWNER or all(o.said_by != OWNER and o.confidence <= one.confidence for o in others)


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), ("-0.5", -0.5), (".75", 0.75), ("yes", 0.9), ("no", 0.1), ("1-2", 0.9), ("٣", 0.9), ("1e3", 0.9)],
)
def test_the_number_of_an_opinion(value: str, number: float) -> None:
    assert opinion_number(Opinion("x", value, 0.9)) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("opinion:x", 8, "opinion:NAME"),
        ("opinion>0.7", 8, "opinion:NAME"),
        ("opinion:mood>high", 13, "a number"),
        ("opinion:spam>0.5", 13, "spam: probability"),
        ("opinion:category=finance", 17, "category: the effective"),
        ("opinion:mood:!!!", 13, 'opinion:mood="..."'),
        ("spam_score>x", 11, "a number"),
        ("reply_to_differs:maybe", 17, "yes, no"),
        ("sender_importance:9", 18, "from 1 to 5"),
        ("attachment_size>x", 16, "2M"),
    ],
)
def test_a_mistake_has_its_position_and_a_hint(text: str, position: int, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        read(text)

    assert caught.value.position == position
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("query", "steered"),
    [("opinion:summary:friday", True), ("opinion:mood:angry", False), ("category:finance", False), ("hello", False)],
)
def test_what_a_provider_alone_said_steers_no_rule(query: str, steered: bool) -> None:
    matcher = compile_criteria(read(query), CONTEXT)

    assert is_steered(MESSAGE, matcher, by_absence=False, by_plugins=False) is steered
    own = replace(MESSAGE, opinions=(Opinion("summary", "It is Friday", 1.0, said_by=OWNER),))
    assert not is_steered(own, matcher, by_absence=False, by_plugins=False)


@pytest.mark.parametrize(
    ("query", "steered"),
    [("suggested:bills", True), ("-tag:bills", True), ("is:unread", False), ("category:finance", False)],
)
def test_a_tag_that_a_model_suggests_steers_no_rule(query: str, steered: bool) -> None:
    matcher = compile_criteria(read(query), CONTEXT)
    message = mail(provider_kinds=frozenset({SUGGESTED}))

    assert is_steered(message, matcher, by_absence=False, by_plugins=False) is steered
    assert is_steered(message, matcher, by_absence=True, by_plugins=False)
    assert is_steered(message, matcher, by_absence=False, by_plugins=True)


def test_the_largest_attachment_counts() -> None:
    assert not MessageView(mail()).attribute("attachment_size")
