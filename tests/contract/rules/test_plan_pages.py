"""A plan over much mail is answered in pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.accounts.owner_settings import OwnerSettingsService
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.settings import Settings
from tests.contract.rules.compared import in_pages
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

TAG = Rule("tag", "subject:offer", [("tag", "offers")])
OUT = Rule("out", "subject:offer", ["discard"])


@pytest.fixture
def small(world: World) -> World:
    """An owner with seven offers, at most three out of sight a run."""
    world.put([mail("offer") for _ in range(7)])
    return replace(world, settings=Settings(destructive_cap=3))


@pytest.mark.parametrize("query", ["", None])
def test_pages_hold_the_whole_plan_and_end(small: World, query: str | None) -> None:
    small.rules.save(TAG)

    pages = in_pages(small, query, limit=3)

    assert [len(page.hits) for page in pages] == [3, 3, 1]
    assert [hit.message_id for page in pages for hit in page.hits] == [
        hit.message_id for hit in small.rules.plan(query).hits
    ]


def test_a_plan_that_one_page_holds_has_no_next(small: World) -> None:
    small.rules.save(TAG)

    assert small.rules.plan("", limit=7).next is None
    assert small.rules.plan("subject:nothing", limit=1).next is None


def test_the_cap_counts_over_all_pages(small: World) -> None:
    small.rules.save(OUT)

    pages = in_pages(small, "", limit=1)

    assert sum(len(page.hits) for page in pages) == 3
    assert sum(page.capped for page in pages) == 4


def test_a_cursor_belongs_to_its_query_and_to_the_rules_as_they_were(small: World) -> None:
    small.rules.save(TAG)
    after = small.rules.plan("", limit=1).next
    assert after

    with pytest.raises(InvalidError, match="another query"):
        small.rules.plan("subject:offer", after=after)
    small.rules.save(replace(TAG, then=[("tag", "other")]))
    with pytest.raises(InvalidError, match="changed since"):
        small.rules.plan("", after=after)


@pytest.mark.parametrize(
    "changed",
    [{"otherwise": True}, {"delay": "30d"}, {"propose": True}, {"enabled": False}, {"account_id": 1}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_cursor_belongs_to_all_that_a_rule_says(small: World, changed: dict[str, object]) -> None:
    small.rules.save(TAG)
    after = small.rules.plan("", limit=1).next
    assert after

    if "account_id" in changed:
        changed = {"account_id": min(small.accounts.values())}
    small.rules.save(replace(TAG, **changed))
    with pytest.raises(InvalidError, match="changed since") as caught:
        small.rules.plan("", limit=1, after=after)
    assert caught.value.code == "cursor"


def test_a_cursor_belongs_to_the_mode_the_mailboxes_the_cap_and_the_time_zone(small: World) -> None:
    small.rules.save(Rule("file", "subject:offer", [("fileinto", "Archive")]))
    after = small.rules.plan("", limit=1).next
    assert small.rules.plan("", limit=1, after=after).hits

    with pytest.raises(InvalidError, match="changed since"):
        replace(small, settings=Settings(destructive_cap=4)).rules.plan("", after=after)
    small.rules.set_mode("first")
    with pytest.raises(InvalidError, match="changed since"):
        small.rules.plan("", after=after)
    small.rules.set_mode("all")
    OwnerSettingsService(small.owner).update(time_zone="Pacific/Auckland")
    with pytest.raises(InvalidError, match="changed since"):
        small.rules.plan("", after=after)
    OwnerSettingsService(small.owner).update(time_zone="UTC")
    assert small.rules.plan("", limit=1, after=after).hits
    small.lose_mailbox("Archive")
    with pytest.raises(InvalidError, match="changed since"):
        small.rules.plan("", after=after)


def test_a_cursor_holds_while_a_schedule_only_goes_on(small: World) -> None:
    small.rules.save(replace(TAG, schedule="daily 02:00"))
    after = small.rules.plan("", limit=1).next
    small.rules.run_due()

    assert small.rules.plan("", limit=1, after=after).hits


@pytest.mark.parametrize("cursor", ["x", "?", "bm9uc2Vuc2U", "x" * 5_000, "W10"])
def test_a_damaged_cursor_is_refused(small: World, cursor: str) -> None:
    with pytest.raises(InvalidError, match="damaged"):
        small.rules.plan("", after=cursor)


def test_a_page_without_hits_is_refused(small: World) -> None:
    with pytest.raises(InvalidError, match="at least one"):
        small.rules.plan("", limit=0)
