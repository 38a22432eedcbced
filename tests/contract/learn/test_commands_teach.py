"""What the owner commands teaches when it is decided, and no more when it is undone."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert, select, update

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.learn.lessons import take_signals
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN, pack_keywords
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage, Operation
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import commanded, observations
from mailhelper_core.store.mind.observations import Noted
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from tests.contract.learn.pupil import Pupil

SPAM, NO_SPAM = ("spam", "yes", "junk"), ("spam", "no", "not_junk")


def _put(pupil: Pupil, mailbox_id: int, *keywords: str) -> int:
    """A mail that a sync has found in a mailbox."""
    id_, (flags, others) = pupil.mail(1, spam=False), pack_keywords(keywords)
    place = {"base_flags": flags, "base_keywords": others, "flags": flags, "keywords": others, "mod_seq": 5}
    with pupil.owner.begin() as uow:
        at = {"account_id": pupil.account_id, "mailbox_id": mailbox_id, "uid_validity": 7, "uid": id_}
        uow.execute(insert(t.placements).values(message_id=id_, **at, **place))
    return id_


def _said(pupil: Pupil) -> set[tuple[str, str, str]]:
    c = t.corrections.c
    with pupil.owner.read() as uow:
        return {tuple(row) for row in uow.execute(select(c.kind, c.value, c.signal).where(c.undone_at.is_(None)))}


def _deliver(pupil: Pupil) -> None:
    with pupil.owner.begin() as uow:
        uow.execute(update(t.outbox).values(state="delivered", attempts=1))


def _by_rule(pupil: Pupil, operation: Operation) -> int:
    with pupil.owner.begin() as uow:
        change_id = changes.new_change(uow, "rules")
        decide(uow, change_id, [Decision(operation, "rule")])
    return change_id


def _drag(pupil: Pupil, message_id: int, source: int, target: int) -> None:
    """What a sync notes when another program has moved a mail."""
    left = Noted(pupil.account_id, message_id, source, "left")
    with pupil.owner.begin() as uow:
        observations.note(uow, [left, Noted(pupil.account_id, message_id, target, "arrived")])


def _set(pupil: Pupil, message_id: int, mailbox_id: int, *keywords: str) -> None:
    seen = Noted(pupil.account_id, message_id, mailbox_id, "keywords", after=pack_keywords(keywords))
    with pupil.owner.begin() as uow:
        observations.note(uow, [seen])


def test_a_move_into_junk_by_its_name_says_spam(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])

    MessageCommands(ada.owner).move([mail], "Spam")
    take_signals(ada.owner)

    assert _said(ada) == {SPAM}
    assert ada.see(mail).spam == 1


@pytest.mark.parametrize(("target", "said"), [("INBOX", {NO_SPAM}), ("Finance", {NO_SPAM}), ("Trash", set())])
def test_a_move_out_of_junk_says_no_spam_but_to_the_trash(
    ada: Pupil, mailboxes: dict[str, int], target: str, said: set[tuple[str, str, str]]
) -> None:
    mail = _put(ada, mailboxes["Spam"])

    MessageCommands(ada.owner).move([mail], target)
    take_signals(ada.owner)

    assert _said(ada) == said


def test_trashing_unread_is_a_hint_said_once(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    MessageCommands(ada.owner).copy([mail], "Finance")

    change = MessageCommands(ada.owner).trash([mail])
    count = take_signals(ada.owner)

    assert len(change) == 2
    assert _said(ada) == {("importance", "1", "delete_unread"), ("reply", "no", "delete_unread")}
    assert count == 2
    assert ada.see(mail).importance is None


def test_trashing_what_was_read_says_nothing(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"], SEEN)

    MessageCommands(ada.owner).trash([mail])

    assert take_signals(ada.owner) == 0


def test_a_command_teaches_once_and_then_nothing_waits(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    MessageCommands(ada.owner).move([mail], "Spam")

    counts = take_signals(ada.owner), take_signals(ada.owner)

    with ada.owner.read() as uow:
        assert not commanded.waiting(uow)
    assert counts == (1, 0)


@pytest.mark.parametrize("is_delivered", [False, True])
def test_what_is_undone_before_it_was_read_teaches_nothing(
    ada: Pupil, mailboxes: dict[str, int], *, is_delivered: bool
) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    change = MessageCommands(ada.owner).move([mail], "Spam")
    if is_delivered:
        _deliver(ada)

    UndoService(ada.owner).undo(change)

    with ada.owner.read() as uow:
        assert not commanded.waiting(uow)
    assert take_signals(ada.owner) == 0


@pytest.mark.parametrize("is_delivered", [False, True])
@pytest.mark.parametrize("one_entry", [False, True])
def test_undo_takes_back_what_a_command_has_taught(
    ada: Pupil, mailboxes: dict[str, int], *, is_delivered: bool, one_entry: bool
) -> None:
    mail, other = _put(ada, mailboxes["INBOX"]), _put(ada, mailboxes["INBOX"])
    change = MessageCommands(ada.owner).move([mail, other], "Spam")
    take_signals(ada.owner)
    if is_delivered:
        _deliver(ada)

    report = UndoService(ada.owner).undo(change.entries[0] if one_entry else change)
    take_signals(ada.owner)

    assert report.undone == (1 if one_entry else 2)
    assert _said(ada) == ({SPAM} if one_entry else set())
    assert ada.see(mail).spam is None
    assert ada.see(other).spam == (1 if one_entry else None)


def test_a_commands_echo_is_no_word(ada: Pupil, mailboxes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailhelper_core.learn.lessons.BATCH", 2)
    mails = [_put(ada, mailboxes["INBOX"]) for _ in range(3)]
    change = MessageCommands(ada.owner).move(mails, "Spam")
    _deliver(ada)
    for mail in reversed(mails):  # the last one's command is not read with the first ones
        _drag(ada, mail, mailboxes["INBOX"], mailboxes["Spam"])

    count = take_signals(ada.owner)
    UndoService(ada.owner).undo(change)

    assert (count, _said(ada)) == (3, set())


def test_to_unlearn_is_as_quick_however_much_a_change_has_taught(
    ada: Pupil, mailboxes: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailhelper_core.store.bulk.MAX_VALUES", 2)
    counts = []
    for size in (2, 8):
        mails = [_put(ada, mailboxes["INBOX"]) for _ in range(size)]
        change = MessageCommands(ada.owner).move(mails, "Spam")
        take_signals(ada.owner)
        with ada.owner.begin() as uow:
            by = changes.new_change(uow, "undo")
            asked: list[str] = []
            event.listen(uow.connection, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
            commanded.unlearn(uow, change.id, mails[:1], by)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert [ada.see(mail).spam for mail in mails] == [None, *[1] * 7]


def test_a_star_by_command_is_taken_back_too(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    change = MessageCommands(ada.owner).add_keyword([mail], FLAGGED)
    take_signals(ada.owner)

    UndoService(ada.owner).undo(change)

    assert _said(ada) == set()


def test_undoing_what_a_rule_did_is_no_word_about_spam(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    change_id = _by_rule(ada, MoveMessage(mail, "Spam"))
    _deliver(ada)

    UndoService(ada.owner).undo(change_id)
    _deliver(ada)
    _drag(ada, mail, mailboxes["Spam"], mailboxes["INBOX"])  # the echo of the undo

    assert take_signals(ada.owner) == 0


@pytest.mark.parametrize("target", [{"mailbox": "Spam"}, {"role": "junk"}])
def test_the_echo_of_a_rules_move_says_nothing(ada: Pupil, mailboxes: dict[str, int], target: dict[str, str]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    _by_rule(ada, MoveMessage(mail, **target))
    _deliver(ada)

    _drag(ada, mail, mailboxes["INBOX"], mailboxes["Spam"])

    assert take_signals(ada.owner) == 0


def test_the_echo_of_a_rules_move_out_of_junk_says_nothing(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["Spam"])
    _by_rule(ada, MoveMessage(mail, "INBOX"))
    _deliver(ada)

    _drag(ada, mail, mailboxes["Spam"], mailboxes["INBOX"])
    _drag(ada, mail, mailboxes["INBOX"], mailboxes["Finance"])  # and this is the owner

    assert take_signals(ada.owner) == 0


def test_what_a_rule_filed_and_the_owner_drags_to_junk_is_learned(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    _by_rule(ada, MoveMessage(mail, "Finance"))
    _deliver(ada)

    _drag(ada, mail, mailboxes["INBOX"], mailboxes["Finance"])  # the echo
    _drag(ada, mail, mailboxes["Finance"], mailboxes["Spam"])
    take_signals(ada.owner)

    assert _said(ada) == {SPAM}


def test_what_a_rule_put_into_junk_and_the_owner_drags_out_is_learned(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    _by_rule(ada, MoveMessage(mail, role="junk"))
    _deliver(ada)

    _drag(ada, mail, mailboxes["Spam"], mailboxes["INBOX"])
    take_signals(ada.owner)

    assert _said(ada) == {NO_SPAM}


def test_a_rules_move_that_was_never_sent_hides_nothing(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    change_id = _by_rule(ada, MoveMessage(mail, role="junk"))
    UndoService(ada.owner).undo(change_id)

    _drag(ada, mail, mailboxes["INBOX"], mailboxes["Spam"])
    take_signals(ada.owner)

    assert _said(ada) == {SPAM}


def test_a_rules_keyword_is_its_own_echo_and_hides_no_other(ada: Pupil, mailboxes: dict[str, int]) -> None:
    flagged, both, seen = (_put(ada, mailboxes["INBOX"]) for _ in range(3))
    for mail, keyword in ((flagged, FLAGGED), (both, "$Junk"), (seen, SEEN)):
        _by_rule(ada, AddKeyword(mail, keyword))
    _deliver(ada)

    _set(ada, flagged, mailboxes["INBOX"], FLAGGED)
    _set(ada, both, mailboxes["INBOX"], "$Junk", FLAGGED)
    _set(ada, seen, mailboxes["INBOX"], SEEN, FLAGGED)

    assert take_signals(ada.owner) == 2
    assert _said(ada) == {("importance", "3", "star")}


def test_the_owners_star_after_a_rules_is_the_owners(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    _by_rule(ada, AddKeyword(mail, FLAGGED))
    _deliver(ada)
    MessageCommands(ada.owner).remove_keyword([mail], FLAGGED)
    _deliver(ada)

    _set(ada, mail, mailboxes["INBOX"], FLAGGED)
    take_signals(ada.owner)

    assert _said(ada) == {("importance", "3", "star")}
