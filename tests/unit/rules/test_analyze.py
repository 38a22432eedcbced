"""What is found wrong with a set of rules, and what is not."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Finding, Rule, RuleMode
from mailhelper_core.query.read import read
from mailhelper_core.rules.advice.analyze import analyze
from mailhelper_core.rules.advice.known import Known
from tests.unit.rules.compiled import outcome, with_plugin
from tests.unit.rules.generated import BROKEN, LONGER, SWAP, actions, mailboxes, queries

CONDITIONS = with_plugin(LONGER, BROKEN, SWAP).conditions
TAG = ("tag", "a")


def known(*rules: Rule) -> list[Known]:
    """Rules as they are analyzed, in this order."""
    return [Known(replace(rule, position=at), read(rule.when, CONDITIONS)) for at, rule in enumerate(rules, 1)]


def found(*rules: Rule, mode: RuleMode = "all") -> list[tuple[str, str, str]]:
    """What is found, without its words."""
    return [(one.kind, one.rule, one.other) for one in analyze(known(*rules), mode=mode)]


def test_sound_rules_have_no_findings() -> None:
    rules = [
        Rule("bills", "category:finance has:attachment", [("fileinto", "Finance")]),
        Rule("news", "category:newsletter older_than:30d", ["archive"]),
        Rule("spam", "spam>0.95 in:inbox", ["discard", "stop"]),
        Rule("rest", "in:inbox", [TAG], otherwise=True),
    ]

    assert found(*rules) == []


@pytest.mark.parametrize(
    "when", ["is:read is:unread", "larger:2M smaller:1M", "-()", "urgency>3", "priority:red urgency:1"]
)
def test_a_rule_whose_criteria_contradict_each_other_is_dead(when: str) -> None:
    assert found(Rule("never", when, [TAG])) == [("dead", "never", "")]


def test_a_rule_behind_one_that_ends_on_all_of_its_mail_is_shadowed() -> None:
    first = Rule("all of the bank", "domain:bank.example", [TAG, "stop"])
    second = Rule("bills", "domain:bank.example subject:bill", [("tag", "b")])

    assert found(first, second) == [("shadowed", "bills", "all of the bank")]
    assert found(second, first) == []
    assert found(replace(first, then=()), second) == []


def test_in_mode_first_every_rule_ends() -> None:
    rules = Rule("all", "", [TAG]), Rule("bills", "subject:bill", [TAG])

    assert found(*rules, mode="first") == [("shadowed", "bills", "all")]
    assert found(*rules) == []


def test_a_rule_for_the_rest_behind_one_for_everything_is_shadowed() -> None:
    assert found(Rule("all", "", [TAG]), Rule("rest", "in:inbox", [TAG], otherwise=True)) == [
        ("shadowed", "rest", "all"),
    ]  # fmt: skip


def test_a_rule_between_that_may_change_the_mail_leaves_it_open() -> None:
    first = Rule("done", "tag:done", ["stop"])
    between = Rule("mark", "subject:x", [("tag", "done")])
    last = Rule("late", "tag:done from:bank", [TAG])

    assert ("shadowed", "late", "done") not in found(first, between, last)
    assert found(first, last) == [("shadowed", "late", "done")]


def test_rules_of_other_accounts_shadow_nothing() -> None:
    mine = Rule("mine", "", [TAG, "stop"], account_id=1)

    assert found(mine, Rule("yours", "", [TAG], account_id=2)) == []
    assert found(mine, Rule("all", "", [TAG])) == []


def test_moves_in_a_circle_are_a_loop() -> None:
    rules = [
        Rule("out", "in:inbox from:bank", [("fileinto", "Bank")]),
        Rule("on", "in:Bank", ["archive"]),
        Rule("back", "in:archive is:unread", [("fileinto", "INBOX")]),
    ]

    assert found(*rules) == [("looping", "out", "back")]
    assert found(*rules[:2]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("is:read", ("removeflag", "\\Seen")), ("is:unread", ("addflag", "read"))),
        (("-is:flagged", ("addflag", "\\Flagged")), ("is:flagged", ("removeflag", "flagged"))),
        (("keyword:Work", ("removeflag", "work")), ("-keyword:work", ("addflag", "WORK"))),
        (("is:read", ("removeflag", "read")), ("is:unread", ("setflag", "read work"))),
        (("tag:later", ("untag", "Later")), ("-tag:later subject:news", ("tag", "later"))),
        (("urgency:3", ("priority", "low")), ("urgency:1", ("priority", "high"))),
    ],
)
def test_what_is_set_and_taken_back_is_a_loop(
    one: tuple[str, tuple[str, str]], other: tuple[str, tuple[str, str]]
) -> None:
    first, second = (Rule(name, when, [then]) for name, (when, then) in (("one", one), ("other", other)))

    assert found(first, second) == [("looping", "one", "other")]
    assert found(first) == found(replace(second, when=first.when)) == []


def test_a_flag_that_is_set_where_it_was_not_and_never_taken_off_is_no_loop() -> None:
    assert found(Rule("a", "is:unread", [("addflag", "read")]), Rule("b", "is:read", [("addflag", "flagged")])) == []


def test_moves_that_no_mail_can_make_both_are_no_loop() -> None:
    out = Rule("out", "in:inbox category:finance", ["archive"])
    back = Rule("back", "in:archive category:people", [("fileinto", "INBOX")])

    assert found(out, back) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("fileinto", "A"), ("fileinto", "B")),
        ("archive", "discard"),
        (("tag", "a"), ("untag", "A")),
        (("addflag", "\\Seen work"), ("removeflag", "read")),
        (("setflag", "\\Seen work"), ("removeflag", "read")),
        (("priority", "high"), ("priority", "urgency=1")),
    ],
)
def test_opposed_actions_on_the_same_mail_conflict(one: tuple[str, str], other: tuple[str, str]) -> None:
    wide, narrow = Rule("wide", "domain:bank.example", [one]), Rule("narrow", "domain:bank.example is:unread", [other])

    assert found(wide, narrow) == [("conflicting", "wide", "narrow")]
    assert found(Rule("both", "from:bank", [one, other])) == [("conflicting", "both", "")]
    assert found(replace(wide, when="from:shop"), narrow) == []
    assert found(wide, narrow, mode="first") == [("shadowed", "narrow", "wide")]


@pytest.mark.parametrize(
    ("when", "is_costly"),
    [
        ('body~"invoice [0-9]+"', True),
        ("header:X-Loop:yes", True),
        ("longer-than:10", True),
        ('from:bank body~"invoice [0-9]+"', False),
        ('from:bank OR body~"x"', True),
        ('subject~"x"', False),
    ],
)
def test_a_rule_that_reads_every_mail_whole_is_costly(when: str, is_costly: bool) -> None:
    assert found(Rule("dear", when, [TAG])) == ([("costly", "dear", "")] if is_costly else [])


def test_a_finding_says_why() -> None:
    (one,) = analyze(known(Rule("never", "is:read is:unread", [TAG])))

    assert isinstance(one, Finding)
    assert "contradict" in one.message


@given(mailboxes, st.lists(st.tuples(queries, actions, st.booleans()), min_size=1, max_size=5), st.booleans())
def test_what_is_dead_or_shadowed_never_matches(
    mail: list[MessageDetail],
    wanted: list[tuple[str, list[object]]],
    is_first: bool,
) -> None:
    mode: RuleMode = "first" if is_first else "all"
    rules = [Rule(f"rule {n}", when, then, otherwise=rest) for n, (when, then, rest) in enumerate(wanted)]  # type: ignore[misc]
    never = {one.rule for one in analyze(known(*rules), mode=mode) if one.kind in ("dead", "shadowed")}

    for message in mail:
        hits = outcome(rules, message, mode=mode, registry=with_plugin(LONGER, BROKEN, SWAP)).hits
        assert not never & {new.hit.rule for new in hits}


def test_a_thousand_rules_are_analyzed_in_seconds() -> None:
    rules = [
        Rule(f"r{n}", f"from:sender{n}.example subject:word{n % 7} in:inbox", [("fileinto", f"Box {n % 50}")])
        for n in range(1_000)
    ]
    started = time.process_time()

    analyze(known(*rules))

    assert time.process_time() - started < 15
