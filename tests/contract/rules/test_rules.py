"""Rules as they are kept: names, revisions, order, history, hits, and what is wrong with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mailhelper_core.errors import ConflictError, InvalidError, NotFoundError, QueryError
from mailhelper_core.model.extension import ActionType, Condition
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.work.operation import AddTag
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World

BILLS = Rule("bills", "subject:invoice", [Action("tag", "bills", color="#3366ff"), "stop"])


@pytest.fixture
def eve(store: Store, world: World) -> World:
    """Another owner in the same database."""
    return World(store).open()  # type: ignore[return-value]


def names(world: World) -> list[str]:
    return [rule.name for rule in world.rules.list()]


def test_a_rule_is_kept_as_it_was_saved(world: World) -> None:
    saved = world.rules.save(replace(BILLS, account_id=world.accounts[1], otherwise=True, enabled=False))

    assert (saved.name, saved.when, saved.then) == (BILLS.name, BILLS.when, BILLS.then)
    assert (saved.account_id, saved.otherwise, saved.enabled) == (world.accounts[1], True, False)
    assert (saved.revision, saved.position, saved.disabled_reason) == (1, 1, "")
    assert world.rules.get("bills") == world.rules.get(saved.id) == saved
    assert world.rules.list() == (saved,)


def test_the_same_content_makes_no_new_revision(world: World) -> None:
    first = world.rules.save(BILLS)

    again = world.rules.save(Rule("bills", BILLS.when, BILLS.then))
    off = world.rules.save(replace(again, enabled=False))

    assert (again, off.revision, off.enabled) == (first, 1, False)


@pytest.mark.parametrize("change", [{"when": "subject:bill"}, {"then": [("tag", "bills")]}])
def test_other_criteria_or_actions_make_a_new_revision(world: World, change: dict[str, str]) -> None:
    first = world.rules.save(BILLS)

    second = world.rules.save(Rule("bills", **{"when": BILLS.when, "then": BILLS.then} | change))  # type: ignore[arg-type]

    assert (second.id, second.revision) == (first.id, 2)
    assert [rule.revision for rule in world.rules.history("bills")] == [2, 1]
    assert world.rules.history("bills")[1].then == BILLS.then


def test_a_rule_that_has_an_id_is_changed_and_may_be_renamed(world: World) -> None:
    saved = world.rules.save(BILLS)
    world.rules.save(Rule("other", "", ["keep"]))

    renamed = world.rules.save(replace(saved, name=" invoices\n"))

    assert (renamed.id, renamed.name, renamed.revision) == (saved.id, "invoices", 1)
    assert names(world) == ["invoices", "other"]
    with pytest.raises(ConflictError):
        world.rules.save(replace(renamed, name="other"))


def test_names_are_taken_letter_by_letter(world: World) -> None:
    world.rules.save(BILLS)

    world.rules.save(replace(BILLS, name="Bills"))

    assert names(world) == ["bills", "Bills"]


def test_a_new_rule_acts_last_and_the_order_can_be_changed(world: World) -> None:
    for name in ("one", "two", "three"):
        world.rules.save(Rule(name, "", ["keep"]))
    two = world.rules.get("two").id

    ordered = world.rules.reorder(["three", two, "one"])

    assert [rule.name for rule in ordered] == names(world) == ["three", "two", "one"]
    assert [rule.name for rule in (*world.rules.list(), world.rules.save(Rule("four", "", ["keep"])))][-1] == "four"


@pytest.mark.parametrize("order", [[], ["one"], ["one", "two", "two"], ["one", "one"]])
def test_an_order_that_does_not_name_every_rule_once_is_refused(world: World, order: list[str]) -> None:
    for name in ("one", "two"):
        world.rules.save(Rule(name, "", ["keep"]))

    with pytest.raises(InvalidError, match="exactly once"):
        world.rules.reorder(order)

    assert names(world) == ["one", "two"]


def test_a_deleted_rule_is_gone_by_name_and_explained_by_its_id(world: World) -> None:
    message = world.mail("invoice")
    rule = world.rules.save(BILLS)
    world.rules.run()

    world.rules.delete("bills")

    assert world.rules.list() == ()
    for call in (world.rules.get, world.rules.delete, world.rules.history, world.rules.hits):
        with pytest.raises(NotFoundError):
            call("bills")
    with pytest.raises(NotFoundError):
        world.rules.get(rule.id)
    assert [one.when for one in world.rules.history(rule.id)] == [BILLS.when]
    assert [hit.message_id for hit in world.rules.hits(rule.id)] == [message]
    assert [hit.rule for hit in world.rules.hits(message_id=message)] == ["bills"]


def test_the_name_of_a_deleted_rule_is_free_for_a_new_one(world: World) -> None:
    world.mail("invoice")
    old = world.rules.save(BILLS)
    world.rules.run()
    world.rules.delete("bills")

    new = world.rules.save(BILLS)

    assert (new.id != old.id, new.revision) == (True, 1)
    assert world.rules.hits("bills") == ()


def test_a_hit_says_which_revision_saw_what_and_decided_what(world: World, clock: Clock) -> None:
    message = world.mail("Your invoice")
    world.rules.save(Rule("bills", "subject:bill", ["keep"]))
    rule = world.rules.save(BILLS)
    world.rules.run()

    (hit,) = world.rules.hits("bills")

    assert (hit.rule_id, hit.rule, hit.revision, hit.message_id) == (rule.id, "bills", 2, message)
    assert [(step.condition, step.saw, step.matched) for step in hit.trace] == [
        ("subject:invoice", "Your invoice", True)
    ]
    assert hit.operations == (AddTag(message, "bills", "#3366ff"),)
    assert hit.at == clock.now


def test_hits_are_found_by_rule_and_by_message_newest_first(world: World) -> None:
    one, two = world.mail("invoice one"), world.mail("invoice two")
    world.rules.save(Rule("bills", "subject:invoice", [("tag", "bills")]))
    world.rules.save(Rule("rest", "subject:two", [("tag", "rest")]))
    world.rules.run()

    assert [(hit.rule, hit.message_id) for hit in world.rules.hits()] == [("rest", two), ("bills", two), ("bills", one)]
    assert [hit.message_id for hit in world.rules.hits("bills")] == [two, one]
    assert [hit.rule for hit in world.rules.hits(message_id=two)] == ["rest", "bills"]
    assert [hit.rule for hit in world.rules.hits("bills", message_id=two)] == ["bills"]
    assert len(world.rules.hits(limit=2)) == 2


def test_what_is_another_owners_does_not_exist(world: World, eve: World) -> None:
    message, rule = world.mail("invoice"), world.rules.save(BILLS)
    world.rules.run()

    for call in (eve.rules.get, eve.rules.delete, eve.rules.history, eve.rules.hits):
        with pytest.raises(NotFoundError):
            call(rule.id)
    with pytest.raises(NotFoundError):
        eve.rules.hits(message_id=message)
    with pytest.raises(NotFoundError):
        eve.rules.save(rule)
    with pytest.raises(NotFoundError):
        eve.rules.save(replace(BILLS, account_id=world.accounts[1]))
    for account_call in (eve.rules.plan, eve.rules.run):
        with pytest.raises(NotFoundError):
            account_call(account_id=world.accounts[1])
    assert eve.rules.list() == eve.rules.hits() == ()
    assert world.rules.get("bills") == rule


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (Rule("bills", "subjct:invoice", ["keep"]), QueryError),
        (Rule("bills", "body~(", ["keep"]), QueryError),
        (Rule("bills", "snoozed:now", ["keep"]), QueryError),
        (Rule("bills", "", ["flyto"]), InvalidError),
        (Rule("bills", "", []), InvalidError),
        (Rule("", "", ["keep"]), InvalidError),
    ],
)
def test_a_mistake_leaves_the_rule_as_it_was(world: World, rule: Rule, error: type[Exception]) -> None:
    saved = world.rules.save(BILLS)

    with pytest.raises(error):
        world.rules.save(rule)

    assert world.rules.list() == (saved,)


def test_a_rule_whose_plugin_is_missing_says_so_and_works_again_when_it_is_back(world: World) -> None:
    longer = Condition("longer", lambda message, size: len(message.subject) > int(str(size)), argument=int)
    mark = ActionType("mark", lambda message, _: [AddTag(message.id, "marked")])
    installed = world.with_plugin(longer, mark)
    installed.rules.save(Rule("condition", "longer:3", [("tag", "long")]))
    installed.rules.save(Rule("action", "", ["mark"]))
    world.rules.save(Rule("sound", "", [("tag", "sound")]))
    first = world.mail("invoice")

    without = world.rules.run()
    reasons = [rule.disabled_reason for rule in world.rules.list()]
    second = world.mail("invoice")
    with_it = installed.rules.run()

    assert [(note.where, note.code) for note in without.errors] == [
        ("rule:condition", "query"),
        ("rule:action", "action"),
    ]
    assert ["longer" in reasons[0], "mark" in reasons[1], reasons[2]] == [True, True, ""]
    assert world.see(first).tag_names == {"sound"}
    assert with_it.errors == ()
    assert world.see(second).tag_names == {"long", "marked", "sound"}
    assert [rule.disabled_reason for rule in installed.rules.list()] == ["", "", ""]


def test_a_rule_whose_account_was_removed_is_off_until_it_is_saved_again(world: World) -> None:
    world.rules.save(replace(BILLS, account_id=world.accounts[2]))
    with world.owner.begin() as uow:
        accounts.remove(uow, world.accounts[2])

    off = world.rules.get("bills")
    on = world.rules.save(replace(off, enabled=True))

    assert (off.enabled, off.disabled_reason) == (False, "its account was removed")
    assert (on.enabled, on.disabled_reason, on.account_id, on.revision) == (True, "", None, 1)


def test_ready_made_rules_are_adopted_as_copies(world: World, eve: World) -> None:
    ready = {one.name: one.rule for one in world.rules.ready_made()}

    adopted = world.rules.save(replace(ready["archive-newsletters"], when="domain:ada.example"))

    assert adopted.when == "domain:ada.example"
    assert {one.name: one.rule for one in eve.rules.ready_made()} == ready
    assert eve.rules.save(ready["archive-newsletters"]).when == "category:newsletter in:inbox"


def test_the_mode_is_kept_for_each_owner(world: World, eve: World) -> None:
    world.rules.set_mode("first")

    assert (world.rules.mode(), eve.rules.mode()) == ("first", "all")
    with pytest.raises(InvalidError):
        world.rules.set_mode("some")  # type: ignore[arg-type]


def test_an_owner_who_was_never_seen_has_no_rules(store: Store) -> None:
    nobody = World(store, name="nobody")

    assert (nobody.rules.list(), nobody.rules.hits(), nobody.rules.mode()) == ((), (), "all")
    assert nobody.rules.plan("").hits == ()


def test_saving_a_name_many_times_at_once_makes_one_rule(world: World) -> None:
    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(world.rules.save, [BILLS] * 8))

    assert {(rule.id, rule.revision) for rule in saved} == {(world.rules.get("bills").id, 1)}
    assert names(world) == ["bills"]


def test_text_that_a_database_refuses_makes_no_endless_revisions(world: World) -> None:
    odd = Rule("odd", 'subject:"a\udc80b\x00c"', [("notify", "x\udc80")])

    first, second = world.rules.save(odd), world.rules.save(odd)

    assert (first.revision, second.revision) == (1, 1)


def test_what_is_discarded_lies_in_the_trash_before_the_server_has_one(world: World) -> None:
    message = world.mail("offer")
    world.rules.save(Rule("out", "", ["discard"]))

    world.rules.run()

    (place,) = world.see(message).places
    assert (place.mailbox, place.role) == ("Trash", "trash")


def test_discard_leaves_no_copy_in_a_mailbox_that_the_same_run_makes(world: World) -> None:
    message = world.mail("offer")
    world.rules.save(Rule("file", "", [("fileinto", "New"), ("copy", "INBOX")]))
    world.rules.save(Rule("out", "", ["discard"]))
    plan = world.rules.plan()

    run = world.rules.run()

    assert {place.role for place in world.see(message).places} == {"trash"}
    assert run.operations == len(plan.operations) == 4
