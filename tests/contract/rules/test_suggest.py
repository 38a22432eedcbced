"""Rules that are suggested from what the owner did by hand, and findings about rules that are stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.mail.message import Address, MailFacts, MessageDetail
from mailhelper_core.model.rules.rule import Rule
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import LONGER, mail

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


def of_shop(subject: str = "offer", *, is_list: bool = True, sender: str = "news", **fields: object) -> MessageDetail:
    """A mail of a shop, which sends its list from one address."""
    return mail(subject, facts=LIST if is_list else MailFacts(), from_=Address("", f"{sender}@shop.example"), **fields)


def suggested(world: World) -> list[str]:
    return [one.rule.when for one in world.rules.suggest()]


def test_what_a_saved_rule_matches_speaks_for_no_other_rule(world: World) -> None:
    world.messages.move(world.put([of_shop() for _ in range(14)]), "Work/Größe")
    (one,) = world.rules.suggest()
    assert one.rule.when == "list=weekly.shop.example in:inbox"

    world.rules.save(one.rule)
    assert suggested(world) == []

    world.rules.save(replace(one.rule, enabled=False))
    assert suggested(world) == ["list=weekly.shop.example in:inbox"]


def test_what_no_rule_matches_is_still_suggested(world: World) -> None:
    others = [of_shop(is_list=False, sender=f"n{number}") for number in range(6)]
    world.messages.move(world.put([of_shop() for _ in range(14)] + others), "Work/Größe")
    world.rules.save(Rule("list", "list=weekly.shop.example in:inbox", [("fileinto", "Work/Größe")]))

    (one,) = world.rules.suggest()

    assert (one.rule.when, one.support, one.total) == ("domain=shop.example in:inbox", 20, 20)
    world.rules.save(one.rule)
    assert suggested(world) == []


def test_what_is_left_must_be_clear_by_itself(world: World) -> None:
    others = world.put([of_shop(is_list=False, sender=f"n{number}") for number in range(8)])
    world.messages.move([*world.put([of_shop() for _ in range(60)]), *others[:5]], "Work/Größe")
    world.rules.save(Rule("list", "list=weekly.shop.example", [("fileinto", "Work/Größe")]))

    assert suggested(world) == []


@pytest.mark.parametrize(
    "when", ['subject~"^off" in:inbox', "header:List-Id:weekly", "subject:offer in:inbox -in:Made", "longer-than:1"]
)
def test_rules_that_no_index_answers_are_compared_with_the_mail_itself(world: World, when: str) -> None:
    asking = world.with_plugin(LONGER)
    headers = (("List-Id", "<weekly.shop.example>"),)
    asking.messages.move(asking.put([of_shop(text="long", headers=headers) for _ in range(6)]), "Work/Größe")

    assert suggested(asking) == ["list=weekly.shop.example in:inbox"]
    asking.rules.save(Rule("some", when, [("fileinto", "Work/Größe")]))
    assert suggested(asking) == []


@pytest.mark.parametrize(
    "rule",
    [
        Rule("elsewhere", "list=weekly.shop.example in:archive", [("fileinto", "Work/Größe")]),
        Rule("other deed", "list=weekly.shop.example", ["archive"]),
        Rule("other mail", "subject:bill in:inbox", [("fileinto", "Work/Größe")]),
    ],
)
def test_a_rule_that_does_something_else_covers_nothing(world: World, rule: Rule) -> None:
    world.messages.move(world.put([of_shop() for _ in range(6)]), "Work/Größe")
    world.rules.save(rule)

    assert suggested(world) == ["list=weekly.shop.example in:inbox"]


def test_a_rule_of_one_account_covers_that_account_only(world: World) -> None:
    home, work = world.accounts.values()
    world.messages.move(world.put([of_shop() for _ in range(6)]), "Work/Größe")
    rule = Rule("one", "list=weekly.shop.example in:inbox", [("fileinto", "Work/Größe")])

    world.rules.save(replace(rule, account_id=work))
    assert suggested(world) == ["list=weekly.shop.example in:inbox"]
    world.rules.save(replace(rule, account_id=home))
    assert suggested(world) == []


def test_tags_that_a_rule_would_set_are_not_suggested_for_more_of_the_same_mail(world: World) -> None:
    world.tags.assign(world.put([of_shop() for _ in range(6)]), "Größe")
    assert suggested(world) == ["list=weekly.shop.example"]

    world.rules.save(Rule("some", "from=news@shop.example", [("tag", "grosse")]))
    assert suggested(world) == []


def test_two_lists_of_one_mailbox_are_both_suggested(world: World) -> None:
    other = [of_shop(is_list=False, sender="bills") for _ in range(6)]
    world.messages.move(world.put([of_list() for _ in range(6)] + other), "Work/Größe")

    assert suggested(world) == ["list=weekly.shop.example in:inbox", "from=bills@shop.example in:inbox"]


@pytest.mark.parametrize("days", [0, -1, 36_601, 10**9])
def test_days_out_of_range_are_refused(world: World, days: int) -> None:
    with pytest.raises(InvalidError, match="1 to 36600 days") as caught:
        world.rules.suggest(days=days)
    assert caught.value.code == "days"
    assert world.rules.suggest(days=36_600) == ()
