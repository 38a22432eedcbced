"""The slices of a job are one run: one cap, one Change, and what the plan said."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from mailhelper_core import Rule
from mailhelper_core.model.work.report import RuleRun
from mailhelper_core.rules.carried import Carried
from mailhelper_core.rules.opened import Asked
from mailhelper_core.rules.service import runs_of
from mailhelper_core.settings import Settings
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.compared import said
from tests.contract.rules.world import World

MAILS, CAP = 12, 5


@pytest.fixture
def world(store: Store) -> World:
    """An owner with more mail than one run may throw away."""
    world = World(store, settings=Settings(destructive_cap=CAP, commit_batch_messages=2)).open()
    for number in range(MAILS):
        world.mail(f"offer {number}")
    return world


def once() -> Callable[[], bool]:
    """Let a slice end after one batch."""
    calls = count()
    return lambda: next(calls) > 0


def of_what_waits(world: World) -> list[RuleRun]:
    """Rule on what waits in slices of a batch, each with what the one before has carried on."""
    reports: list[RuleRun] = []
    kept = [Carried()]
    while not reports or reports[-1].messages:
        carried = Carried.read(kept[-1].write())
        reports.append(runs_of(world.rules).on(Asked(None, None), carried, cancel=once(), carry=kept.append))
    return reports


def by_the_clock(world: World) -> list[RuleRun]:
    reports, carried = [], Carried()
    while not reports or carried.clock:
        report, carried = runs_of(world.rules).by_clock(Carried.read(carried.write()), cancel=lambda: True)
        reports.append(report)
    return reports


def test_the_cap_holds_for_all_slices_together_and_one_undo_takes_them_back(world: World) -> None:
    world.rules.save(Rule("offers", "subject:offer", ["discard"]))
    before, plan = world.state(), world.rules.plan()

    reports = of_what_waits(world)

    assert (len(plan.hits), plan.capped) == (CAP, MAILS - CAP)
    assert sum(one.hits for one in reports) == CAP
    assert sum(one.capped for one in reports) == MAILS - CAP
    assert said(world.rules.hits(limit=100)[::-1]) == said(plan.hits)
    (change,) = {one.change for one in reports if one.change}
    assert world.undo.undo(change).left == 0
    assert world.state() == before


def test_rules_by_the_clock_share_the_cap_over_slices_and_write_one_change(world: World) -> None:
    world.rules.run()
    world.rules.save(Rule("offers", "subject:offer", ["discard"]))
    world.rules.save(Rule("ask", "subject:offer", [("tag", "asked")], propose=True))
    plan = [world.rules.plan(only=name) for name in ("offers", "ask")]
    for name in ("offers", "ask"):
        world.rules.request(name)

    reports = by_the_clock(world)

    assert [(len(one.hits), one.capped) for one in plan] == [(CAP, MAILS - CAP), (MAILS, 0)]
    assert len(reports) > 2
    done = [one for one in world.rules.hits("offers", limit=100) if not one.proposed]
    assert len(done) == CAP
    assert len({one.change for one in reports if one.change}) == 1
    assert len(world.rules.proposed()) == 1
    assert world.rules.run().hits == 0


def test_what_the_cap_holds_is_counted_once_in_a_job_of_both_kinds(world: World) -> None:
    world.rules.save(Rule("offers", "subject:offer", ["discard"]))
    world.rules.request("offers")

    first, carried = runs_of(world.rules).by_clock()
    second = runs_of(world.rules).on(Asked(None, None), carried)

    assert [(one.hits, one.capped) for one in (first, second)] == [(CAP, MAILS - CAP), (0, 0)]


def test_what_was_undone_between_two_slices_gets_no_more(world: World) -> None:
    world.rules.save(Rule("offers", "subject:offer", ["discard"]))
    kept: list[Carried] = []
    first = runs_of(world.rules).on(Asked(None, None), cancel=once(), carry=kept.append)
    assert first.change is not None
    world.undo.undo(first.change)

    second = runs_of(world.rules).on(Asked(None, None), kept[-1], cancel=once())

    assert second.change not in (None, first.change)
    assert world.change(first.change).state == "undone"


@pytest.mark.parametrize("cursor", ["", "{}", "[1]", '[["x"],[1,2]]', "[[1,2],[3,4]]", "[1,2,3,4,5]", "nonsense"])
def test_a_cursor_of_another_version_begins_anew(cursor: str) -> None:
    assert Carried.read(cursor) == Carried()
