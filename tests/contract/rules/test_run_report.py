"""What a run holds back, what failed in it, and how far it is: it says so, and the rest is done later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.extension import ActionType, Condition
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.work.operation import AddTag, Effect
from mailhelper_core.model.work.report import Progress
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from tests.contract.rules.world import World, notices, tagged
from tests.unit.rules.generated import mail, place

BILLS = Rule("bills", "subject:invoice", [("tag", "bills")])


def test_the_cap_holds_back_whole_messages_which_keep_waiting(world: World) -> None:
    capped = replace(world, settings=Settings(destructive_cap=2))
    ids = capped.put([mail(f"spam {number}", places=(place(1), place(3))) for number in range(5)])
    capped.rules.save(Rule("spam", "subject:spam", [("tag", "spam"), "discard", "notify"]))

    plan = capped.rules.plan()
    told: list[Progress] = []
    runs = [capped.rules.run(progress=told.append) for _ in range(4)]

    assert [(one.done, one.total) for one in told] == [(2, 5), (2, 3), (1, 1)]
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


def test_a_cancelled_run_over_a_query_keeps_what_it_did_and_goes_on_later(world: World) -> None:
    ids = world.put([mail("invoice") for _ in range(130)])
    world.rules.save(BILLS)
    asked: list[int] = []

    first = world.rules.run(query="subject:invoice", cancel=lambda: len(asked) == 1 or asked.append(1) is not None)
    left = [id_ for id_ in ids if not world.see(id_).tag_names]
    second = world.rules.run(query="subject:invoice")

    assert (first.messages, first.hits, len(left)) == (50, 50, 80)
    assert (second.messages, second.hits) == (130, 80)
    assert [world.see(id_).tag_names for id_ in ids] == [{"bills"}] * 130
    assert world.rules.run(query="subject:invoice").hits == 0
    assert world.waiting() == set()
    assert [world.undo.undo(one.change).undone for one in (second, first)] == [80, 50]
