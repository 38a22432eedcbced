"""The evaluator: order, modes, otherwise, stop; a rule sees what earlier ones did, and acts once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.extension import Condition
from mailhelper_core.model.mail.message import Address, MessageDetail, MessageTag
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.model.work.operation import AddTag
from mailhelper_core.query.view import MessageView
from tests.unit.rules.compiled import after, compiled, hits, outcome, with_plugin
from tests.unit.rules.generated import BROKEN, LONGER, POOL, SWAP, actions, mail, place, queries

REGISTRY = with_plugin(LONGER, BROKEN, SWAP)
TAG_A, TAG_B, TAG_C = ("tag", "a"), ("tag", "b"), ("tag", "c")

messages = st.sampled_from(POOL)
modes = st.sampled_from(("all", "first"))
rule_sets = st.lists(
    st.builds(
        lambda when, then, account, odds: Rule("", when, then, account_id=account, otherwise=odds < 2),
        queries,
        actions,
        st.sampled_from((None, None, 1, 2)),
        st.integers(0, 9),
    ),
    max_size=5,
).map(lambda rules: [replace(rule, name=f"rule {number}") for number, rule in enumerate(rules, 1)])


@given(rules=rule_sets, message=messages, mode=modes)
def test_the_same_message_gets_the_same_answer(rules: list[Rule], message: MessageDetail, mode: RuleMode) -> None:
    one, other = (outcome(rules, message, mode=mode, registry=REGISTRY) for _ in range(2))

    assert one.hits == other.hits


@given(rules=rule_sets, message=messages, mode=modes)
def test_every_operation_changes_the_message_and_every_rule_sees_what_earlier_ones_did(
    rules: list[Rule], message: MessageDetail, mode: RuleMode
) -> None:
    found = {new.hit.rule_id: new.hit for new in outcome(rules, message, mode=mode, registry=REGISTRY).hits}
    matched = False

    for one in compiled(*rules, registry=REGISTRY):
        is_asked = one.rule.account_id in (None, message.account_id) and not (one.rule.otherwise and matched)
        matches = is_asked and one.matcher.matches(MessageView(message))
        assert matches == (one.rule.id in found)
        if matches:
            assert found[one.rule.id].trace == one.matcher.explain(MessageView(message))[1]
            message = after(message, found.pop(one.rule.id).operations)
            matched = True
            if mode == "first" or one.stops:
                break

    assert not found


@given(rules=rule_sets, message=messages, mode=modes, data=st.data())
def test_a_settled_rule_decides_nothing_and_no_other_acts_in_its_stead(
    rules: list[Rule], message: MessageDetail, mode: RuleMode, data: st.DataObject
) -> None:
    first = outcome(rules, message, mode=mode, registry=REGISTRY)
    settled = {(new.hit.rule_id, data.draw(st.sampled_from((0, new.revision_id)))) for new in first.hits}

    second = outcome(rules, message, mode=mode, registry=REGISTRY, settled=settled)

    assert {rule_id for rule_id, _ in settled}.isdisjoint(new.hit.rule_id for new in second.hits)
    if mode == "first":
        assert second.hits == ()


def test_rules_act_in_their_order_and_all_of_them() -> None:
    rules = [Rule("one", "in:inbox", [TAG_A]), Rule("two", "in:inbox", [TAG_B])]

    found = hits(*rules, message=mail())

    assert [(hit.rule, hit.operations) for hit in found] == [("one", (AddTag(0, "a"),)), ("two", (AddTag(0, "b"),))]


def test_in_mode_first_only_the_first_match_acts() -> None:
    rules = [Rule("no", "in:trash", [TAG_A]), Rule("one", "in:inbox", [TAG_B]), Rule("two", "in:inbox", [TAG_C])]

    assert [hit.rule for hit in hits(*rules, message=mail(), mode="first")] == ["one"]


def test_stop_keeps_later_rules_from_looking() -> None:
    rules = [Rule("one", "in:inbox", ["stop", TAG_A]), Rule("two", "in:inbox", [TAG_B])]

    found = hits(*rules, message=mail())

    assert [(hit.rule, hit.operations) for hit in found] == [("one", (AddTag(0, "a"),))]


def test_stop_of_a_rule_that_does_not_match_stops_nothing() -> None:
    rules = [Rule("one", "in:trash", ["stop"]), Rule("two", "in:inbox", [TAG_B])]

    assert [hit.rule for hit in hits(*rules, message=mail())] == ["two"]


def test_otherwise_acts_where_no_earlier_rule_matched() -> None:
    rules = [
        Rule("bills", "subject:invoice", [TAG_A]),
        Rule("rest", "", [TAG_B], otherwise=True),
        Rule("last", "", [TAG_C], otherwise=True),
    ]

    assert [hit.rule for hit in hits(*rules, message=mail("invoice"))] == ["bills"]
    assert [hit.rule for hit in hits(*rules, message=mail("hello"))] == ["rest"]


def test_an_earlier_match_counts_for_otherwise_also_when_it_acts_no_more() -> None:
    rules = [Rule("bills", "subject:invoice", [TAG_A]), Rule("rest", "", [TAG_B], otherwise=True)]

    assert outcome(rules, mail("invoice"), settled={(1, 101)}).hits == ()
    assert outcome(rules, mail("invoice"), settled={(1, 0)}).hits == ()


def test_a_new_revision_acts_but_not_where_the_owner_took_the_old_one_back() -> None:
    rule = Rule("bills", "in:inbox", [TAG_A])

    assert len(outcome([rule], mail(), settled={(1, 55)}).hits) == 1
    assert outcome([rule], mail(), settled={(1, 0), (1, 55)}).hits == ()


def test_a_rule_of_another_account_neither_acts_nor_counts_as_matched() -> None:
    rules = [Rule("work", "", [TAG_A, "stop"], account_id=2), Rule("rest", "", [TAG_B], otherwise=True)]

    assert [hit.rule for hit in hits(*rules, message=mail(account_id=1))] == ["rest"]
    assert [hit.rule for hit in hits(*rules, message=mail(account_id=2))] == ["work"]


def test_a_later_rule_sees_tags_keywords_places_and_priority_of_an_earlier_one() -> None:
    rules = [
        Rule(
            "one", "-tag:a is:unread in:inbox urgency<3", [TAG_A, ("addflag", "read"), "archive", ("priority", "high")]
        ),
        Rule("two", "tag:a is:read in:archive urgency:3 -in:inbox", [TAG_B]),
        Rule("three", "-tag:a OR is:unread OR in:inbox OR urgency<3", [TAG_C]),
    ]

    found = hits(*rules, message=mail(urgency=1))

    assert [hit.rule for hit in found] == ["one", "two"]


def test_a_trace_says_what_each_test_saw() -> None:
    (hit,) = hits(Rule("one", "subject:invoice -tag:done", [TAG_A]), message=mail("Your invoice"))

    assert [(step.condition, step.saw, step.matched) for step in hit.trace] == [
        ("subject:invoice", "Your invoice", True),
        ("tag:done", "", False),
    ]


def test_a_condition_is_asked_again_after_the_message_has_changed() -> None:
    tagged = Condition("tagged", lambda message, name: str(name) in message.tag_names)
    rules = [Rule("one", "-tagged:a", [TAG_A]), Rule("two", "tagged:a", [TAG_B])]

    found = outcome(rules, mail(), registry=with_plugin(tagged))

    assert [new.hit.rule for new in found.hits] == ["one", "two"]


@pytest.mark.parametrize(
    ("when", "matches", "differs"),
    [
        ("from=bob@bank.example", {}, {"from_": Address("Bob", "bob@other.example")}),
        ("from:bank", {}, {"from_": Address("Bob", "bob@other.example")}),
        ("-from:bank", {"from_": Address("Bob", "bob@other.example")}, {}),
        ("domain:bank.example", {}, {"from_": Address("Bob", "bob@other.example")}),
        ('subject="Your invoice"', {"subject": "your INVOICE"}, {"subject": "Your invoice 7"}),
        ("subject:invoice", {"subject": "Your invoice 7"}, {"subject": "Hello"}),
        ("-subject:invoice", {"subject": "Hello"}, {"subject": "Your invoice 7"}),
        (r'subject~"no\.\s*\d+"', {"subject": "Invoice no. 7"}, {"subject": "Invoice seven"}),
        ("body:reminder", {"text": "The second reminder"}, {"text": "Hello"}),
        ("-body:reminder", {"text": "Hello"}, {"text": "The second reminder"}),
        ('body~"(?i)REMINDER$"', {"text": "The second reminder"}, {"text": "reminder, the second"}),
        ("has:attachment", {"has_attachments": True}, {}),
        ("in=INBOX", {}, {"places": (place(2),)}),
        ("tag:done", {"tags": (MessageTag("Done"),)}, {}),
        ("-tag:done", {}, {"tags": (MessageTag("done"),)}),
        ("category:finance", {"category": "finance"}, {"category": "people"}),
        ("from:bank subject:invoice", {"subject": "invoice"}, {}),
        ("from:other OR subject:invoice", {"subject": "invoice"}, {}),
    ],
)
def test_the_conditions_that_people_write(when: str, matches: dict[str, object], differs: dict[str, object]) -> None:
    rule = Rule("one", when, [TAG_A])

    assert [len(hits(rule, message=mail(**fields))) for fields in (matches, differs)] == [1, 0]  # type: ignore[arg-type]
