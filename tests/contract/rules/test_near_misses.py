"""Near misses in rules: said when a rule is saved where that is certain, else by `analyze`."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import ConflictError, QueryError
from mailhelper_core.model.rules.rule import Rule
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


def test_ready_made_rules_ask_for_categories_that_there_are(world: World) -> None:
    for ready in world.rules.ready_made():
        world.rules.save(ready.rule)

    assert [finding for finding in world.rules.analyze() if finding.kind == "unknown"] == []
