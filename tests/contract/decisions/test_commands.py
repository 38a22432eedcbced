"""An owner's commands: one Change each, checked before anything is written."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.model.mail.keyword import SEEN
from mailhelper_core.model.work.report import UndoReport
from mailhelper_core.store.work import outbox
from tests.contract.decisions.conftest import START, Hands


@pytest.mark.parametrize("command", ["add_keyword", "remove_keyword", "move", "copy", "archive", "trash"])
def test_foreign_id_is_refused_before_anything_is_written(ada: Hands, eve: Hands, command: str) -> None:
    account, foreign_account = ada.account(), eve.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))
    foreign = eve.message(foreign_account, eve.mailbox(foreign_account, "INBOX"))
    before = ada.state(), eve.state()
    arguments = ["$work"] if command not in ("archive", "trash") else []

    with pytest.raises(NotFoundError):
        getattr(MessageCommands(ada.owner), command)([message, foreign], *arguments)

    assert (ada.state(), eve.state()) == before


@pytest.mark.parametrize("keyword", ["", "two words", "ümlaut", "\\Recent", "\\*", "a\r\nb", "x" * 101])
def test_keyword_that_no_server_can_store_is_refused(ada: Hands, keyword: str) -> None:
    with pytest.raises(InvalidError):
        MessageCommands(ada.owner).add_keyword([], keyword)


@pytest.mark.parametrize(("word", "flag"), [("seen", r"\Seen"), ("FLAGGED", r"\Flagged"), ("Deleted", r"\Deleted")])
def test_a_flag_without_its_backslash_is_refused_with_how_it_is_written(ada: Hands, word: str, flag: str) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))

    with pytest.raises(InvalidError) as caught:
        MessageCommands(ada.owner).add_keyword([message], word)

    assert flag in str(caught.value)
    assert caught.value.code == "keyword"
    # One that another program set can be taken off again.
    assert MessageCommands(ada.owner).remove_keyword([message], word).kind == "remove_keyword"


def test_keyword_is_stored_in_its_canonical_spelling(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))

    MessageCommands(ada.owner).add_keyword([message], "\\SEEN")

    assert ada.see(message).keywords == {SEEN}


def test_archive_moves_from_the_inbox_and_leaves_the_other_places(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "Work"), ada.mailbox(account, "INBOX"))

    MessageCommands(ada.owner).archive([message])

    assert ada.see(message).mailboxes == ("Archive", "Work")


def test_trash_takes_every_copy_out_of_sight(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "Work"), ada.mailbox(account, "INBOX"))

    change = MessageCommands(ada.owner).trash([message])

    assert set(ada.see(message).mailboxes) == {"Trash"}
    assert len(change) == 2
    assert UndoService(ada.owner).undo(change) == UndoReport(undone=2)
    assert ada.see(message).mailboxes == ("INBOX", "Work")


def test_command_over_two_accounts_is_one_change(ada: Hands) -> None:
    one, two = ada.account("one"), ada.account("two")
    first = ada.message(one, ada.mailbox(one, "INBOX"))
    second = ada.message(two, ada.mailbox(two, "INBOX"))

    change = MessageCommands(ada.owner).move([first, second], "Projects")

    assert [entry.operation.message_id for entry in change] == [first, second]
    assert ada.see(first).places[0].mailbox_id != ada.see(second).places[0].mailbox_id


def test_undo_of_a_time_takes_back_the_changes_of_that_time_newest_first(ada: Hands) -> None:
    account = ada.account()
    message = ada.message(account, ada.mailbox(account, "INBOX"))
    commands = MessageCommands(ada.owner)
    commands.add_keyword([message], "$before")
    ada.pass_time(hours=1)
    commands.move([message], "Projects")
    commands.move([message], "Archive")

    report = UndoService(ada.owner).undo(since=START.replace(hour=9, minute=30))

    assert report == UndoReport(undone=2)
    assert [(place.mailbox, place.keywords) for place in ada.see(message).places] == [("INBOX", {"$before"})]


def test_a_time_without_a_zone_is_refused(ada: Hands) -> None:
    with pytest.raises(InvalidError, match="aware"):
        UndoService(ada.owner).undo(since=START.replace(tzinfo=None))


def test_undo_of_a_local_only_change_restores_what_the_source_says(ada: Hands) -> None:
    account = ada.account(url="maildir:///mail")
    message = ada.message(account, ada.mailbox(account, "INBOX", read_only=True))
    before = ada.state()
    commands = MessageCommands(ada.owner)

    for change in reversed([commands.add_keyword([message], SEEN), commands.move([message], "Projects")]):
        UndoService(ada.owner).undo(change)

    assert ada.state() == before
    with ada.owner.read() as uow:
        assert outbox.standing(uow, [message]) == []


def test_undo_needs_a_target_or_a_time(ada: Hands) -> None:
    with pytest.raises(InvalidError):
        UndoService(ada.owner).undo()
