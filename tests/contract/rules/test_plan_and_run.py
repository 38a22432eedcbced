"""A plan says exactly what a run does: random rules on random mail, on both databases."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.settings import Settings
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.compared import compare
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import ACTIONS, BROKEN, LONGER, POOL, SWAP, TESTS, actions, mailboxes, queries

EXAMPLES = 1_000 if settings.default.max_examples > 100 else 25
# The campaign: so many parts of so many sets, other sets on each database. With the 1,000 of Hypothesis on each it is
# 10,000 sets; PostgreSQL takes more than twice as long for one, and the campaigns have an hour.
PARTS = 20
SETS = {"sqlite": 250, "postgresql": 150}
SHAPES = ("{0}", "{0}", "{0} {1}", "({0}) OR ({1})", "-({0} {1})", "({0} OR {1}) -({2})")


def rule(when: str, then: list[object], account: int | None, odds: int) -> Rule:
    """A rule of which half are somehow special."""
    return Rule(
        "",
        when,
        then,
        account_id=account,
        otherwise=odds in (1, 2),
        enabled=odds != 3,
        propose=odds in (4, 5),
        delay="4d" if odds == 6 else "",
        schedule="daily 02:00" if odds == 7 else "",
    )


rules = st.builds(rule, queries, actions, st.sampled_from((None, None, None, 1, 2)), st.integers(0, 11))


def with_rules(store: Store, mail: list[MessageDetail], wanted: list[Rule], *, cap: int, batch: int) -> World:
    limits = Settings(destructive_cap=cap, commit_batch_messages=batch)
    world = World(store, settings=limits).open().with_plugin(LONGER, BROKEN, SWAP)
    world.put(mail)
    for number, one in enumerate(wanted):
        account_id = world.accounts[one.account_id] if one.account_id else None
        world.rules.save(replace(one, name=f"rule {number}", account_id=account_id))
    return world


@given(
    mail=mailboxes,
    wanted=st.lists(rules, min_size=1, max_size=5),
    query=st.none() | queries,
    mode=st.sampled_from(("all", "all", "first")),
    cap=st.sampled_from((100, 100, 1)),
    batch=st.integers(1, 3),
)
@settings(max_examples=EXAMPLES)
def test_a_run_does_what_the_plan_said_once_and_undo_takes_it_back(
    store: Store,
    clock: Clock,
    mail: list[MessageDetail],
    wanted: list[Rule],
    query: str | None,
    mode: RuleMode,
    cap: int,
    batch: int,
) -> None:
    world = with_rules(store, mail, wanted, cap=cap, batch=batch)
    world.rules.set_mode(mode)
    before = world.state()

    run = compare(world, query)
    again = compare(world, query, run.hits)

    pairs = [(hit.rule, hit.message_id) for hit in world.rules.hits(limit=1000)]
    assert len(pairs) == len(set(pairs))
    for change in (again.change, run.change):
        if change is not None:
            assert world.undo.undo(change).left == 0
    assert world.state() == before


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))
def test_thousands_of_sets_of_rules_do_what_their_plans_said(store: Store, clock: Clock, part: int) -> None:
    dialect = store.engine.dialect.name
    for number in range(SETS[dialect]):
        seed = f"{dialect}/{part}/{number}"
        try:
            _one_set(store, clock, Random(seed))
        except AssertionError as exc:
            raise AssertionError(f"seed {seed}: {exc}") from exc


def _one_set(store: Store, clock: Clock, random: Random) -> None:
    """Two runs, with time and new mail between them, and the undo of both."""
    clock.now = NOW
    mail = [random.choice(POOL) for _ in range(random.randint(1, 8))]
    wanted = [
        rule(
            _query(random),
            [random.choice(ACTIONS) for _ in range(random.randint(1, 3))],
            random.choice((None, None, None, 1, 2)),
            random.randint(0, 11),
        )
        for _ in range(random.randint(1, 8))
    ]
    world = with_rules(store, mail, wanted, cap=random.choice((100, 100, 2)), batch=random.randint(1, 4))
    world.rules.set_mode(random.choice(("all", "all", "first")))
    before = world.state()
    query = random.choice((None, None, _query(random)))

    first = compare(world, query)
    clock.pass_time(days=5)
    second = compare(world, query, first.hits, paged=False)

    for change in (second.change, first.change):
        if change is not None:
            assert world.undo.undo(change).left == 0
    assert world.state() == before
    compare(world, None, first.hits + second.hits, paged=False)


def _query(random: Random) -> str:
    tests = [random.choice(TESTS[1:]) for _ in range(3)]
    return random.choice(("", *SHAPES)).format(*tests)
