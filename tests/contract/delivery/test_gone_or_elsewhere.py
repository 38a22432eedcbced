"""What is taken for gone: only what a sync has not found that began since it was missed, and that saw everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.work.operation import AddKeyword, Change, CopyMessage, MoveMessage, Operation
from mailhelper_core.settings import Settings
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing import Answer, Call, Fault, MissingMessage
from tests.contract.delivery.conftest import World
from tests.contract.delivery.others import another_moves, uids_of_one

OPERATIONS: dict[str, Callable[[int], Operation]] = {
    "keyword": lambda id_: AddKeyword(id_, FLAGGED),
    "move": lambda id_: MoveMessage(id_, "Wanted"),
}


@pytest.fixture(params=["sqlite_home", "postgres_home"])
def either(request: pytest.FixtureRequest) -> World:
    """The bundled server, with the store on each database."""
    world: World = request.getfixturevalue(request.param)
    return world


@pytest.fixture(params=OPERATIONS)
def operation(request: pytest.FixtureRequest) -> Callable[[int], Operation]:
    """What somebody wants of the message."""
    return OPERATIONS[request.param]


def sync(world: World, settings: Settings | None = None, **options: Any) -> None:
    service = MailSyncService(world.owner.store, world, lambda: world.now, settings or Settings())
    service.sync(world.account, **options)


def end(world: World, change: Change) -> list[tuple[str, str]]:
    """Deliver and sync in turns, each some time after the other."""
    for _ in range(3):
        world.deliver()
        world.pass_time(hours=1)
        sync(world)
        world.pass_time(hours=1)
    return [(entry.state, entry.error_code) for entry in world.change(change.id)]


def moved_to_work(world: World, operation: Callable[[int], Operation]) -> Change:
    """Somebody has moved the message into a mailbox while an operation waits for it."""
    world.put("old", mailbox="Work")
    world.put("one")
    sync(world)
    world.pass_time(hours=1)
    change = world.decide(operation(world.id("one")))
    another_moves(world, target="Work")
    return change


def assert_followed(world: World, change: Change) -> None:
    assert end(world, change) == [("delivered", "")]
    assert world.shown() == world.on_server()


def test_what_a_sync_has_not_fetched_yet_is_not_gone(either: World, operation: Callable[[int], Operation]) -> None:
    change = moved_to_work(either, operation)

    sync(either, max_messages=0)

    assert_followed(either, change)


def test_a_keyword_follows_a_message_of_which_another_copy_has_it_already(either: World) -> None:
    either.put("old", mailbox="Work")
    either.put("one")
    sync(either)
    copied = either.decide(CopyMessage(either.id("one"), "Wanted"))
    assert end(either, copied) == [("delivered", "")]
    change = either.decide(AddKeyword(either.id("one"), FLAGGED))
    another_moves(either, target="Work")

    assert_followed(either, change)
    assert either.on_server() == {"Wanted": [("one", (FLAGGED,))], "Work": [("old", ()), ("one", (FLAGGED,))]}


def test_where_a_sync_was_cancelled_nothing_is_gone(either: World, operation: Callable[[int], Operation]) -> None:
    change = moved_to_work(either, operation)
    sync(either, cancel=_after(1))
    either.deliver()
    either.pass_time(hours=1)

    sync(either, cancel=_after(1))

    assert_followed(either, change)


def test_what_lies_in_a_mailbox_that_is_in_use_is_not_gone(
    either: World, operation: Callable[[int], Operation]
) -> None:
    assert either.server is not None
    change = moved_to_work(either, operation)
    either.server.faults.add(Fault("EXAMINE", Answer("NO", "Busy", "INUSE"), having="Work", times=2))
    sync(either)
    either.deliver()
    either.pass_time(hours=1)

    sync(either)

    assert_followed(either, change)


def test_what_is_moved_while_a_sync_looks_is_not_gone(either: World, operation: Callable[[int], Operation]) -> None:
    assert either.server is not None
    either.put("one", mailbox="Work")
    sync(either)
    either.pass_time(hours=1)
    change = either.decide(operation(either.id("one")))
    either.put("new", mailbox="Work")

    def another_moves_it_where_we_have_been() -> None:
        another_moves_one(either, "Work", "INBOX")
        either.pass_time(minutes=1)

    either.server.faults.add(Fault("EXAMINE", Call(another_moves_it_where_we_have_been), having="Work"))
    sync(either)

    assert either.server.faults.fired
    assert_followed(either, change)


def test_what_was_missed_in_the_middle_of_a_sync_is_looked_for_by_the_next(
    either: World, operation: Callable[[int], Operation]
) -> None:
    either.put("old", mailbox="Work")
    either.put("one")
    sync(either)
    either.pass_time(hours=1)
    change = either.decide(operation(either.id("one")))
    either.put("new")

    def deliver_between_batches() -> None:
        another_moves_one(either, "INBOX", "Work")
        either.pass_time(minutes=1)
        either.deliver()
        either.pass_time(minutes=1)

    sync(either, between_batches=deliver_between_batches)

    assert_followed(either, change)


def test_a_mailbox_that_was_renamed_in_the_middle_of_a_sync_is_not_made_again(either: World) -> None:
    assert either.server is not None
    user = either.server.store.user("ada")
    either.put("old", mailbox="Work")
    either.put("one")
    sync(either)
    either.pass_time(hours=1)
    change = either.decide(MoveMessage(either.id("one"), "Work"))
    either.put("new")

    def deliver_between_batches() -> None:
        user.rename("Work", "Projects")
        either.pass_time(minutes=1)
        either.deliver()
        either.pass_time(minutes=1)

    sync(either, between_batches=deliver_between_batches)

    assert end(either, change) == [("delivered", "")]
    assert either.on_server() == either.shown() == {
        "INBOX": [("new", ())], "Projects": [("old", ()), ("one", ())],
    }  # fmt: skip


def test_what_a_delivery_has_missed_ends_with_the_next_complete_sync(
    either: World, operation: Callable[[int], Operation]
) -> None:
    assert either.server is not None
    either.put("one")
    sync(either)
    either.pass_time(hours=1)
    change = either.decide(operation(either.id("one")))
    with either.other_client() as session:
        session.expunge(session.uids())
    either.deliver()
    either.pass_time(minutes=1)
    either.server.faults.add(Fault("LIST", Call(lambda: either.pass_time(minutes=1))))

    sync(either)
    either.pass_time(minutes=1)
    either.deliver()

    assert [(entry.state, entry.error_code) for entry in either.change(change.id)] == [("conflicted", "gone")]


def test_what_a_complete_sync_found_and_a_poll_lost_again_is_not_gone(
    either: World, operation: Callable[[int], Operation]
) -> None:
    assert either.server is not None
    either.put("old", mailbox="Elsewhere")
    change = moved_to_work(either, operation)
    either.deliver()
    either.pass_time(hours=1)
    sync(either)
    either.pass_time(hours=1)
    another_moves_one(either, "Work", "Elsewhere")
    either.server.faults.add(Fault("EXAMINE", Answer("NO", "Busy", "INUSE"), having="Elsewhere", times=2))
    sync(either)

    assert either.server.faults.fired
    assert_followed(either, change)


def test_a_mailbox_left_out_in_its_first_sync_holds_up_nothing(
    either: World, operation: Callable[[int], Operation]
) -> None:
    either.put("one")
    for number in range(3):
        either.put(f"big {number}", mailbox="Big")
    sync(either, max_messages=2)
    either.account = replace(either.account, policy=AccountPolicy(exclude=("Big",)))
    change = either.decide(operation(either.id("one")))
    with either.other_client() as session:
        session.expunge(session.uids())

    assert end(either, change) == [("conflicted", "gone")]


def test_a_message_of_which_the_server_says_nothing_holds_up_nothing(
    either: World, operation: Callable[[int], Operation]
) -> None:
    assert either.server is not None
    either.put("one")
    either.put("old", mailbox="Work")
    sync(either)
    either.put("mute", mailbox="Work")
    either.server.faults.add(Fault("UID FETCH", MissingMessage(2), times=None))
    change = either.decide(operation(either.id("one")))
    with either.other_client() as session:
        session.expunge(session.uids())
    for _ in range(3):
        either.pass_time(hours=1)
        sync(either)

    assert end(either, change) == [("conflicted", "gone")]


def another_moves_one(world: World, source: str, target: str) -> None:
    with world.other_client(source) as session:
        session.move(uids_of_one(session), target)


def _after(calls: int) -> Callable[[], bool]:
    left = [calls]

    def cancel() -> bool:
        left[0] -= 1
        return left[0] < 0

    return cancel
