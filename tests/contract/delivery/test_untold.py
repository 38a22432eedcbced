"""What a server lists and tells nothing of is neither gone nor done: nothing is dropped or removed for it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mailhelper_core.accounts.foreign import Caller, foreign_session
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.work.operation import AddKeyword, Change, CopyMessage, MoveMessage
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Answer, Bye, Fault, Interrupt, MissingItem, MissingMessage
from tests.contract.delivery.conftest import World
from tests.contract.delivery.twins import (
    assert_places_are_true,
    box,
    carry_out,
    cut,
    held,
    id_of,
    put,
    server_of,
    shapes,
    twin,
)

OURS, OTHER = twin("one", "<one@example.org>"), twin("another", "<two@example.org>")
STRANGE = twin("strange", "<three@example.org>")
NO_FLAGS = MissingItem("FLAGS")


def tell_no_flags(world: World, *commands: str) -> None:
    server_of(world).faults.add(*(Fault(command, NO_FLAGS, times=None) for command in ("UID FETCH", *commands)))


def claim_done(world: World, *commands: str) -> None:
    """Let the server say OK to commands, and do nothing."""
    server_of(world).faults.add(*(Fault(command, Answer("OK", "Done"), times=None) for command in commands))


def codes_of_three_tries(world: World, change: Change) -> list[tuple[str, str]]:
    found = []
    for _ in range(3):
        world.deliver()
        [entry] = world.change(change.id)
        found.append((entry.state, entry.error_code))
        world.pass_time(hours=24)
    return found


def ends_as(code: str) -> list[tuple[str, str]]:
    return [("waiting", code), ("waiting", code), ("conflicted", code)]


def undone_copy(world: World) -> Change:
    """Copy OURS into Finance, under another uid than it has in the inbox, and answer the change that undoes it."""
    put(world, OTHER, mailbox="Finance")
    put(world, OURS)
    world.sync()
    change = world.decide(CopyMessage(id_of(world, OURS), "Finance"))
    world.deliver()
    world.sync()
    UndoService(world.owner).undo(change)
    with world.owner.read() as uow:
        return world.change(uow.connection.scalar(select(func.max(t.changes.c.id))))


BOTH = {"INBOX": [OURS], "Finance": sorted([OURS, OTHER])}


@shapes("all", "no-condstore")
def test_a_keyword_at_a_place_that_is_untold_is_tried_three_times(bundled: World) -> None:
    put(bundled, OURS)
    bundled.sync()
    change = bundled.decide(AddKeyword(id_of(bundled, OURS), FLAGGED))
    tell_no_flags(bundled, "UID STORE")

    assert codes_of_three_tries(bundled, change) == ends_as("untold")
    assert_places_are_true(bundled)


@shapes("no-uidplus")
def test_a_move_whose_source_is_untold_is_tried_three_times(bundled: World) -> None:
    put(bundled, OURS)
    box(bundled, "Finance")
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))
    claim_done(bundled, "UID MOVE")
    tell_no_flags(bundled)

    assert codes_of_three_tries(bundled, change) == ends_as("untold")
    assert held(bundled) == {"INBOX": [OURS]}
    assert_places_are_true(bundled)


@shapes("no-uidplus")
def test_a_move_whose_copy_is_untold_is_neither_sent_again_nor_given_up(bundled: World) -> None:
    put(bundled, OTHER, mailbox="Finance")
    put(bundled, OURS)
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))
    cut(bundled, Interrupt(at="tag"))
    bundled.pass_time(hours=2)
    server_of(bundled).faults.add(Fault("UID FETCH", MissingMessage(2), times=None))

    bundled.deliver()

    [entry] = bundled.change(change.id)
    assert (entry.state, entry.error_code) == ("waiting", "untold")
    server_of(bundled).faults.clear()
    carry_out(bundled, synced=True)
    assert held(bundled) == {"Finance": sorted([OURS, OTHER])}
    assert bundled.states(change) == ["delivered"]


@shapes("no-uidplus")
def test_a_begun_move_waits_while_another_mail_in_its_target_is_untold(bundled: World) -> None:
    """Its source is told, so it loses nothing by waiting: the other mail may have nothing to do with it."""
    put(bundled, OTHER, mailbox="Finance")
    put(bundled, OURS)
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))
    cut(bundled, Bye())
    put(bundled, STRANGE, mailbox="Finance")
    server_of(bundled).faults.add(Fault("UID FETCH", MissingMessage(2), times=None))
    bundled.pass_time(hours=2)

    assert codes_of_three_tries(bundled, change) == [("waiting", "untold")] * 3
    server_of(bundled).faults.clear()
    carry_out(bundled, synced=True)
    assert bundled.states(change) == ["delivered"]
    assert held(bundled) == {"Finance": sorted([OURS, OTHER, STRANGE])}
    assert_places_are_true(bundled)


@shapes("bare", "no-move")
def test_a_move_that_was_interrupted_is_finished_though_its_source_is_untold(bundled: World) -> None:
    """It is proven in its target: then it is removed where it was, and not only from the store."""
    put(bundled, OURS)
    box(bundled, "Finance")
    bundled.sync()
    bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))
    cut(bundled, Interrupt(at="tag"))
    bundled.pass_time(hours=2)
    tell_no_flags(bundled)

    bundled.deliver()

    assert held(bundled) == {"Finance": [OURS]}


@shapes("all")
def test_a_copy_of_which_nothing_is_told_is_tried_three_times_and_left(bundled: World) -> None:
    change = undone_copy(bundled)
    server_of(bundled).faults.add(Fault("UID FETCH", MissingMessage(2), times=None))

    assert codes_of_three_tries(bundled, change) == ends_as("untold")
    assert held(bundled) == BOTH
    assert_places_are_true(bundled)
    assert [one["code"] for one in bundled.told("not_delivered")] == ["untold"]


@shapes("all")
def test_a_removal_of_which_nothing_is_told_afterwards_is_not_done(bundled: World) -> None:
    change = undone_copy(bundled)
    claim_done(bundled, "UID EXPUNGE")
    tell_no_flags(bundled)

    assert codes_of_three_tries(bundled, change) == ends_as("untold")
    assert held(bundled) == BOTH
    assert_places_are_true(bundled)


@shapes("all")
def test_a_copy_whose_original_is_untold_stays(bundled: World) -> None:
    change = undone_copy(bundled)
    server_of(bundled).faults.add(Fault("UID FETCH", MissingMessage(1), times=None))

    assert codes_of_three_tries(bundled, change) == ends_as("untold")
    assert held(bundled) == BOTH


@shapes("all", "bare")
def test_a_copy_stays_where_another_client_has_removed_the_original(bundled: World) -> None:
    """The store does not know it yet; what it takes for a copy is the last there is."""
    change = undone_copy(bundled)
    box(bundled, "INBOX").expunge([1])

    bundled.deliver()
    waiting = bundled.change(change.id).entries[0]
    bundled.pass_time(hours=1)
    carry_out(bundled, synced=True)

    assert held(bundled) == {"Finance": sorted([OURS, OTHER])}
    assert (waiting.state, waiting.error_code) == ("waiting", "gone")
    assert bundled.change(change.id).entries[0].error_code == "last_place"


@shapes("all")
def test_a_copy_goes_once_a_sync_has_found_where_the_original_is_now(bundled: World) -> None:
    change = undone_copy(bundled)
    with bundled.other_client() as session:
        session.create("Work")
        session.move(session.uids(), "Work")

    bundled.deliver()
    bundled.pass_time(hours=1)
    carry_out(bundled, synced=True)

    assert held(bundled) == {"Work": [OURS], "Finance": [OTHER]}
    assert bundled.states(change) == ["delivered"]


@shapes("all")
def test_a_copy_stays_where_another_mail_lies_in_the_place_of_the_original(bundled: World) -> None:
    change = undone_copy(bundled)
    box(bundled, "INBOX").expunge([1])
    put(bundled, twin("two", "<one@example.org>"))
    p = t.placements.c
    with bundled.owner.begin() as uow:
        uow.execute(t.placements.update().where(p.uid == 1, p.message_id == id_of(bundled, OURS)).values(uid=2))

    bundled.deliver()

    assert OURS in held(bundled)["Finance"]
    assert bundled.change(change.id).entries[0].error_code == "unsure"


@pytest.mark.parametrize("of_plugin", [False, True])
@shapes("bare", "no-move")
def test_a_move_removes_nothing_that_was_not_seen_to_be_copied(
    bundled: World, of_plugin: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without MOVE the server said OK to COPY, and did nothing."""
    if of_plugin:
        caller = Caller(Dispatcher(), "acme", "shop")
        monkeypatch.setattr(World, "open", lambda self, _: foreign_session(connect_imap(self.endpoint), caller))
    put(bundled, OURS)
    box(bundled, "Finance")
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))
    claim_done(bundled, "UID COPY")

    assert codes_of_three_tries(bundled, change) == ends_as("unconfirmed")
    assert held(bundled) == {"INBOX": [OURS]}
    assert_places_are_true(bundled)


@shapes("no-move")
def test_a_move_whose_source_the_server_keeps_is_not_done(bundled: World) -> None:
    put(bundled, OURS)
    box(bundled, "Finance")
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))
    claim_done(bundled, "UID STORE", "UID EXPUNGE")

    assert codes_of_three_tries(bundled, change) == ends_as("unconfirmed")
    assert held(bundled) == {"INBOX": [OURS], "Finance": [OURS]}
