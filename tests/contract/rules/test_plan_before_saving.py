"""A plan of rules that are not saved yet, or of one rule alone, says exactly what they do once they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.errors import InvalidError, NotFoundError, QueryError
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.compared import actual, expected, said
from tests.contract.rules.conftest import Clock
from tests.contract.rules.test_plan_and_run import rules, with_rules
from tests.contract.rules.world import World
from tests.unit.rules.generated import actions, mail, mailboxes, queries

EXAMPLES = 500 if settings.default.max_examples > 100 else 20
BILLS = Rule("bills", "subject:invoice", [("tag", "bills")])


def compare_one(world: World, wanted: Rule, query: str | None = None) -> None:
    """Plan a rule that is saved then and asked to act, and assert that it does the same."""
    state, older = world.state(), len(world.rules.hits(limit=1000))
    plan = world.rules.plan(query, only=wanted)
    assert world.state() == state
    looks = expected(world, plan)
    saved = world.rules.save(wanted)
    assert said(world.rules.plan(query, only=saved.id).hits) == said(world.rules.plan(query, only=saved.name).hits)

    world.rules.request(saved.id)
    run = world.rules.run_due()

    done = world.rules.hits(limit=1000)[: len(world.rules.hits(limit=1000)) - older][::-1]
    assert said(done) == [replace(hit, rule_id=saved.id) for hit in said(plan.hits)]
    assert (run.hits, run.operations, run.capped) == (len(plan.hits), len(plan.operations), plan.capped)
    assert actual(world) == looks


@given(
    mail=mailboxes,
    wanted=st.lists(rules, min_size=1, max_size=4),
    number=st.integers(0, 4),
    edit=st.none() | st.builds(Rule, st.just(""), queries, actions),
    mode=st.sampled_from(("all", "all", "first")),
    undone=st.integers(0, 3),
)
@settings(max_examples=EXAMPLES)
def test_one_rule_does_what_its_plan_said_saved_edited_or_new(
    store: Store,
    clock: Clock,
    mail: list[MessageDetail],
    wanted: list[Rule],
    number: int,
    edit: Rule | None,
    mode: RuleMode,
    undone: int,
) -> None:
    world = with_rules(store, mail, wanted, cap=100, batch=2)
    world.rules.set_mode(mode)
    run = world.rules.run(query="")
    for entry in world.change(run.change).entries[:undone] if run.change else ():
        world.undo.undo(entry)
    saved = world.rules.list()

    if number < len(saved):
        one = replace(saved[number], enabled=True)
        compare_one(world, replace(one, when=edit.when, then=edit.then) if edit else one)
    else:
        compare_one(world, replace(edit or wanted[0], name="new", account_id=None, enabled=True))


@pytest.mark.parametrize("by_name", [False, True])
def test_a_saved_rule_is_planned_as_the_revision_that_it_is(world: World, by_name: bool) -> None:
    one, two, three = world.put([mail("invoice one"), mail("invoice two"), mail("hello")])
    saved = world.rules.save(BILLS)
    run = world.rules.run()
    world.undo.undo(world.change(run.change).entries[0])
    wanted = BILLS if by_name else saved
    edited = replace(wanted, when="subject:invoice OR subject:hello")

    assert world.rules.plan("", rules=[wanted]).hits == world.rules.plan("").hits == ()
    assert world.rules.plan("", rules=[replace(wanted, name=" bills ")]).hits == ()
    assert world.rules.plan("", only=wanted).hits == ()
    # What was taken back stays so, whatever the rule says now; where it acted another revision looks again.
    for plan in (world.rules.plan("", rules=[edited]), world.rules.plan("", only=edited)):
        assert [(hit.message_id, hit.rule_id, hit.revision) for hit in plan.hits] == [
            (two, saved.id, 2), (three, saved.id, 2),
        ]  # fmt: skip
    assert one not in {hit.message_id for hit in world.rules.plan("", only=edited).hits}


def test_other_rules_have_had_their_turn_and_end_what_they_end(world: World) -> None:
    boss, other = world.put([mail("invoice of the boss"), mail("invoice")])
    world.rules.save(Rule("boss", "subject:boss", [("tag", "boss"), "stop"]))
    world.rules.save(Rule("rest", "", [("tag", "rest")], otherwise=True))

    plan = world.rules.plan("", only=BILLS)

    assert [(hit.rule, hit.message_id) for hit in plan.hits] == [("bills", other)]
    assert [hit.message_id for hit in world.rules.plan("", rules=[BILLS]).hits] == [boss, other]
    assert world.rules.plan("subject:boss", only=BILLS).hits == ()


def test_a_rule_that_is_not_there_cannot_be_planned(world: World) -> None:
    for call in ({"only": 7}, {"only": "bills"}, {"only": replace(BILLS, id=7)}, {"rules": [replace(BILLS, id=7)]}):
        with pytest.raises(NotFoundError) as caught:
            world.rules.plan("", **call)
        assert caught.value.code == "rule_not_found"
    with pytest.raises(InvalidError):
        world.rules.plan("", rules=[BILLS], only=BILLS)


def test_a_page_goes_on_with_the_same_rule(world: World) -> None:
    world.put([mail("invoice") for _ in range(3)])
    saved = world.rules.save(BILLS)
    world.rules.save(Rule("other", "", [("tag", "other")]))

    first = world.rules.plan("", only=saved, limit=2)
    second = world.rules.plan("", only="bills", limit=2, after=first.next)

    assert [len(first.hits), len(second.hits), second.next] == [2, 1, None]
    with pytest.raises(InvalidError):
        world.rules.plan("", only="other", limit=2, after=first.next)


def test_a_rule_is_tried_and_saved_with_the_criteria_that_it_is_kept_with(world: World) -> None:
    world.mail("offer")
    odd = Rule("odd", "subject=\0offer", ["keep"])

    plan = world.rules.plan("", rules=[odd])
    saved = world.rules.save(odd)

    assert [hit.rule for hit in plan.hits] == ["odd"]
    assert (saved.when, [hit.trace for hit in world.rules.plan("").hits]) == ("subject=offer", [plan.hits[0].trace])
    with pytest.raises(QueryError):
        world.rules.save(Rule("none", "keyword:\0", ["keep"]))
    assert [rule.name for rule in world.rules.list()] == ["odd"]
