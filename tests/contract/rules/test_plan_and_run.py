"""A plan says exactly what a run does: generated rules on generated mail, on both databases."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.model.criteria import Is
from mailhelper_core.model.extension import ActionType, Condition
from mailhelper_core.model.message import MessageDetail
from mailhelper_core.model.operation import AddTag, RemoveTag
from mailhelper_core.model.rule import Action, Rule
from mailhelper_core.query.write import write
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.query.strategies import criteria, messages, one_test

EXAMPLES = 2_500 if settings.default.max_examples > 100 else 60

LONGER = Condition("longer-than", lambda message, size: len(message.text) > int(str(size)), argument=int)
BROKEN = Condition("broken", lambda message, _: bool(1 / (message.urgency or 0)))
SWAP = ActionType("swap", lambda message, _: [RemoveTag(message.id, "done"), AddTag(message.id, "swapped")])

# What actions change, so that rules see what earlier ones did.
changing = st.sampled_from(
    [
        "in:inbox", "in:archive", "is:unread", "is:flagged", "keyword:todo", "tag:done", "tag:swapped", "tag:*",
        "urgency:3", "importance:1", "in:trash", "longer-than:10", "broken:x", "",
    ]
)  # fmt: skip
plugin_tests = st.sampled_from((Is("longer-than", ":", "10"), Is("broken", ":", "x")))
queries = changing | criteria(one_test() | plugin_tests).map(write)
actions = st.sampled_from(
    [
        Action("tag", "done"), Action("tag", "DONE", color="#3366ff"), Action("tag", "new"), Action("untag", "new"),
        Action("untag", "done"), Action("addflag", r"\Seen todo"), Action("removeflag", "todo"), Action("archive"),
        Action("setflag", r"\Flagged"), Action("fileinto", "Work/Größe"), Action("fileinto", "Made"),
        Action("copy", "Archive"), Action("copy", "INBOX"), Action("discard"), Action("keep"), Action("stop"),
        Action("priority", "high"), Action("priority", importance=1), Action("notify", "look"), Action("swap"),
    ]
)  # fmt: skip
rule_sets = st.lists(
    st.builds(
        lambda when, then, account, otherwise, enabled: (when, then, account, otherwise, enabled),
        queries,
        st.lists(actions, min_size=1, max_size=3),
        st.sampled_from((None, None, None, 1, 2)),
        st.integers(0, 5).map(lambda number: number == 0),
        st.integers(0, 7).map(lambda number: number > 0),
    ),
    min_size=1,
    max_size=5,
)


@given(
    mail=st.lists(messages(), min_size=1, max_size=4),
    rules=rule_sets,
    query=st.none() | queries,
    mode=st.sampled_from(("all", "all", "first")),
    cap=st.sampled_from((100, 100, 1)),
)
@settings(max_examples=EXAMPLES)
def test_a_run_does_what_the_plan_said_once_and_undo_takes_it_back(
    store: Store, clock: Clock, mail: list[MessageDetail], rules: list[object], query: str | None, mode: str, cap: int
) -> None:
    world: World = World(store).open().with_plugin(LONGER, BROKEN, SWAP)  # type: ignore[attr-defined]
    world.settings = type(world.settings)(destructive_cap=cap)
    world.put(mail)
    for number, (when, then, account, otherwise, enabled) in enumerate(rules):  # type: ignore[misc]
        account_id = world.accounts[account] if account else None
        rule = Rule(f"rule {number}", when, then, account_id=account_id, otherwise=otherwise, enabled=enabled)
        world.rules.save(rule)
    world.rules.set_mode(mode)
    before = world.state()

    plan = world.rules.plan(query)
    assert world.state() == before
    run = world.rules.run(query=query)

    assert (run.messages, run.hits, run.operations) == (plan.messages, len(plan.hits), len(plan.operations))
    assert (run.capped, run.errors) == (plan.capped, plan.errors)
    assert tuple(reversed(done(world))) == plan.hits
    if run.change is None:
        assert not plan.hits
        return
    assert tuple(entry.operation for entry in world.change(run.change)) == plan.operations
    if not plan.capped:
        assert world.rules.run(query=query).hits == 0

    report = world.undo.undo(run.change)

    assert report.left == 0
    assert world.state() == before


def done(world: World) -> list[object]:
    hits = world.rules.hits(limit=1000)
    return [type(hit)(hit.rule_id, hit.rule, hit.revision, hit.message_id, hit.trace, hit.operations) for hit in hits]
