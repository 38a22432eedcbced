"""A decision is one transaction: an entry, its inverse, and what the owner sees at once."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    Change,
    CopyMessage,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    SetPriority,
)
from mailhelper_core.store.work import changes, events, outbox
from mailhelper_core.store.work.decisions import Decision, decide
from tests.contract.decisions.conftest import Hands


def decided(hands: Hands, *operations: Operation, by: outbox.DecidedBy = "owner") -> Change:
    with hands.owner.begin() as uow:
        change_id = changes.new_change(uow, "test")
        decide(uow, change_id, [Decision(operation, by) for operation in operations])
        return changes.get(uow, change_id)


def test_keyword_is_shown_at_once_and_waits_for_the_server(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"), keywords=(FLAGGED,))

    change = decided(ada, AddKeyword(message, SEEN), RemoveKeyword(message, FLAGGED))

    assert ada.see(message).keywords == {SEEN}
    assert [entry.state for entry in change] == ["waiting", "waiting"]
    with ada.owner.read() as uow:
        assert outbox.waiting_keywords(uow, [message]) == {
            message: (AddKeyword(message, SEEN), RemoveKeyword(message, FLAGGED))
        }


def test_what_changes_nothing_makes_no_entry(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"), keywords=(SEEN,))

    change = decided(
        ada,
        AddKeyword(message, SEEN),
        RemoveKeyword(message, FLAGGED),
        MoveMessage(message, "inbox"),
        CopyMessage(message, "INBOX"),
    )

    assert len(change) == 0


def test_move_shows_the_message_in_its_destination_only(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"), keywords=(SEEN,))
    ada.mailbox(account, "Finance")

    decided(ada, MoveMessage(message, "Finance"))

    places = ada.see(message).places
    assert [(place.mailbox, place.uid, place.keywords) for place in places] == [("Finance", None, {SEEN})]


def test_move_of_a_moved_message_leaves_one_place(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))

    decided(ada, MoveMessage(message, "Finance"), AddKeyword(message, FLAGGED))
    decided(ada, MoveMessage(message, role="archive"))

    assert [(place.mailbox, place.keywords) for place in ada.see(message).places] == [("Archive", {FLAGGED})]


def test_copy_shows_the_message_in_both(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))

    decided(ada, CopyMessage(message, "Finance"))

    assert ada.see(message).mailboxes == ("Finance", "INBOX")


def test_role_is_found_by_what_the_server_says_before_its_usual_name(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))
    ada.mailbox(account, "Trash", role="")
    ada.mailbox(account, "Papierkorb", role="trash")

    decided(ada, MoveMessage(message, role="trash"))

    assert ada.see(message).mailboxes == ("Papierkorb",)


def test_mailbox_name_with_a_tab_is_refused_by_that(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))

    with pytest.raises(InvalidError, match="without line breaks, TAB or other controls"):
        decided(ada, CopyMessage(message, "a\tb"))


@pytest.mark.parametrize("name", ["", "  ", "a\r\nb", "a\tb", "a\x00b", "x" * 501])
def test_mailbox_name_that_no_server_can_hold_is_refused_and_writes_nothing(ada: Hands, name: str) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))
    before = ada.state()

    with pytest.raises(InvalidError):
        decided(ada, AddTag(message, "bills"), CopyMessage(message, name))

    assert ada.state() == before
    with ada.owner.read() as uow:
        assert len(changes.page(uow)) == 0


def test_foreign_message_is_not_found_and_nothing_is_written(ada: Hands, eve: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))
    foreign_account = eve.account()
    foreign = eve.message(foreign_account, eve.mailbox(foreign_account, "INBOX"))

    with pytest.raises(NotFoundError):
        decided(ada, AddKeyword(message, SEEN), AddKeyword(foreign, SEEN))

    assert SEEN not in ada.see(message).keywords


def test_read_only_source_keeps_what_was_done_in_the_store_alone(ada: Hands) -> None:
    account = ada.account(url="maildir:///mail")
    message = ada.message(account, ada.mailbox(account, "INBOX", read_only=True))

    change = decided(ada, AddKeyword(message, SEEN), MoveMessage(message, "Finance"))

    assert [(entry.state, entry.error_code) for entry in change] == [("delivered", "local_only")] * 2
    assert [(place.mailbox, place.keywords) for place in ada.see(message).places] == [("Finance", {SEEN})]
    with ada.owner.read() as uow:
        assert outbox.waiting_keywords(uow, [message]) == {message: (AddKeyword(message, SEEN),)}
        assert outbox.pending(uow) == ()


def test_tags_priorities_and_notices_are_done_at_once(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))

    change = decided(ada, AddTag(message, "Bills", "#aabbcc"), SetPriority(message, 3, 2), Notify(message, "look"))

    seen = ada.see(message)
    assert [(tag.name, tag.color, tag.set_by) for tag in seen.tags] == [("Bills", "#aabbcc", "owner")]
    assert (seen.urgency, seen.importance) == (3, 2)
    assert [entry.state for entry in change] == ["delivered"] * 3
    with ada.owner.read() as uow:
        page = events.page(uow)
    assert [(event.kind, dict(event.data)["message_id"]) for event in page] == [("notified", message)]


def test_rule_operation_remembers_what_it_was_decided_on(ada: Hands) -> None:
    account = ada.account()
    inbox = ada.mailbox(account, "INBOX")
    message = ada.message(account, inbox)

    change = decided(ada, AddKeyword(message, SEEN), by="rule")

    with ada.owner.read() as uow:
        assert [row.decided_on for row in outbox.rows_of_change(uow, change.id)] == [{inbox: 10}]


def test_page_of_changes_is_newest_first_and_goes_on(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))
    made = [decided(ada, AddTag(message, f"tag {number}")).id for number in range(5)]

    with ada.owner.read() as uow:
        first = changes.page(uow, limit=3)
        second = changes.page(uow, after=first.next, limit=3)

    assert [change.id for change in (*first, *second)] == made[::-1]
    assert second.next is None


def test_events_are_numbered_without_gaps_and_read_behind_a_cursor(ada: Hands, eve: Hands) -> None:
    with ada.owner.begin() as uow:
        events.emit(uow, "one", message_id=1)
    with eve.owner.begin() as uow:
        events.emit(uow, "other")
    with ada.owner.begin() as uow:
        events.emit_all(uow, [("two", {}), ("three", {})])

    with ada.owner.read() as uow:
        first = events.page(uow, limit=1)
        rest = events.page(uow, after=first.next)
        end = events.page(uow, after=rest.next)

    assert [event.id for event in (*first, *rest)] == [1, 2, 3]
    assert [event.kind for event in rest] == ["two", "three"]
    assert (len(end), end.next) == (0, "3")


def test_events_of_some_kinds_are_read_past_the_others(ada: Hands) -> None:
    with ada.owner.begin() as uow:
        events.emit_all(uow, [("other", {}), ("told", {"n": 1}), ("other", {}), ("told", {"n": 2}), ("other", {})])

    with ada.owner.read() as uow:
        first = events.page(uow, limit=1, kinds=["told"])
        rest = events.page(uow, after=first.next, kinds=["told"])
        end = events.page(uow, after=rest.next, kinds=["told"])

    assert [dict(event.data) for event in (*first, *rest)] == [{"n": 1}, {"n": 2}]
    # Its reader comes back behind what it did not ask for.
    assert (first.next, rest.next, len(end), end.next) == ("2", "5", 0, "5")
