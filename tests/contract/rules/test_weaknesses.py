"""What went wrong in programs of this kind, and cannot here."""

from __future__ import annotations

import time

import pytest

from mailhelper_core.errors import ConflictError, InvalidError, QueryError
from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.search.service import SearchService
from mailhelper_core.store.mind.tags import Assignment
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail


def tags_after(world: World, rule: Rule, *mails: object) -> list[set[str]]:
    """The tags of messages after a run of one rule."""
    ids = world.put(mails)  # type: ignore[arg-type]
    world.rules.save(rule)
    world.rules.run()
    return [set(world.see(id_).tag_names) for id_ in ids]


@pytest.mark.parametrize("when", ["domain:bank.example", "from=bob@bank.example", "from:bob@bank.example"])
def test_a_sender_with_a_display_name_is_matched_by_domain_and_address(world: World, when: str) -> None:
    bank = Address("Bob Bell, Bank", "Bob@BANK.example")
    other = Address("bob@bank.example", "bob@bank.example.evil.example")

    found = tags_after(world, Rule("bank", when, [("tag", "x")]), mail(from_=bank), mail(from_=other))

    assert found[0] == {"x"}
    assert found[1] == set() or when.startswith("from:")


def test_a_rule_acts_on_tags_that_are_suggested_surely_enough(world: World) -> None:
    rule = Rule("bills", "suggested:bills@0.85", [("tag", "Bills")])
    sure, unsure = mail(suggestions=(("Bills", 0.9),)), mail(suggestions=(("Bills", 0.5),))

    assert tags_after(world, rule, sure, unsure, mail()) == [{"Bills"}, set(), set()]


def test_conditions_on_opinions_match_what_was_said(world: World) -> None:
    rule = Rule("sure", "category:finance spam<0.5 urgency>=2", [("tag", "x")])
    said = mail(category="finance", spam=0.1, urgency=2)

    assert tags_after(world, rule, said, mail(category="finance")) == [{"x"}, set()]


@pytest.mark.parametrize("when", ["suggested_tag:bills", "confidence>=85", "sender_domain:bank.example"])
def test_a_condition_that_nobody_knows_is_refused_instead_of_never_matching(world: World, when: str) -> None:
    with pytest.raises(QueryError) as caught:
        world.rules.save(Rule("old", when, ["keep"]))

    assert caught.value.hint


@pytest.mark.parametrize("expression", ["(a+)+$", "(a|aa)+$", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_regular_expression_of_an_owner_holds_up_a_run(world: World, expression: str) -> None:
    text = "a" * 20_000 + "!"
    started = time.process_time()

    tags_after(world, Rule("slow", f'body~"{expression}"', [("tag", "x")]), mail(text=text))

    assert time.process_time() - started < 2


def test_priority_of_a_rule_is_the_one_that_every_view_shows(world: World) -> None:
    message = world.mail("a", urgency=1, importance=1)
    world.rules.save(Rule("high", "", [("priority", "high")]))

    world.rules.run()

    search = SearchService(world.owner, world.registry, world.dispatcher)
    seen = world.see(message)
    assert (seen.urgency, seen.importance) == (3, 3)
    assert [one.id for one in search.search("priority:red score:9 urgency:3 importance:3")] == [message]
    assert search.counts("", by=("urgency", "importance")) == {(3, 3): 1}


def test_a_name_that_is_taken_is_one_error_and_nothing_else_fails(world: World) -> None:
    world.tags.create("Bücher")

    with pytest.raises(ConflictError):
        world.tags.create("BÜCHER")
    found = tags_after(world, Rule("books", "", [("tag", "bucher")]), mail("a"), mail("b"))

    assert found == [{"Bücher"}, {"Bücher"}]
    assert [(tag.name, tag.messages) for tag in world.tags.list()] == [("Bücher", 2)]


def test_a_tag_of_a_rule_is_told_from_one_of_the_owner(world: World, clock: object) -> None:
    one, two = world.put([mail("invoice"), mail("hello")])
    world.rules.save(Rule("bills", "subject:nothing", [("tag", "bills")]))
    world.rules.save(Rule("bills", "subject:invoice", [("tag", "bills")]))
    world.rules.run()
    world.tags.assign([one, two], "bills")

    found = world.tags.assigned([one, two], "bills")

    assert {id_: assignment.set_by for id_, assignment in found.items()} == {one: "rule", two: "owner"}
    assert [tag.set_by for tag in world.see(one).tags] == ["rule"]
    assert (found[one].revision_id is None, found[two].revision_id is None) == (False, True)
    assert found[two] == Assignment(two, "owner", world.name, created_at=found[two].created_at)


def test_a_template_that_one_owner_changed_is_as_it_was_for_the_next(world: World) -> None:
    ready = world.rules.ready_made()[0].rule

    world.rules.save(Rule(ready.name, "domain:bank.example", ready.then))

    assert world.rules.ready_made()[0].rule == ready
    assert world.rules.get(ready.name).when != ready.when


def test_an_action_without_what_it_needs_is_refused_and_nothing_is_called_done(world: World) -> None:
    with pytest.raises(InvalidError):
        world.rules.save(Rule("move", "", ["fileinto"]))

    assert world.rules.list() == ()


@pytest.mark.parametrize("mode", ["all", "first"])
def test_rules_that_move_one_mail_in_a_circle_act_once_each(world: World, mode: RuleMode) -> None:
    message = world.mail("hello")
    world.rules.save(Rule("out", "in:inbox", [("fileinto", "Archive")]))
    world.rules.save(Rule("back", "in:Archive", [("fileinto", "INBOX")]))
    world.rules.set_mode(mode)

    first = world.rules.run()
    hits = [world.rules.run(query="").hits for _ in range(5)]

    assert [first.hits + sum(hits), hits[1:]] == [2, [0, 0, 0, 0]]
    assert world.rules.run().hits == 0
    assert world.see(message).mailboxes == ("INBOX",)
    assert [(one.kind, one.rule) for one in world.rules.analyze()] == [("looping", "out")]
