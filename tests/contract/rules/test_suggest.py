"""Rules that are suggested from what the owner did by hand, and findings about rules that are stored."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.mail.message import Address, MailFacts
from mailhelper_core.model.rules.rule import Rule
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import mail

LIST = MailFacts(list_id="weekly.shop.example")


def of_list(**fields: object) -> object:
    """A mail of the list, from a sender of its own each time."""
    number = of_list.count = getattr(of_list, "count", 0) + 1  # type: ignore[attr-defined]
    return mail("offer", facts=LIST, from_=Address("", f"n{number}@s{number}.example"), **fields)


def test_what_lies_in_one_mailbox_becomes_a_rule_with_support_and_precision(world: World) -> None:
    ids = world.put([of_list() for _ in range(10)])
    world.messages.move(ids[:9], "Work/Größe")

    (one,) = world.rules.suggest()

    assert (one.support, one.total, one.precision) == (9, 10, 0.9)
    assert one.rule.when == "list=weekly.shop.example in:inbox"
    assert one.rule.then == Rule("", "", [("fileinto", "Work/Größe")]).then
    assert one.reason == "9 of 10 mails of the list weekly.shop.example lie in Work/Größe."


def test_a_suggestion_can_be_saved_and_acts_on_what_was_left(world: World) -> None:
    ids = world.put([of_list() for _ in range(10)])
    world.messages.move(ids[:9], "Work/Größe")
    world.rules.save(world.rules.suggest()[0].rule)

    world.rules.run(query="in:inbox")

    assert world.see(ids[9]).places[0].mailbox == "Work/Größe"
    assert world.rules.suggest() == ()


@pytest.mark.parametrize("moved", [4, 8])
def test_what_is_rare_or_undecided_is_not_suggested(world: World, moved: int) -> None:
    ids = world.put([of_list() for _ in range(moved if moved < 5 else 10)])
    world.messages.move(ids[:moved], "Work/Größe")

    assert world.rules.suggest() == ()


def test_one_sender_is_suggested_once(world: World) -> None:
    ids = world.put([mail("offer", from_=Address("Shop", "News@Shop.example")) for _ in range(6)])
    world.messages.archive(ids)

    (one,) = world.rules.suggest()

    assert (one.rule.when, one.rule.then) == ("from=news@shop.example in:inbox", Rule("", "", ["archive"]).then)


def test_tags_of_the_owner_are_mined_and_those_of_rules_are_not(world: World) -> None:
    by_hand = world.put([mail("a", from_=Address("", "bob@home.example")) for _ in range(5)])
    world.put([mail("rule", from_=Address("", "eve@far.example")) for _ in range(5)])
    world.tags.assign(by_hand, "Bob")
    world.rules.save(Rule("eve", "subject:rule", [("tag", "Eve"), "archive"]))
    world.rules.run(query="")

    (one,) = world.rules.suggest()

    assert (one.rule.when, one.rule.then) == ("from=bob@home.example", Rule("", "", [("tag", "Bob")]).then)


def test_mail_of_long_ago_does_not_count(world: World) -> None:
    ids = world.put([of_list(received_at=NOW.replace(year=2024)) for _ in range(6)])
    world.messages.archive(ids)

    assert world.rules.suggest() == ()
    assert len(world.rules.suggest(days=1_000)) == 1


def test_stored_rules_are_analyzed_with_those_that_come(world: World) -> None:
    world.rules.save(Rule("all", "", [("tag", "a"), "stop"]))
    coming = Rule("bills", "subject:bill", [("tag", "b")])

    assert world.rules.analyze() == ()
    assert [(one.kind, one.rule, one.other) for one in world.rules.analyze(coming)] == [("shadowed", "bills", "all")]
    assert [rule.name for rule in world.rules.list()] == ["all"]


def test_a_changed_rule_is_analyzed_at_its_place(world: World) -> None:
    world.rules.save(Rule("first", "subject:bill", [("tag", "a")]))
    world.rules.save(Rule("second", "subject:bill is:unread", [("tag", "b")]))

    found = world.rules.analyze(Rule("first", "subject:bill", [("tag", "a"), "stop"]))

    assert [(one.kind, one.rule) for one in found] == [("shadowed", "second")]


def test_a_rule_that_cannot_run_is_a_finding(world: World) -> None:
    world.rules.save(Rule("file", "subject:x", [("fileinto", "Work/Größe")]))
    world.lose_mailbox("Work/Größe")

    assert [(one.kind, one.rule) for one in world.rules.analyze()] == [("broken", "file")]


def test_a_strict_save_refuses_what_analysis_finds(world: World) -> None:
    world.rules.save(Rule("all", "", [("tag", "a"), "stop"]))

    with pytest.raises(ConflictError, match="shadowed"):
        world.rules.save(Rule("bills", "subject:bill", [("tag", "b")]), strict=True)
    with pytest.raises(InvalidError):
        world.rules.analyze(Rule("bad", "", ["nothing"]))
    world.rules.save(Rule("dear", 'body~"x"', [("tag", "c")]))

    assert [rule.name for rule in world.rules.list()] == ["all", "dear"]
