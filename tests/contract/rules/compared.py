"""What a plan says beside what a run does: hits, traces, operations, proposals, errors, and the mail afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.rules.rule import Plan, RuleHit
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.model.work.report import RuleRun
from mailhelper_core.store.work import shown
from tests.contract.rules.world import World

Looks = dict[int, tuple[object, ...]]


def said(hits: Iterable[RuleHit]) -> list[RuleHit]:
    """Hits as both a plan and a run say them: a mailbox that the run makes has no id when it is planned."""
    return [replace(hit, at=None, operations=tuple(map(without_place, hit.operations))) for hit in hits]


def without_place(operation: Operation) -> Operation:
    if isinstance(operation, AddKeyword | RemoveKeyword):
        return replace(operation, mailbox_id=0, mailbox="")
    return replace(operation, source_id=0, source="") if isinstance(operation, MoveMessage) else operation


def compare(world: World, query: str | None, before: int = 0, *, paged: bool = True) -> RuleRun:
    """Plan, in pages too, run, and assert that they are the same; `before` hits are older. Answer the run."""
    state = world.state()
    plan = world.rules.plan(query)
    assert world.state() == state
    if paged:
        pages = in_pages(world, query, limit=2)
        assert [hit for page in pages for hit in page.hits] == list(plan.hits)
        assert sum(page.messages for page in pages) == plan.messages
        assert sum(page.capped for page in pages) == plan.capped
    looks = expected(world, plan)

    run = world.rules.run(query=query)

    assert (run.messages, run.hits, run.operations) == (plan.messages, len(plan.hits), len(plan.operations))
    assert run.capped == plan.capped
    assert {note.where for note in run.errors} == {note.where for note in plan.errors}
    done = world.rules.hits(limit=1000)[::-1][before:]
    assert said(done) == said(plan.hits)
    assert actual(world) == looks
    entries = {change_id: world.change(change_id) for change_id in {run.change, *run.proposed} - {None}}
    by_change: dict[int | None, list[Operation]] = defaultdict(list)
    rules = list(dict.fromkeys(hit.rule_id for hit in done if hit.proposed))
    asked = dict(zip(rules, run.proposed, strict=True))
    for hit in done:
        by_change[asked[hit.rule_id] if hit.proposed else run.change] += hit.operations
    assert {id_: [entry.operation for entry in change] for id_, change in entries.items()} == by_change
    return run


def in_pages(world: World, query: str | None, *, limit: int) -> list[Plan]:
    """The pages of a plan."""
    pages = [world.rules.plan(query, limit=limit)]
    while pages[-1].next:
        pages.append(world.rules.plan(query, limit=limit, after=pages[-1].next))
    return pages


def expected(world: World, plan: Plan) -> Looks:
    """The owner's mail as it is now, with what the plan says applied."""
    with world.owner.read() as uow:
        views = {one.id: View(one.places, one.tags, one.urgency, one.importance) for one in every(world)}
        places = {one.id: shown.directory(uow, one.account_id) for one in every(world)}
    for hit in plan.hits:
        for operation in () if hit.proposed else hit.operations:
            after = apply(views[hit.message_id], operation, places[hit.message_id])
            assert after is not None, "a plan names what changes nothing"
            views[hit.message_id] = after
    return {id_: look(view) for id_, view in views.items()}


def actual(world: World) -> Looks:
    return {one.id: look(View(one.places, one.tags, one.urgency, one.importance)) for one in every(world)}


def every(world: World) -> tuple[Message, ...]:
    return tuple(world.search.search("", limit=1000))


def look(view: View) -> tuple[object, ...]:
    """The parts of a message that operations change, without the numbers that the store gives."""
    places = sorted((place.mailbox, place.role, sorted(place.keywords)) for place in view.places)
    return places, sorted(tag.name.casefold() for tag in view.tags), view.urgency, view.importance
