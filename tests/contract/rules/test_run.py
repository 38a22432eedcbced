"""What a run looks at, what it never does twice, what it holds back, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from mailhelper_core.errors import ConfigError, QueryError
from mailhelper_core.model.extension import ActionType, Condition
from mailhelper_core.model.mail.message import Address, MessageTag
from mailhelper_core.model.rules.rule import Action, Plan, Rule
from mailhelper_core.model.work.operation import AddTag, Effect
from mailhelper_core.model.work.report import Progress
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import pending
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail, place

BILLS = Rule("bills", "subject:invoice", [("tag", "bills")])


def tagged(world: World, ids: Iterable[int]) -> list[list[str]]:
    return [sorted(world.see(id_).tag_names) for id_ in ids]


def waits_for_processing(world: World, message: int) -> None:
    with world.owner.begin() as uow:
        pending.add(uow, "process", world.accounts[1], [message])


def processed(world: World, message: int) -> None:
    with world.owner.begin() as uow:
        pending.done(uow, "process", world.accounts[1], [message])


def notices(world: World) -> int:
    e = t.events.c
    mine = e.owner_id == select(t.owners.c.id).where(t.owners.c.key == world.name).scalar_subquery()
    with world.owner.read() as uow:
        return len(uow.execute(select(e.id).where(mine, e.kind == "notified")).all())


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


def test_the_cap_holds_back_whole_messages_which_keep_waiting(world: World) -> None:
    capped = replace(world, settings=Settings(destructive_cap=2))
    ids = capped.put([mail(f"spam {number}", places=(place(1), place(3))) for number in range(5)])
    capped.rules.save(Rule("spam", "subject:spam", [("tag", "spam"), "discard", "notify"]))

    plan = capped.rules.plan()
    runs = [capped.rules.run() for _ in range(4)]

    assert (len(plan.hits), plan.capped) == (2, 3)
    assert [(run.hits, run.capped, run.messages) for run in runs] == [(2, 3, 5), (2, 1, 3), (1, 0, 1), (0, 0, 0)]
    assert tagged(capped, ids) == [["spam"]] * 5
    assert notices(capped) == 5


@pytest.mark.parametrize("action", ["discard", ("fileinto", "Trash"), ("fileinto", "Spam")])
def test_the_cap_counts_by_where_mail_goes_not_by_the_word(world: World, action: str) -> None:
    capped = replace(world, settings=Settings(destructive_cap=1))
    with world.owner.begin() as uow:
        for name, role in (("Trash", "trash"), ("Spam", "junk")):
            uow.execute(t.mailboxes.insert().values(account_id=world.accounts[1], name=name, delimiter="/", role=role))
    capped.put([mail("spam"), mail("spam")])
    capped.rules.save(Rule("spam", "subject:spam", [action]))

    run = capped.rules.run()

    assert (run.hits, run.capped) == (1, 1)


def test_other_mail_of_a_capped_run_is_ruled_on(world: World) -> None:
    capped = replace(world, settings=Settings(destructive_cap=0))
    spam, invoice = capped.put([mail("spam"), mail("invoice")])
    capped.rules.save(Rule("spam", "subject:spam", [("tag", "spam"), "discard"]))
    capped.rules.save(BILLS)

    run = capped.rules.run()

    assert (run.hits, run.capped) == (1, 1)
    assert tagged(capped, [spam, invoice]) == [[], ["bills"]]
    assert capped.waiting() == {spam}


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


def test_a_plugin_condition_that_fails_is_named_also_when_a_query_asks(world: World) -> None:
    broken = Condition("broken", lambda message, _: bool(1 / 0))
    installed = world.with_plugin(broken)
    installed.rules.save(Rule("one", "broken:x", [("tag", "a")]))
    world.put([mail("hello")])

    plan, run = installed.rules.plan(""), installed.rules.run(query="")

    assert [note.where for note in plan.errors] == ["condition:broken"]
    assert [note.where for note in run.errors] == ["condition:broken"]


def test_an_action_that_fails_is_named_and_what_it_missed_can_be_done_later(world: World) -> None:
    sick = [True]
    mark = ActionType("mark", lambda message, _: [AddTag(message.id, "marked")] if not sick else [1 / 0])  # type: ignore[list-item]
    installed = world.with_plugin(mark)
    message = installed.mail("a")
    installed.rules.save(Rule("only", "", ["mark"]))
    installed.rules.save(Rule("both", "", [("tag", "sound"), "mark"]))

    first = installed.rules.run()
    sick.clear()
    second = installed.rules.run(query="")

    assert [(note.where, note.code) for note in first.errors] == [("rule:only", "plugin"), ("rule:both", "plugin")]
    assert (first.hits, second.hits) == (1, 1)
    assert tagged(installed, [message]) == [["marked", "sound"]]


def test_effects_of_plugins_wait_in_the_outbox(world: World) -> None:
    hook = ActionType("webhook", lambda message, url: [Effect(message.id, "webhook", str(url))], deliver=print)
    installed = world.with_plugin(hook)
    message = installed.mail("invoice")
    installed.rules.save(Rule("tell", "subject:invoice", [("webhook", "https://example.org/hook")]))

    run = installed.rules.run()

    (entry,) = installed.change(run.change)
    assert (entry.operation, entry.state) == (Effect(message, "webhook", "https://example.org/hook"), "waiting")


def test_headers_are_read_when_a_rule_or_a_plugin_may_look_at_them(world: World) -> None:
    listed = Condition("listed", lambda message, name: bool(message.header(str(name))))
    installed = world.with_plugin(listed)
    message = installed.mail("hello", headers=(("X-Loop", "ada"),))
    installed.rules.save(Rule("field", "header:X-Loop=ada", [("tag", "a")]))
    installed.rules.save(Rule("plugin", "listed:x-loop", [("tag", "b")]))

    installed.rules.run()

    assert tagged(installed, [message]) == [["a", "b"]]


def test_progress_names_the_stage_and_ends_at_its_total(world: World) -> None:
    world.put([mail("invoice") for _ in range(60)])
    world.rules.save(BILLS)
    said: list[Progress] = []

    world.rules.run(progress=said.append)

    assert said == [Progress("rules", 50, 60), Progress("rules", 60, 60)]


def test_a_cancelled_run_keeps_what_it_did_and_goes_on_later(world: World) -> None:
    world.put([mail("invoice") for _ in range(60)])
    world.rules.save(BILLS)
    asked: list[int] = []

    first = world.rules.run(cancel=lambda: len(asked) == 1 or asked.append(1) is not None)
    second = world.rules.run()

    assert (first.hits, second.hits) == (50, 10)


def test_rules_never_run_inside_the_hosts_transaction(world: World) -> None:
    with world.store.engine.connect() as connection:
        joined = replace(world.rules, owner=world.store.for_owner(world.name, connection=connection))
        with pytest.raises(ConfigError):
            joined.run()


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
