"""Two mails of one header in one second: a delivery that looks for its copy never takes the other for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Bye, Call, Fault, Interrupt
from tests.contract.delivery.conftest import World
from tests.contract.delivery.twins import (
    assert_places_are_true,
    box,
    carry_out,
    cut,
    held,
    id_of,
    ids,
    in_all_shapes,
    nameless,
    put,
    server_of,
    sizes,
    twin,
    untold,
)  # fmt: skip


@in_all_shapes
@sizes
@ids
@pytest.mark.parametrize("synced", [False, True], ids=["unseen", "seen by a sync"])
@pytest.mark.parametrize("action", [Bye(), Interrupt(at="tag")], ids=["never done", "answer lost"])
def test_a_twin_moved_by_another_client_is_not_our_copy(
    bundled: World, bodies: tuple[str, str], message_id: str, *, synced: bool, action: Bye | Interrupt
) -> None:
    ours, other = (twin(body, message_id) for body in bodies)
    put(bundled, ours, other)
    box(bundled, "Finance")
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, ours), "Finance"))

    cut(bundled, action)
    inbox = box(bundled, "INBOX")
    inbox.move([mail.uid for mail in inbox.messages if mail.raw == other], box(bundled, "Finance"))
    carry_out(bundled, synced=synced)

    assert held(bundled) == {"Finance": sorted([ours, other])}
    assert bundled.states(change) == ["delivered"]
    assert_places_are_true(bundled)
    assert bundled.deliver().commands == 0


@in_all_shapes
@ids
@pytest.mark.parametrize("operation", [MoveMessage, CopyMessage])
def test_a_twin_that_arrives_in_the_target_is_not_our_copy(
    bundled: World, message_id: str, operation: type[MoveMessage | CopyMessage]
) -> None:
    """No sync has seen it, so the store knows of no twin."""
    ours, other = twin("one", message_id), twin("two", message_id)
    put(bundled, ours)
    box(bundled, "Finance")
    bundled.sync()
    change = bundled.decide(operation(id_of(bundled, ours), "Finance"))

    cut(bundled, Bye())
    put(bundled, other, mailbox="Finance")
    bundled.pass_time(hours=2)
    bundled.deliver()

    rest = {"INBOX": [ours]} if operation is CopyMessage else {}
    assert held(bundled) == {"Finance": sorted([ours, other])} | rest
    assert bundled.states(change) == ["delivered"]


@in_all_shapes
@sizes
@ids
def test_twins_that_move_together_keep_their_places(bundled: World, bodies: tuple[str, str], message_id: str) -> None:
    first, second = (twin(body, message_id) for body in bodies)
    put(bundled, first, second)
    bundled.sync()
    bundled.decide(MoveMessage(id_of(bundled, second), "Finance"), MoveMessage(id_of(bundled, first), "Finance"))

    assert bundled.deliver().delivered == 2

    assert_places_are_true(bundled)
    assert bundled.sync().body_bytes == 0
    assert_places_are_true(bundled)


@untold
@sizes
@ids
def test_undo_of_a_copy_never_removes_a_twin(bundled: World, bodies: tuple[str, str], message_id: str) -> None:
    ours, other = (twin(body, message_id) for body in bodies)
    put(bundled, ours)
    box(bundled, "Finance")
    bundled.sync()
    server_of(bundled).faults.add(Fault("UID COPY", Call(lambda: put(bundled, other, mailbox="Finance"))))
    change = bundled.decide(CopyMessage(id_of(bundled, ours), "Finance"))
    bundled.deliver()
    assert held(bundled)["Finance"] == sorted([ours, other])

    UndoService(bundled.owner).undo(change)
    bundled.deliver()

    assert held(bundled) == {"INBOX": [ours], "Finance": [other]}


@in_all_shapes
def test_undo_of_a_copy_leaves_another_mail_under_its_uid(bundled: World) -> None:
    """A place may be wrong whoever linked it: only what is the same to the last octet is removed for good."""
    ours, other = twin("one"), twin("two")
    put(bundled, ours)
    bundled.sync()
    change = bundled.decide(CopyMessage(id_of(bundled, ours), "Finance"))
    bundled.deliver()
    [copy] = box(bundled, "Finance").messages
    put(bundled, other, mailbox="Finance")
    box(bundled, "Finance").expunge([copy.uid])
    p = t.placements.c
    with bundled.owner.begin() as uow:
        uow.execute(t.placements.update().where(p.uid == copy.uid, p.mailbox_id != 1).values(uid=copy.uid + 1))

    undone = UndoService(bundled.owner).undo(change)
    report = bundled.deliver()

    assert undone.undone == 1
    assert held(bundled) == {"INBOX": [ours], "Finance": [other]}
    assert [note.code for note in report.errors] == ["unsure"]
    assert report.conflicted == 1


@nameless
@pytest.mark.parametrize("action", [Bye(), Interrupt(at="tag")], ids=["never done", "answer lost"])
def test_what_has_no_digest_is_never_removed_for_a_copy(bundled: World, action: Bye | Interrupt) -> None:
    """Only its header is stored, so nothing proves that the copy is one."""
    bundled.account = replace(bundled.account, policy=replace(bundled.account.policy, size_cap_bytes=10))
    ours, other = twin("one"), twin("two")
    put(bundled, ours)
    box(bundled, "Finance")
    bundled.sync()
    with bundled.owner.read() as uow:
        [id_] = uow.connection.scalars(select(t.messages.c.id))
    change = bundled.decide(MoveMessage(id_, "Finance"))

    cut(bundled, action)
    put(bundled, other, mailbox="Finance")
    bundled.pass_time(hours=2)
    bundled.deliver()

    is_moved = ours not in held(bundled).get("INBOX", [])  # by the one command that was cut
    states = [(entry.state, entry.error_code) for entry in bundled.change(change.id)]
    assert states == [("waiting", "gone") if is_moved else ("conflicted", "unsure")]
    carry_out(bundled, synced=True)
    assert {ours, other} == {raw for raws in held(bundled).values() for raw in raws}
    assert len(held(bundled)["Finance"]) == (1 if isinstance(action, Bye) else 2)
    # Where it has moved, a sync cannot tell the two apart either, and takes both for new.
    states = [(entry.state, entry.error_code) for entry in bundled.change(change.id)]
    assert states == [("conflicted", "gone" if is_moved else "unsure")]
    assert bundled.deliver().commands == 0
