"""Every fault of a server that a delivery can meet ends as it must: once, told, and shown as the server has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailhelper_core.store.work import changes, drafts
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.testing import Answer, Fault
from mailhelper_core.testing.faults import FAULTS, ScriptedFault, named
from tests.faults.conftest import Program

Start = Callable[..., Program]
UID = 7


def prepared(program: Start, fault: ScriptedFault) -> tuple[Program, int]:
    """Answer a program that has synced, and the message that the fault strikes."""
    world = program(fault)
    world.user.mailbox("INBOX").add_flags([UID], ["\\Seen"])
    assert world.sync() is not None
    [message] = [one for one in world.ada.search("") if one.subject == "Letter 7"]
    return world, message.id


def settle(world: Program) -> None:
    """Deliver and sync until nothing more can happen."""
    for _ in range(4):
        world.ada.outbox.deliver(world.account_id)
        world.sync()
        world.wait(hours=6)
    assert world.errors == []


def entry_codes(world: Program) -> list[tuple[str, str]]:
    [change] = world.ada.changes()
    return [(entry.state, entry.error_code) for entry in change]


def keywords_on_server(world: Program) -> frozenset[str]:
    [one] = [one for one in world.user.mailbox("INBOX").messages if one.uid == UID]
    return frozenset(one.flags)


def test_f34_mailbox_that_may_be_read_only_refuses_and_is_still_read(program: Start) -> None:
    world, message = prepared(program, FAULTS["F34"])
    world.arm()
    world.ada.messages.add_keyword([message], "\\Flagged")

    settle(world)

    assert entry_codes(world) == [("conflicted", "read_only")]
    assert world.stored() == world.on_server()


def test_f44_message_expunged_before_its_store_ends_its_operation(program: Start) -> None:
    world, message = prepared(program, FAULTS["F44"])
    world.arm()
    world.ada.messages.add_keyword([message], "\\Flagged")

    settle(world)

    assert entry_codes(world) == [("conflicted", "gone")]
    assert world.stored() == world.on_server()


@pytest.mark.parametrize("fault", named("F60"), ids=lambda fault: fault.title)
def test_f60_keyword_that_cannot_be_stored_is_told_and_nothing_changes(program: Start, fault: ScriptedFault) -> None:
    world, message = prepared(program, fault)
    world.arm()
    world.ada.messages.add_keyword([message], "$work")

    settle(world)

    assert entry_codes(world) == [("conflicted", "not_permanent")]
    assert world.stored() == world.on_server()


def test_f61_store_that_says_ok_and_does_nothing_is_not_believed(program: Start) -> None:
    world, message = prepared(program, FAULTS["F61"])
    world.arm()
    world.ada.messages.add_keyword([message], "\\Flagged")

    settle(world)

    assert entry_codes(world) == [("conflicted", "unconfirmed")]
    assert world.stored() == world.on_server()


def test_f63_without_move_and_uidplus_a_message_is_moved_once(program: Start) -> None:
    world, message = prepared(program, FAULTS["F63"])
    world.arm()
    world.ada.messages.move([message], "Work")

    settle(world)

    assert entry_codes(world) == [("delivered", "")]
    assert world.stored() == world.on_server()
    arrived = [one for one in world.user.mailbox("Work").messages if b"Letter 7" in one.raw]
    assert len(arrived) == 1


def test_f66_owners_change_wins_over_what_another_client_did_first_and_leaves_the_rest(program: Start) -> None:
    world, message = prepared(program, FAULTS["F66"])
    world.ada.messages.remove_keyword([message], "\\Seen")
    world.ada.messages.add_keyword([message], "$work")
    world.arm()

    for _ in range(3):
        world.ada.outbox.deliver(world.account_id)
        world.sync()

    assert keywords_on_server(world) == {"\\Flagged", "$work"}
    assert world.stored() == world.on_server()


def test_f65_append_whose_answer_is_lost_makes_no_second_draft(program: Start) -> None:
    world, message = prepared(program, FAULTS["F65"])
    owner = world.store.for_owner("ada")
    with owner.begin() as uow:
        operation = drafts.prepare(uow, message, b"Subject: Re: Letter 7\r\n\r\nYes.\r\n")
        decide(uow, changes.new_change(uow, "draft"), [Decision(operation)])
    world.arm()

    settle(world)

    assert len(world.user.mailbox("Drafts").messages) == 1
    assert [state for state, _ in entry_codes(world)] == ["delivered"]


def test_f28_throttled_account_is_left_alone_for_as_long_as_its_server_says(program: Start) -> None:
    world, message = prepared(program, FAULTS["F28"])
    slow = Answer("BAD", "Request is throttled. Suggested Backoff Time: 92415 milliseconds")
    world.server.faults.add(Fault("UID STORE", slow))
    world.ada.messages.add_keyword([message], "\\Flagged")

    report = world.ada.outbox.deliver(world.account_id)
    logins = world.server.log.names.count("LOGIN")  # the last LOGOUT is logged when the server comes to it
    asked_again = world.sync()

    assert (report.delivered, report.retried) == (0, 1)
    assert asked_again is None
    assert world.errors.pop().retry_after == pytest.approx(92.415)
    assert world.server.log.names.count("LOGIN") == logins
    world.wait(minutes=2)
    assert world.sync() is not None
    assert world.account.state == "ok"


def test_paused_account_is_not_synced_and_stays_paused(program: Start) -> None:
    world, _ = prepared(program, FAULTS["F28"])
    world.ada.accounts.update(world.account_id, paused=True)

    assert world.sync() is None

    assert world.errors[-1].code == "paused"
    assert world.account.state == "paused"
