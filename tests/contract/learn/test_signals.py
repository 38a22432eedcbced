"""Deeds of the owner teach; operations of rules and echoes of our own do not."""

from __future__ import annotations

from sqlalchemy import insert, select

from mailhelper_core.learn.lessons import take_signals
from mailhelper_core.model.mail.keyword import ANSWERED, FLAGGED, SEEN, pack_keywords
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import observations
from mailhelper_core.store.mind.observations import NOTHING, Noted
from tests.contract.learn.pupil import Pupil


def _mailbox(pupil: Pupil, role: str) -> int:
    with pupil.owner.begin() as uow:
        values = {"account_id": pupil.account_id, "name": role or "other", "delimiter": "/", "role": role}
        return int(uow.connection.scalar(insert(t.mailboxes).values(values).returning(t.mailboxes.c.id)) or 0)


def _note(pupil: Pupil, *seen: Noted) -> None:
    with pupil.owner.begin() as uow:
        observations.note(uow, seen)


def _said(pupil: Pupil) -> set[tuple[str, str, str]]:
    c = t.corrections.c
    with pupil.owner.read() as uow:
        return {tuple(row) for row in uow.execute(select(c.kind, c.value, c.signal))}


def _keywords(pupil: Pupil, message_id: int, mailbox_id: int, keyword: str) -> Noted:
    return Noted(pupil.account_id, message_id, mailbox_id, "keywords", NOTHING, pack_keywords([keyword]))


def _decide(pupil: Pupil, message_id: int, kind: str, data: str, by: str) -> None:
    with pupil.owner.begin() as uow:
        change = {"owner_id": uow.owner_id, "kind": "x", "note": "", "actor": "", "state": "applied"}
        known = {column.name for column in t.changes.columns}
        change = {key: value for key, value in change.items() if key in known} | {"created_at": 0}
        change_id = int(uow.connection.scalar(insert(t.changes).values(change).returning(t.changes.c.id)) or 0)
        row = {
            "owner_id": uow.owner_id, "account_id": pupil.account_id, "change_id": change_id,
            "message_id": message_id, "kind": kind, "data": data, "inverse": "{}", "decided_by": by,
            "decided_on": "{}", "state": "delivered", "error_code": "", "attempts": 0, "created_at": 0,
            "updated_at": 0,
        }  # fmt: skip
        uow.execute(insert(t.outbox).values(row))


def test_a_move_to_junk_says_spam_at_once(ada: Pupil) -> None:
    inbox, junk, mail = _mailbox(ada, "inbox"), _mailbox(ada, "junk"), ada.mail(1, spam=True)
    _note(ada, Noted(ada.account_id, mail, inbox, "left"), Noted(ada.account_id, mail, junk, "arrived"))

    take_signals(ada.owner)

    assert _said(ada) == {("spam", "yes", "junk")}
    assert ada.see(mail).spam == 1


def test_a_move_out_of_junk_says_no_spam(ada: Pupil) -> None:
    inbox, junk, mail = _mailbox(ada, "inbox"), _mailbox(ada, "junk"), ada.mail(1, spam=False)
    _note(ada, Noted(ada.account_id, mail, inbox, "arrived"), Noted(ada.account_id, mail, junk, "left"))

    take_signals(ada.owner)

    assert _said(ada) == {("spam", "no", "not_junk")}


def test_hints_teach_and_leave_the_answer_open(ada: Pupil) -> None:
    inbox, trash = _mailbox(ada, "inbox"), _mailbox(ada, "trash")
    starred, answered, unread = (ada.mail(number, spam=False) for number in range(3))
    _note(
        ada, _keywords(ada, starred, inbox, FLAGGED), _keywords(ada, answered, inbox, ANSWERED),
        Noted(ada.account_id, unread, inbox, "left"), Noted(ada.account_id, unread, trash, "arrived"),
    )  # fmt: skip

    take_signals(ada.owner)

    assert ("importance", "3", "star") in _said(ada)
    assert ("reply", "yes", "reply") in _said(ada)
    assert ("importance", "1", "delete_unread") in _said(ada)
    assert ada.see(starred).importance is None


def test_mail_that_was_read_and_deleted_says_nothing(ada: Pupil) -> None:
    inbox, trash, mail = _mailbox(ada, "inbox"), _mailbox(ada, "trash"), ada.mail(1, spam=False)
    left = Noted(ada.account_id, mail, inbox, "left", pack_keywords([SEEN]))
    _note(ada, left, Noted(ada.account_id, mail, trash, "arrived"))

    assert take_signals(ada.owner) == 0


def test_a_hint_does_not_contradict_the_owners_word(ada: Pupil) -> None:
    inbox, mail = _mailbox(ada, "inbox"), ada.mail(1, spam=False)
    ada.opinions.correct([mail], importance=1)
    _note(ada, _keywords(ada, mail, inbox, FLAGGED))

    take_signals(ada.owner)

    assert _said(ada) == {("importance", "1", "ui")}


def test_what_a_rule_did_never_teaches(ada: Pupil) -> None:
    inbox, junk, mail = _mailbox(ada, "inbox"), _mailbox(ada, "junk"), ada.mail(1, spam=True)
    take_signals(ada.owner)
    _decide(ada, mail, "move", '{"role": "junk"}', "rule")
    _note(ada, Noted(ada.account_id, mail, inbox, "left"), Noted(ada.account_id, mail, junk, "arrived"))

    take_signals(ada.owner)

    assert _said(ada) == set()


def test_the_owners_command_teaches_once_and_its_echo_no_more(ada: Pupil) -> None:
    inbox, junk, mail = _mailbox(ada, "inbox"), _mailbox(ada, "junk"), ada.mail(1, spam=True)
    take_signals(ada.owner)
    _decide(ada, mail, "move", '{"role": "junk"}', "owner")

    first = take_signals(ada.owner)
    _note(ada, Noted(ada.account_id, mail, inbox, "left"), Noted(ada.account_id, mail, junk, "arrived"))
    second = take_signals(ada.owner)

    assert (first, second) == (1, 0)
    assert _said(ada) == {("spam", "yes", "junk")}


def test_observations_are_read_once(ada: Pupil) -> None:
    inbox, mail = _mailbox(ada, "inbox"), ada.mail(1, spam=False)
    _note(ada, _keywords(ada, mail, inbox, FLAGGED))

    assert (take_signals(ada.owner), take_signals(ada.owner)) == (1, 0)
