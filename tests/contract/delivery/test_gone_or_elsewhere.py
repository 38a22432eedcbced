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


def test_what_a_sync_has_not_fetched_yet_is_not_gone(home: World, operation: Callable[[int], Operation]) -> None:
    change = moved_to_work(home, operation)

    sync(home, max_messages=0)

    assert_followed(home, change)


def test_a_keyword_follows_a_message_of_which_another_copy_has_it_already(home: World) -> None:
    home.put("old", mailbox="Work")
    home.put("one")
    sync(home)
    copied = home.decide(CopyMessage(home.id("one"), "Wanted"))
    assert end(home, copied) == [("delivered", "")]
    change = home.decide(AddKeyword(home.id("one"), FLAGGED))
    another_moves(home, target="Work")

    assert_followed(home, change)
    assert home.on_server() == {"Wanted": [("one", (FLAGGED,))], "Work": [("old", ()), ("one", (FLAGGED,))]}


def test_where_a_sync_was_cancelled_nothing_is_gone(home: World, operation: Callable[[int], Operation]) -> None:
    change = moved_to_work(home, operation)
    sync(home, cancel=_after(1))
    home.deliver()
    home.pass_time(hours=1)

    sync(home, cancel=_after(1))

    assert_followed(home, change)


def test_what_lies_in_a_mailbox_that_is_in_use_is_not_gone(home: World, operation: Callable[[int], Operation]) -> None:
    assert home.server is not None
    change = moved_to_work(home, operation)
    home.server.faults.add(Fault("EXAMINE", Answer("NO", "Busy", "INUSE"), having="Work", times=2))
    sync(home)
    home.deliver()
    home.pass_time(hours=1)

    sync(home)

    assert_followed(home, change)


def test_what_is_moved_while_a_sync_looks_is_not_gone(home: World, operation: Callable[[int], Operation]) -> None:
    assert home.server is not None
    home.put("one", mailbox="Work")
    sync(home)
    home.pass_time(hours=1)
    change = home.decide(operation(home.id("one")))
    home.put("new", mailbox="Work")

    def another_moves_it_where_we_have_been() -> None:
        another_moves_one(home, "Work", "INBOX")
        home.pass_time(minutes=1)

    home.server.faults.add(Fault("EXAMINE", Call(another_moves_it_where_we_have_been), having="Work"))
    sync(home)

    assert home.server.faults.fired
    assert_followed(home, change)


def test_what_was_missed_in_the_middle_of_a_sync_is_looked_for_by_the_next(
    home: World, operation: Callable[[int], Operation]
) -> None:
    home.put("old", mailbox="Work")
    home.put("one")
    sync(home)
    home.pass_time(hours=1)
    change = home.decide(operation(home.id("one")))
    home.put("new")

    def deliver_between_batches() -> None:
        another_moves_one(home, "INBOX", "Work")
        home.pass_time(minutes=1)
        home.deliver()
        home.pass_time(minutes=1)

    sync(home, between_batches=deliver_between_batches)

    assert_followed(home, change)


def test_a_mailbox_that_was_renamed_in_the_middle_of_a_sync_is_not_made_again(home: World) -> None:
    assert home.server is not None
    user = home.server.store.user("ada")
    home.put("old", mailbox="Work")
    home.put("one")
    sync(home)
    home.pass_time(hours=1)
    change = home.decide(MoveMessage(home.id("one"), "Work"))
    home.put("new")

    def deliver_between_batches() -> None:
        user.rename("Work", "Projects")
        home.pass_time(minutes=1)
        home.deliver()
        home.pass_time(minutes=1)

    sync(home, between_batches=deliver_between_batches)

    assert end(home, change) == [("delivered", "")]
    assert home.on_server() == home.shown() == {
        "INBOX": [("new", ())], "Projects": [("old", ()), ("one", ())],
    }  # fmt: skip


def test_what_a_delivery_has_missed_ends_with_the_next_complete_sync(
    home: World, operation: Callable[[int], Operation]
) -> None:
    assert home.server is not None
    home.put("one")
    sync(home)
    home.pass_time(hours=1)
    change = home.decide(operation(home.id("one")))
    with home.other_client() as session:
        session.expunge(session.uids())
    home.deliver()
    home.pass_time(minutes=1)
    home.server.faults.add(Fault("LIST", Call(lambda: home.pass_time(minutes=1))))

    sync(home)
    home.pass_time(minutes=1)
    home.deliver()

    assert [(entry.state, entry.error_code) for entry in home.change(change.id)] == [("conflicted", "gone")]


def test_what_a_complete_sync_found_and_a_poll_lost_again_is_not_gone(
    home: World, operation: Callable[[int], Operation]
) -> None:
    assert home.server is not None
    home.put("old", mailbox="Elsewhere")
    change = moved_to_work(home, operation)
    home.deliver()
    home.pass_time(hours=1)
    sync(home)
    home.pass_time(hours=1)
    another_moves_one(home, "Work", "Elsewhere")
    home.server.faults.add(Fault("EXAMINE", Answer("NO", "Busy", "INUSE"), having="Elsewhere", times=2))
    sync(home)

    assert home.server.faults.fired
    assert_followed(home, change)


def test_a_mailbox_left_out_in_its_first_sync_holds_up_nothing(
    home: World, operation: Callable[[int], Operation]
) -> None:
    home.put("one")
    for number in range(3):
        home.put(f"big {number}", mailbox="Big")
    sync(home, max_messages=2)
    home.account = replace(home.account, policy=AccountPolicy(exclude=("Big",)))
    change = home.decide(operation(home.id("one")))
    with home.other_client() as session:
        session.expunge(session.uids())

    assert end(home, change) == [("conflicted", "gone")]


def test_a_message_of_which_the_server_says_nothing_holds_up_nothing(
    home: World, operation: Callable[[int], Operation]
) -> None:
    assert home.server is not None
    home.put("one")
    home.put("old", mailbox="Work")
    sync(home)
    home.put("mute", mailbox="Work")
    home.server.faults.add(Fault("UID FETCH", MissingMessage(2), times=None))
    change = home.decide(operation(home.id("one")))
    with home.other_client() as session:
        session.expunge(session.uids())
    for _ in range(3):
        home.pass_time(hours=1)
        sync(home)

    assert end(home, change) == [("conflicted", "gone")]


def another_moves_one(world: World, source: str, target: str) -> None:
    with world.other_client(source) as session:
        session.move(uids_of_one(session), target)


def _after(calls: int) -> Callable[[], bool]:
    left = [calls]

    def cancel() -> bool:
        left[0] -= 1
        return left[0] < 0

    return cancel
