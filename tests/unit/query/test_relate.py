"""What is said of two criteria holds on every message: implication and impossibility are safe."""

from __future__ import annotations

from itertools import islice, product

import pytest
from hypothesis import given, settings

from mailhelper_core.model.rules.criteria import AllOf, Criteria, Is, simplify
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria, match
from mailhelper_core.query.read import read
from mailhelper_core.query.relate import implies, is_impossible
from mailhelper_core.query.view import MessageView
from tests.unit.query.strategies import NOW, corpus, criteria, every_test, messages
from tests.unit.rules.generated import mail

# All 250,000 pairs of tests take half a minute.
EVERY = 1 if settings.default.max_examples > 100 else 11
CONTEXT = MatchContext(NOW, account_names={1: "home", 2: "Work"})


def matching(test: Criteria, views: list[MessageView]) -> int:
    """The messages that meet a test, as bits."""
    matcher = compile_criteria(test, CONTEXT)
    return sum(1 << number for number, view in enumerate(views) if matcher.matches(view))


def test_no_message_speaks_against_what_is_said_of_two_tests() -> None:
    views = [MessageView(message) for message in corpus(150)]
    tests = [(test, matching(test, views)) for test in every_test()]

    wrong = [
        (one, other)
        for (one, matches), (other, also) in islice(product(tests, tests), 0, None, EVERY)
        if (matches & ~also and implies(one, other))
        # Two tests of places may hold at two places, and not in one group.
        or (matches & also and is_impossible(both := AllOf((one, other))) and matching(both, views))
    ]

    assert wrong == []


@given(criteria(), criteria(), messages())
def test_no_message_speaks_against_what_is_said_of_two_trees(one: Criteria, other: Criteria, message: object) -> None:
    one, other = simplify(one), simplify(other)
    holds = match(one, message, context=CONTEXT)  # type: ignore[arg-type]
    also = match(other, message, context=CONTEXT)  # type: ignore[arg-type]

    assert not (implies(one, other) and holds and not also)
    assert not (is_impossible(one) and holds)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from:bank is:unread", "is:unread"),
        ("from:bank", "from:bank OR from:shop"),
        ('subject:"second reminder"', "subject:reminder"),
        ('subject:"second reminder"', "second"),
        ("subject:reminder", "subject:rem*"),
        ("larger:2M", "size>1M"),
        ("older_than:60d", "older_than:30d"),
        ("urgency:3", "urgency>=2"),
        ("domain:mail.bank.example", "domain:bank.example"),
        ("in:inbox is:unread from:bank", "in:inbox is:unread"),
        ("-larger:1M", "-larger:2M"),
        ("to:ada", "recipient:ada"),
        ("list:a", "list:*"),
        ("category:finance", "-category:shopping"),
        ("a b c", ""),
    ],
)
def test_one_implies_the_other_and_not_the_other_way(one: str, other: str) -> None:
    assert implies(read(one), read(other))
    assert not implies(read(other), read(one))


@pytest.mark.parametrize(
    "query",
    [
        "is:read is:unread",
        "in:inbox -in:inbox",
        "larger:2M smaller:1M",
        "category:finance category:shopping",
        "urgency:1 urgency>=2 from:bank",
        "(from:a -from:a) OR (from:b -from:b)",
        "in:inbox in:archive",
        "-()",
        "domain:a.example domain:b.example",
        "from:bank -(from:bank OR from:shop)",
        "urgency>3",
        "importance<1",
        "score>9",
        "score<3 from:bank",
        "priority:red urgency:1",
        "urgency<=2 score>=8",
        "importance:3 score:3",
        "priority:green urgency:3",
        "urgency<=2 importance<=2 score>=7",
        "priority:red -urgency:3",
        "urgency:* -urgency:1 -urgency:2 -urgency:3",
        "score>=5 (urgency:1 OR importance:1) importance<=2 urgency<=1",
        "(from:a OR from:b) -from:a -from:b",
        "(is:read OR (from:a larger:2M)) is:unread smaller:1M",
    ],
)
def test_a_contradiction_is_seen(query: str) -> None:
    assert is_impossible(read(query))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "in:inbox --in:archive",
        "tag:a tag:b",
        "from:a to:a",
        "is:read is:flagged",
        "older_than:30d sent:2026",
        "urgency>=3",
        "urgency<=3",
        "-urgency>3",
        "priority:red urgency:3",
        "priority:red importance:2",
        "urgency:1 importance:3",
        "score>8",
        "size<1 urgency:2",
        "urgency>3 OR from:bank",
        "urgency<=2 importance<=2 score>=6",
        "-urgency:1 -urgency:2 -urgency:3",
        "-score:3 -urgency:* importance:1",
        "(from:a OR from:b) -from:a",
        "(is:read OR from:a) is:unread",
    ],
)
def test_what_can_be_is_no_contradiction(query: str) -> None:
    assert not is_impossible(read(query))


def test_levels_that_no_message_has_are_found_and_no_others() -> None:
    """Each test of urgency, importance and score, each two and some threes of them, against all that can be."""
    levels = (None, 1, 2, 3)
    views = [MessageView(mail("x", urgency=one, importance=other)) for one, other in product(levels, levels)]
    tests = [
        read(f"{field}{operator}{value}")
        for field, low, high in (("urgency", 1, 3), ("importance", 1, 3), ("score", 3, 9))
        for operator in ("=", "<", "<=", ">", ">=")
        for value in range(low, high + 1)
    ]
    tests += [read(f"priority:{color}") for color in ("red", "yellow", "green")]

    matched = {test: matching(test, views) for test in tests}
    of_both = {(one, other): matched[one] & matched[other] for one, other in product(tests, tests)}

    assert [test for test in tests if is_impossible(test) == bool(matched[test])] == []
    assert [pair for pair, both in of_both.items() if is_impossible(AllOf(pair)) == bool(both)] == []
    some = tests[::5]
    of_three = {three: matched[three[0]] & matched[three[1]] & matched[three[2]] for three in product(some, repeat=3)}
    assert [three for three, all_ in of_three.items() if is_impossible(AllOf(three)) == bool(all_)] == []


def test_a_test_implies_itself() -> None:
    assert all(
        implies(test, Is(test.field, test.operator, test.value, test.name, test.prefix)) for test in every_test()
    )
