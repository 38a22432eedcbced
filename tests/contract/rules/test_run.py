"""What a run looks at, and what it never does twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from mailhelper_core.errors import ConfigError
from mailhelper_core.model.mail.message import MessageTag
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import pending
from tests.contract.rules.world import World, notices, tagged
from tests.unit.rules.generated import mail, place

BILLS = Rule("bills", "subject:invoice", [("tag", "bills")])


def waits_for_processing(world: World, message: int) -> None:
    with world.owner.begin() as uow:
        pending.add(uow, "process", world.accounts[1], [message])


def processed(world: World, message: int) -> None:
    with world.owner.begin() as uow:
        pending.done(uow, "process", world.accounts[1], [message])


def test_a_run_looks_at_what_waits_and_then_nothing_waits(world: World) -> None:
    world.rules.save(BILLS)
    ids = world.put([mail("invoice"), mail("hello")])

    first, second = world.rules.run(), world.rules.run()

    assert (first.messages, first.hits, first.operations) == (2, 1, 1)
    assert (second.messages, second.hits, second.change) == (0, 0, None)
    assert tagged(world, ids) == [["bills"], []]
    assert world.waiting() == set()


def test_without_rules_mail_does_not_wait_for_the_first_one(world: World) -> None:
    message = world.mail("invoice")

    run = world.rules.run()
    world.rules.save(BILLS)

    assert (run.messages, run.change) == (1, None)
    assert world.rules.run().messages == 0
    assert world.see(message).tags == ()


def test_old_mail_is_ruled_on_by_a_query(world: World) -> None:
    ids = world.put([mail("invoice"), mail("invoice", size=5000), mail("hello")])
    world.rules.run()
    world.rules.save(BILLS)

    run = world.rules.run(query="larger:4k")

    assert (run.messages, run.hits) == (1, 1)
    assert tagged(world, ids) == [[], ["bills"], []]


def test_a_query_reaches_all_it_finds_not_the_first_hundred(world: World) -> None:
    world.put([mail("invoice") for _ in range(120)])
    world.rules.run()
    world.rules.save(BILLS)

    plan, run = world.rules.plan(""), world.rules.run(query="")

    assert (len(plan.hits), run.hits, run.messages) == (120, 120, 120)


def test_a_rule_never_acts_twice_on_a_message_in_one_revision(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(Rule("bills", "subject:invoice", [("tag", "bills"), ("notify", "a bill")]))
    world.rules.run()
    world.tags.unassign([message], "bills")

    again = world.rules.run(query="")

    assert again.hits == 0
    assert tagged(world, [message]) == [[]]
    assert notices(world) == 1


def test_a_hit_that_changed_nothing_counts_as_done_too(world: World) -> None:
    message = world.mail("invoice", tags=(MessageTag("bills"),))
    world.rules.save(BILLS)
    first = world.rules.run()
    world.tags.unassign([message], "bills")

    again = world.rules.run(query="")

    assert (first.hits, first.operations, again.hits) == (1, 0, 0)
    assert tagged(world, [message]) == [[]]


def test_a_new_revision_acts_again(world: World) -> None:
    message = world.mail("invoice")
    world.rules.save(BILLS)
    world.rules.run()

    world.rules.save(replace(BILLS, then=(Action("tag", "money"),)))
    again = world.rules.run(query="")

    assert again.hits == 1
    assert tagged(world, [message]) == [["bills", "money"]]


def test_runs_at_the_same_time_act_once(world: World) -> None:
    world.put([mail(f"invoice {number}") for number in range(20)])
    world.rules.save(Rule("bills", "subject:invoice", [("notify", "a bill"), ("tag", "bills")]))

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda query: world.rules.run(query=query), ["", None, "in:inbox", ""]))

    assert sum(run.hits for run in runs) == 20
    assert notices(world) == 20


def test_mail_that_nobody_has_judged_keeps_waiting(world: World) -> None:
    world.rules.save(Rule("finance", "category:finance", [("tag", "bills")]))
    judged, unjudged = world.put([mail("a", category="finance"), mail("b")])
    waits_for_processing(world, unjudged)

    world.rules.run()
    waiting = world.waiting()
    with world.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == unjudged).values(category="finance"))
    processed(world, unjudged)
    world.rules.run()

    assert waiting == {unjudged}
    assert tagged(world, [judged, unjudged]) == [["bills"], ["bills"]]


def test_mail_that_nobody_has_judged_keeps_waiting_also_when_a_query_finds_it(world: World) -> None:
    world.rules.save(Rule("all", "", [("tag", "seen")]))
    world.rules.save(Rule("finance", "category:finance", [("tag", "bills")]))
    message = world.mail("b")
    waits_for_processing(world, message)

    world.rules.run(query="")
    waiting = world.waiting()
    with world.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == message).values(category="finance"))
    processed(world, message)
    world.rules.run()

    assert waiting == {message}
    assert tagged(world, [message]) == [["bills", "seen"]]


def test_mail_that_lies_nowhere_is_not_ruled_on_until_it_lies_somewhere(world: World) -> None:
    world.rules.save(Rule("all", "", [("tag", "seen"), "notify"]))
    message = world.mail("gone")
    set_orphan = update(t.messages).where(t.messages.c.id == message)
    with world.owner.begin() as uow:
        uow.execute(set_orphan.values(orphaned_at=uow.now))

    hidden = (world.rules.run(), world.rules.run(query=""), world.rules.plan())
    with world.owner.begin() as uow:
        uow.execute(set_orphan.values(orphaned_at=None))
    back = world.rules.run()

    assert [one.messages for one in hidden] == [0, 0, 0]
    assert (back.messages, back.hits) == (1, 1)


def test_a_run_of_one_account_leaves_the_others(world: World) -> None:
    home, work = world.put([mail("invoice"), mail("invoice", account_id=2)])
    world.rules.save(BILLS)

    run = world.rules.run(world.accounts[2])

    assert run.messages == 1
    assert tagged(world, [home, work]) == [[], ["bills"]]
    assert world.waiting() == {home}


def test_an_account_that_bears_the_id_of_another_for_a_name_is_not_meant(world: World) -> None:
    home, work = world.put([mail("invoice"), mail("invoice", account_id=2)])
    with world.owner.begin() as uow:
        named = update(t.accounts).where(t.accounts.c.id == world.accounts[2])
        uow.execute(named.values(name=str(world.accounts[1])))
    world.rules.save(BILLS)

    world.rules.run(world.accounts[1], query="")

    assert tagged(world, [home, work]) == [["bills"], []]


def test_the_places_that_a_query_and_a_rule_speak_of_may_be_two(world: World) -> None:
    message = world.mail("hello", places=(place(1), place(2)))
    world.rules.save(Rule("one", "in:inbox", [("tag", "a")]))

    plan, run = world.rules.plan("in:archive"), world.rules.run(query="in:archive")

    assert (len(plan.hits), run.hits) == (1, 1)
    assert tagged(world, [message]) == [["a"]]


def test_rules_never_run_inside_the_hosts_transaction(world: World) -> None:
    with world.store.engine.connect() as connection:
        joined = replace(world.rules, owner=world.store.for_owner(world.name, connection=connection))
        with pytest.raises(ConfigError):
            joined.run()
