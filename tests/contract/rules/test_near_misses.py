"""Near misses in rules: said when a rule is saved where that is certain, else by `analyze`."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from mailhelper_core.errors import ConflictError, QueryError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store import tables as t
from tests.contract.rules.world import World


def test_a_rule_for_a_misspelt_category_is_not_saved(world: World) -> None:
    with pytest.raises(QueryError) as caught:
        world.rules.save(Rule("bills", "in:inbox category:finanse", ["archive"]))

    assert (caught.value.position, caught.value.hint.split("?")[0]) == (18, "did you mean 'finance'")
    assert world.rules.list() == ()


def test_a_category_that_nothing_gives_is_found(world: World) -> None:
    world.mail("a", category="vip")
    world.rules.save(Rule("typo", "category=finanse", [("tag", "x")]))
    world.rules.save(Rule("other", "from:bob OR category:weather", [("tag", "y")]))
    world.rules.save(Rule("own", "category:VIP category:fin*", [("tag", "z")]))
    world.rules.save(Rule("off", "category:weather", [("tag", "z")], enabled=False))

    found = {finding.rule: finding.message for finding in world.rules.analyze() if finding.kind == "unknown"}

    assert set(found) == {"typo", "other"}
    assert found["typo"] == "nothing gives the category 'finanse', and no mail has it; did you mean finance?"
    with pytest.raises(ConflictError) as caught:
        world.rules.save(Rule("strict", "category:weather", ["keep"]), strict=True)
    assert caught.value.code == "rule_unknown"


def test_a_mailbox_that_no_account_has_is_found(world: World) -> None:
    rules = {
        "typo": ("in:Archiv is:read", ("tag", "x")),
        "gone": ("in:inbox OR in=Old", ("tag", "x")),
        "there": ("in:work/größe -in:trash in:all", ("fileinto", "New")),
        "coming": ("in:new", ("tag", "x")),
        "begins": ("in:wor*", ("tag", "x")),
    }
    for name, (when, then) in rules.items():
        world.rules.save(Rule(name, when, [then]))

    found = {finding.rule: finding.message for finding in world.rules.analyze() if finding.kind == "unknown"}

    assert found == {
        "typo": "no account has the mailbox 'Archiv' now; did you mean Archive?",
        "gone": "no account has the mailbox 'Old' now",
    }


def test_a_mailbox_of_another_account_is_none_for_a_rule_of_one(world: World) -> None:
    world.lose_mailbox("Work/Größe")
    world.rules.save(Rule("lost", "in:Work/Größe", ["keep"], account_id=world.accounts[1]))

    assert [finding.kind for finding in world.rules.analyze()] == ["unknown"]


def test_before_the_first_sync_nothing_is_said_of_mailboxes(world: World) -> None:
    with world.owner.begin() as uow:
        uow.execute(delete(t.mailboxes).where(t.mailboxes.c.account_id.in_(world.accounts.values())))
    world.rules.save(Rule("early", "in:Bills", ["keep"]))

    assert world.rules.analyze() == ()


def test_ready_made_rules_ask_for_categories_that_there_are(world: World) -> None:
    for ready in world.rules.ready_made():
        world.rules.save(ready.rule)

    assert [finding for finding in world.rules.analyze() if finding.kind == "unknown"] == []


def test_a_tag_that_is_not_there_and_that_no_rule_makes_is_found(world: World) -> None:
    world.tags.create("Bills")
    rules = {
        "typo": ("tag:Bils is:read", "archive"),
        "gone": ("in:inbox OR -tag=Old", "archive"),
        "there": ("tag:bills tag:bi* -tag:*", "archive"),
        "coming": ("tag:NEW", "archive"),
        "makes": ("in:inbox", ("tag", "New color=#112233")),
        "waits": ("suggested:Later", "archive"),
    }
    for name, (when, then) in rules.items():
        world.rules.save(Rule(name, when, [then]))

    found = {finding.rule: finding.message for finding in world.rules.analyze() if finding.kind == "unknown"}

    assert found == {"typo": "there is no tag 'Bils'; did you mean Bills?", "gone": "there is no tag 'Old'"}
    with pytest.raises(ConflictError) as caught:
        world.rules.save(Rule("strict", "tag:none", ["keep"]), strict=True)
    assert caught.value.code == "rule_unknown"
