"""A plan says what a run would do, of rules that are saved, edited or only tried, and writes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from mailhelper_core.errors import QueryError
from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.rules.rule import Action, Plan, Rule
from mailhelper_core.store import tables as t
from tests.contract.rules.world import World, notices
from tests.unit.rules.generated import mail

BILLS = Rule("bills", "subject:invoice", [("tag", "bills")])


@pytest.mark.parametrize("query", [None, "in:inbox"])
def test_a_plan_says_what_a_run_with_the_same_words_does(world: World, query: str | None) -> None:
    world.put([mail("invoice"), mail("hello"), mail("invoice", account_id=2)])
    world.rules.save(Rule("one", "-tag:done", [("tag", "done"), "archive"]))
    world.rules.save(Rule("two", "tag:done in:archive", [("tag", "seen by two"), ("addflag", "read")]))

    plan = world.rules.plan(query, account_id=world.accounts[1])
    run = world.rules.run(world.accounts[1], query=query)

    assert (len(plan.hits), plan.messages) == (4, 2)
    assert tuple(entry.operation for entry in world.change(run.change)) == plan.operations


def test_a_plan_tries_rules_that_are_not_saved(world: World) -> None:
    world.put([mail("invoice"), mail("hello")])
    saved = world.rules.save(BILLS)

    edited = world.rules.plan("", rules=[replace(saved, when="subject:hello")])
    several = world.rules.plan("", rules=[Rule("a", "", [("tag", "x")]), Rule("b", "tag:x", [("tag", "y")])])

    assert [hit.rule_id for hit in edited.hits] == [saved.id]
    assert [hit.rule for hit in several.hits] == ["a", "b", "a", "b"]
    assert world.rules.list() == (saved,)
    with pytest.raises(QueryError):
        world.rules.plan("", rules=[Rule("a", "subjct:x", ["keep"])])


def test_a_plan_of_an_edited_rule_acts_again_but_not_where_it_was_taken_back(world: World) -> None:
    one, two = world.put([mail("invoice one"), mail("invoice two")])
    saved = world.rules.save(BILLS)
    run = world.rules.run()
    world.undo.undo(world.change(run.change).entries[0])

    plan = world.rules.plan("", rules=[replace(saved, then=(Action("tag", "other"),))])

    assert [hit.message_id for hit in plan.hits] == [two]
    assert one not in [hit.message_id for hit in plan.hits]


def test_many_rules_are_planned_over_a_query(world: World) -> None:
    world.put([mail("invoice 7"), mail("hello")])
    for number in range(210):
        world.rules.save(Rule(f"rule {number}", f"subject:invoice subject:{number}", [("tag", f"tag {number}")]))

    plan: Plan = world.rules.plan("in:inbox")

    assert [hit.rule for hit in plan.hits] == ["rule 7"]


def test_a_plan_writes_nothing(world: World) -> None:
    world.put([mail("invoice", from_=Address("", "x@bank.example"))])
    world.rules.save(Rule("one", "", [("fileinto", "Made"), ("tag", "new"), "notify"]))
    before = world.state()

    world.rules.plan()
    world.rules.plan("")

    assert world.state() == before
    assert (world.tags.list(), notices(world), len(world.waiting())) == ((), 0, 1)
    with world.owner.read() as uow:
        assert "Made" not in set(uow.connection.scalars(select(t.mailboxes.c.name)))
