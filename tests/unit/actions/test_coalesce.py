"""Properties of folding: one step has the result that its operations have one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.actions.coalesce import Step, next_step
from mailhelper_core.actions.wanted import Wanted
from mailhelper_core.model.mail.message import Mailbox, Place
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.outbox import OutboxRow

NAMES = ("INBOX", "Archive", "Finance", "Trash")
WHERE = Directory.of([Mailbox(n, 1, name, "/", "trash" if name == "Trash" else "") for n, name in enumerate(NAMES, 1)])
KEYWORDS = ("\\Seen", "$a", "$b")

keyword = st.sampled_from(KEYWORDS)
operations: st.SearchStrategy[Operation] = st.one_of(
    st.builds(AddKeyword, st.just(1), keyword, st.sampled_from((0, 0, 1))),
    st.builds(RemoveKeyword, st.just(1), keyword, st.sampled_from((0, 0, 1))),
    st.builds(MoveMessage, st.just(1), st.sampled_from(NAMES), source_id=st.integers(0, 4)),
    st.builds(CopyMessage, st.just(1), st.sampled_from(NAMES)),
)
rows = st.lists(
    st.tuples(operations, st.sampled_from(("owner", "rule")), st.sampled_from(({}, {1: 5}, {1: 6})), st.booleans()),
    min_size=1,
    max_size=8,
).map(
    lambda found: [
        OutboxRow(n, 1, 1, operation, decided_by=by, decided_on=on, intent={"uid_next": 1} if begun else {})
        for n, (operation, by, on, begun) in enumerate(found, 1)
    ]
)
places = st.lists(
    st.tuples(st.sampled_from(NAMES), st.frozensets(keyword)), min_size=1, max_size=3, unique_by=lambda pair: pair[0]
).map(lambda found: tuple(Place(NAMES.index(name) + 1, name, "", keywords, 1) for name, keywords in found))


def shown(view: View) -> object:
    return sorted((place.mailbox, sorted(place.keywords)) for place in view.places)


def in_order(view: View, some: list[Operation]) -> View:
    for operation in some:
        view = apply(view, operation, WHERE) or view
    return view


def by_step(view: View, step: Step) -> View:
    if not isinstance(step.operation, AddKeyword | RemoveKeyword):
        return apply(view, step.operation, WHERE) or view
    spoken = [place for place in view.places if step.operation.mailbox_id in (0, place.mailbox_id)]
    changed = [
        replace(place, keywords=(place.keywords | step.add) - step.remove) if place in spoken else place
        for place in view.places
    ]
    return replace(view, places=tuple(changed))


@given(rows, places)
def test_step_does_what_its_operations_do_one_after_the_other(
    waiting: list[OutboxRow], found: tuple[Place, ...]
) -> None:
    view = View(found)

    step = next_step(waiting, WHERE, places=len(found))

    assert shown(by_step(view, step)) == shown(in_order(view, [row.operation for row in step.rows]))


@given(rows, places)
def test_parts_of_keywords_do_what_the_whole_does(waiting: list[OutboxRow], found: tuple[Place, ...]) -> None:
    step = next_step(waiting, WHERE, places=len(found))
    whole = Wanted(step, Located(1, "INBOX", "", frozenset(), 1))
    view = View(found)

    parts = [part.step for part in whole.halves()]

    assert len(parts) == (2 if len(step.add | step.remove) > 1 else 0)
    if parts:
        assert sorted(id_ for part in parts for id_ in part.ids) == list(step.ids)
        assert shown(by_step(by_step(view, parts[0]), parts[1])) == shown(by_step(view, step))


@given(rows, places)
def test_steps_take_the_rows_in_their_order_and_leave_none(waiting: list[OutboxRow], found: tuple[Place, ...]) -> None:
    left, taken = list(waiting), []

    while left:
        step = next_step(left, WHERE, places=len(found))
        assert step.rows
        taken += step.rows
        left = left[len(step.rows) :]

    assert taken == waiting


@given(rows, places)
def test_owner_and_rule_are_never_folded_together(waiting: list[OutboxRow], found: tuple[Place, ...]) -> None:
    step = next_step(waiting, WHERE, places=len(found))

    if isinstance(step.operation, AddKeyword | RemoveKeyword):
        assert len({row.decided_by for row in step.rows}) == 1
        assert step.rows[0].decided_by == "owner" or all(row.decided_on == step.rows[0].decided_on for row in step.rows)


def test_keyword_set_and_taken_back_becomes_one_removal() -> None:
    waiting = [OutboxRow(1, 1, 1, AddKeyword(1, "$a")), OutboxRow(2, 1, 1, RemoveKeyword(1, "$a"))]

    step = next_step(waiting, WHERE, places=2)

    assert (step.add, step.remove, step.ids) == (frozenset(), {"$a"}, (1, 2))


def test_move_and_back_becomes_a_move_to_where_it_is() -> None:
    there, back = MoveMessage(1, "Finance", source_id=1), MoveMessage(1, "INBOX", source_id=3)

    step = next_step([OutboxRow(1, 1, 1, there), OutboxRow(2, 1, 1, back)], WHERE, places=1)

    assert (step.operation, step.ids) == (MoveMessage(1, "INBOX", source_id=1), (1, 2))


def test_move_that_was_begun_is_not_folded() -> None:
    there, back = MoveMessage(1, "Finance", source_id=1), MoveMessage(1, "INBOX", source_id=3)

    step = next_step([OutboxRow(1, 1, 1, there, intent={"uid_next": 3}), OutboxRow(2, 1, 1, back)], WHERE, places=1)

    assert step.ids == (1,)


@pytest.mark.parametrize("places", [1, 2])
def test_moves_that_were_begun_as_one_go_on_as_one(places: int) -> None:
    there, back = MoveMessage(1, "Finance", source_id=1), MoveMessage(1, "INBOX", source_id=3)
    begun = [OutboxRow(n, 1, 1, one, intent={"uid_next": 3}) for n, one in ((1, there), (2, back))]

    step = next_step([*begun, OutboxRow(3, 1, 1, MoveMessage(1, "Finance", source_id=1))], WHERE, places=places)

    assert (step.operation, step.ids) == (MoveMessage(1, "INBOX", source_id=1), (1, 2))
