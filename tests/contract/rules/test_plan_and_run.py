"""A plan says exactly what a run does: generated rules on generated mail, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.model.message import MessageDetail
from mailhelper_core.model.operation import MoveMessage, Operation
from mailhelper_core.model.rule import Rule, RuleHit, RuleMode
from mailhelper_core.settings import Settings
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.rules.generated import BROKEN, LONGER, SWAP, actions, mailboxes, queries

EXAMPLES = 2_500 if settings.default.max_examples > 100 else 40

rules = st.builds(
    lambda when, then, account, odds: Rule(
        "",
        when,
        then,
        account_id=account,
        otherwise=odds in (1, 2),
        enabled=odds != 3,
        propose=odds == 4,
        delay="4d" if odds == 5 else "",
    ),
    queries,
    actions,
    st.sampled_from((None, None, None, 1, 2)),
    st.integers(0, 9),
)


def with_rules(store: Store, mail: list[MessageDetail], wanted: list[Rule], *, cap: int = 100) -> World:
    world = World(store, settings=Settings(destructive_cap=cap)).open().with_plugin(LONGER, BROKEN, SWAP)
    world.put(mail)
    for number, rule in enumerate(wanted):
        account_id = world.accounts[rule.account_id] if rule.account_id else None
        world.rules.save(replace(rule, name=f"rule {number}", account_id=account_id))
    return world


def said(hits: Iterable[RuleHit]) -> list[RuleHit]:
    """Hits as both a plan and a run say them: a mailbox that the run makes has no id when it is planned."""
    return [replace(hit, at=None, operations=tuple(map(without_source, hit.operations))) for hit in hits]


def proposing(hits: Iterable[RuleHit]) -> list[str]:
    """The rules that ask, in the order in which they first did."""
    return list(dict.fromkeys(hit.rule for hit in hits if hit.proposed))


def without_source(operation: Operation) -> Operation:
    return replace(operation, source_id=0) if isinstance(operation, MoveMessage) else operation


@given(
    mail=mailboxes,
    wanted=st.lists(rules, min_size=1, max_size=5),
    query=st.none() | queries,
    mode=st.sampled_from(("all", "all", "first")),
    cap=st.sampled_from((100, 100, 1)),
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
) -> None:
    world = with_rules(store, mail, wanted, cap=cap)
    world.rules.set_mode(mode)
    before = world.state()

    plan = world.rules.plan(query)
    after_plan = world.state()
    run = world.rules.run(query=query)

    assert after_plan == before
    assert (run.messages, run.hits, run.operations) == (plan.messages, len(plan.hits), len(plan.operations))
    assert (run.capped, {note.where for note in run.errors}) == (plan.capped, {note.where for note in plan.errors})
    done = world.rules.hits(limit=1000)[::-1]
    assert said(done) == said(plan.hits)
    proposals = [entry.operation for change_id in run.proposed for entry in world.change(change_id)]
    assert proposals == [
        one for name in proposing(plan.hits) for hit in done if hit.rule == name for one in hit.operations
    ]
    if run.change is None:
        assert all(hit.proposed for hit in plan.hits)
        return
    acted = [one for hit in done if not hit.proposed for one in hit.operations]
    assert acted == [entry.operation for entry in world.change(run.change)]
    again = world.rules.run(query=query)
    pairs = [(hit.rule, hit.message_id) for hit in world.rules.hits(limit=1000)]
    assert len(pairs) == len(set(pairs)) == run.hits + again.hits
    if again.change is not None:
        world.undo.undo(again.change)

    report = world.undo.undo(run.change)

    assert report.left == 0
    assert world.state() == before
