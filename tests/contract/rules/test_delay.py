"""Rules with a delay look at a message when it has been there long enough, and at no other time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import mail

LATER = Rule("later", "subject:offer", ["archive"], delay="30d")


def new(subject: str = "offer", **age: float) -> object:
    """A message that came so long ago."""
    return mail(subject, received_at=NOW - timedelta(**age))


def test_a_rule_with_a_delay_acts_when_the_message_is_old_enough(world: World, clock: Clock) -> None:
    (message,) = world.put([new(days=1)])
    world.rules.save(LATER)

    first = world.rules.run()
    clock.pass_time(days=28)
    second = world.rules.run()
    clock.pass_time(days=1)
    plan, third = world.rules.plan(), world.rules.run()
    fourth = world.rules.run()

    assert (first.hits, second.hits, third.hits, fourth.messages) == (0, 0, 1, 0)
    assert [hit.rule for hit in plan.hits] == ["later"]
    assert world.see(message).places[0].mailbox == "Archive"


def test_a_message_that_is_old_already_is_not_waited_for(world: World) -> None:
    world.put([new(days=31)])
    world.rules.save(LATER)

    assert world.rules.run().hits == 1


def test_what_changed_meanwhile_counts(world: World, clock: Clock) -> None:
    message, _ = world.put([new(days=1), new(days=1)])
    world.rules.save(Rule("later", "subject:offer -is:flagged", ["archive"], delay="30d"))
    world.rules.run()
    world.messages.add_keyword([message], "\\Flagged")
    clock.pass_time(days=30)

    assert world.rules.run().hits == 1
    assert world.see(message).places[0].mailbox == "INBOX"


def test_old_mail_that_a_query_reaches_waits_whatever_it_is_that_day(world: World, clock: Clock) -> None:
    message, old = world.put([new(days=29, hours=23), new(days=33)])
    world.rules.run()
    world.messages.add_keyword([message, old], "\\Flagged")
    world.rules.save(Rule("later", "subject:offer -is:flagged", ["archive"], delay="30d"))

    reached = (world.rules.plan(""), world.rules.run(query=""))
    world.messages.remove_keyword([message, old], "\\Flagged")
    clock.pass_time(days=1)

    assert [one.messages for one in reached] == [1, 1]
    assert world.rules.run().hits == 1
    assert [world.see(one).places[0].mailbox for one in (message, old)] == ["Archive", "INBOX"]


def test_other_rules_do_not_act_again_when_a_delay_has_passed(world: World, clock: Clock) -> None:
    (message,) = world.put([new(days=1)])
    world.rules.save(LATER)
    world.rules.run()
    world.rules.save(Rule("new", "subject:offer", [("tag", "new")]))
    clock.pass_time(days=30)

    world.rules.run()

    assert world.see(message).tag_names == frozenset()


def test_two_delays_are_waited_for_one_after_the_other(world: World, clock: Clock) -> None:
    (message,) = world.put([new(hours=1)])
    world.rules.save(Rule("week", "subject:offer", [("tag", "week")], delay="1w"))
    world.rules.save(LATER)
    world.rules.run()

    clock.pass_time(days=7)
    week = world.rules.run()
    clock.pass_time(days=24)
    month = world.rules.run()

    assert (week.hits, month.hits) == (1, 1)
    assert world.see(message).tag_names == {"week"}


def test_a_run_over_a_query_lets_what_is_too_young_wait(world: World, clock: Clock) -> None:
    world.put([new(days=1)])
    world.rules.run()
    world.rules.save(LATER)

    now = world.rules.run(query="subject:offer")
    clock.pass_time(days=30)

    assert (now.hits, world.rules.run().hits) == (0, 1)


def test_a_rule_of_another_account_lets_nothing_wait(world: World, clock: Clock) -> None:
    world.put([new(days=1)])
    world.rules.save(Rule("later", "", ["archive"], delay="30d", account_id=world.accounts[2]))
    world.rules.run()
    clock.pass_time(days=30)

    assert world.rules.run().messages == 0


def test_what_waits_is_looked_at_when_the_delay_is_gone(world: World) -> None:
    waits, _, old = world.put([new(days=1), new("hello", days=1), new(days=40)])
    world.rules.save(LATER)
    world.rules.run()
    world.rules.save(replace(LATER, delay=""))

    plan, run, again = world.rules.plan(), world.rules.run(), world.rules.run()

    assert [hit.message_id for hit in plan.hits] == [waits]
    assert (run.hits, again.messages) == (1, 0)
    assert {world.see(id_).places[0].mailbox for id_ in (waits, old)} == {"Archive"}


def test_what_waits_is_looked_at_when_the_delay_is_shorter(world: World, clock: Clock) -> None:
    old, young = world.put([new(days=3), new(hours=1)])
    world.rules.save(LATER)
    world.rules.run()
    world.rules.save(replace(LATER, delay="1d"))

    first = world.rules.run()
    clock.pass_time(days=1)
    second = world.rules.run()

    assert (first.hits, second.hits) == (1, 1)
    assert [hit.message_id for hit in world.rules.hits()] == [young, old]


def test_what_waits_goes_on_waiting_when_the_delay_is_longer(world: World, clock: Clock) -> None:
    world.put([new(days=1)])
    world.rules.save(replace(LATER, delay="2d"))
    world.rules.run()
    world.rules.save(LATER)

    hits = []
    for _ in range(30):
        hits.append(world.rules.run().hits)
        clock.pass_time(days=1)

    assert hits == [0] * 29 + [1]


def test_a_delay_that_is_gone_lets_no_other_rule_act_again(world: World, clock: Clock) -> None:
    (message,) = world.put([new(days=1)])
    world.rules.save(LATER)
    world.rules.save(Rule("month", "", [("tag", "month")], delay="29d"))
    world.rules.run()
    world.rules.save(Rule("new", "", [("tag", "new")]))
    world.rules.save(replace(LATER, delay=""))

    at_once = world.rules.run()
    clock.pass_time(days=28)
    later = world.rules.run()

    assert (at_once.hits, later.hits) == (1, 1)
    assert world.see(message).tag_names == {"month"}


def test_mail_that_another_rule_alone_has_waited_for_is_not_looked_at(world: World) -> None:
    world.put([new(days=3)])
    world.rules.save(replace(LATER, when="is:flagged", delay="1d"))
    world.rules.save(Rule("month", "", [("tag", "month")], delay="30d"))
    world.rules.run()

    world.rules.save(replace(LATER, delay=""))

    assert world.rules.run().messages == 0


def test_what_waits_of_another_owner_waits_on(world: World, store: Store) -> None:
    eve: World = World(store, name="eve-who-waits").open()  # type: ignore[assignment]
    for one in (world, eve):
        one.put([new(days=1)])
        one.rules.save(LATER)
        one.rules.run()

    world.rules.save(replace(LATER, delay=""))

    assert (world.rules.run().hits, eve.rules.run().messages) == (1, 0)


@pytest.mark.parametrize("delay", ["30", "d", "-1d", "1y", "30 d", "99999d"])
def test_a_delay_that_cannot_be_read_is_refused(world: World, delay: str) -> None:
    with pytest.raises(InvalidError):
        world.rules.save(Rule("later", "", ["keep"], delay=delay))


@pytest.mark.parametrize(
    "action",
    [
        ("fileinto", "Work/Größe"),
        ("copy", "Work/Größe"),
        ("sieve", 'require "fileinto"; if size :over 1 { fileinto "Work/Größe"; }'),
        ("sieve", 'require ["fileinto", "mailbox"]; if size :over 1M { fileinto :create "Work/Größe/"; }'),
    ],
)
def test_a_rule_whose_mailbox_is_gone_from_the_server_is_off_with_its_reason(
    world: World, action: tuple[str, str]
) -> None:
    world = world.with_sieve()
    world.put([mail("offer")])
    world.rules.save(Rule("file", "subject:offer", [action]))
    world.rules.save(Rule("tag", "subject:offer", [("tag", "offers")]))
    world.lose_mailbox("Work/Größe")

    run = world.rules.run()

    assert [note.code for note in run.errors] == ["mailbox_gone"]
    assert run.hits == 1
    assert ["gone" in rule.disabled_reason for rule in world.rules.list()] == [True, False]
