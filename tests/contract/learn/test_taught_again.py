"""Undoing an undo teaches again what it took back, exactly."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailhelper_core.actions.commands import MessageCommands
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.learn.lessons import take_signals
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import models
from tests.contract.learn.pupil import Pupil
from tests.contract.learn.test_commands_teach import _deliver, _put, _said


def _corrections(pupil: Pupil) -> list[tuple[int, str, str, str, float, int | None]]:
    c = t.corrections.c
    with pupil.owner.read() as uow:
        columns = select(c.id, c.kind, c.value, c.signal, c.weight, c.undone_at)
        return [tuple(row) for row in uow.execute(columns.order_by(c.id))]


def _newest_change(pupil: Pupil, kind: str = "") -> int:
    c = t.changes.c
    with pupil.owner.read() as uow:
        found = select(c.id).where(c.kind == kind) if kind else select(c.id)
        return int(uow.connection.scalar(found.order_by(c.id.desc()).limit(1)) or 0)


def _live(pupil: Pupil) -> bytes:
    with pupil.owner.read() as uow:
        live = models.live_of(uow, "spam")
    assert live is not None
    return live.data


@pytest.mark.parametrize("is_delivered", [False, True])
@pytest.mark.parametrize("one_entry", [False, True])
def test_undoing_an_undo_teaches_again_exactly(
    ada: Pupil,
    mailboxes: dict[str, int],
    *,
    is_delivered: bool,
    one_entry: bool,
) -> None:
    mails = [_put(ada, mailboxes["INBOX"]) for _ in range(2)]
    change = MessageCommands(ada.owner).move(mails, "Spam")
    take_signals(ada.owner)
    before = _corrections(ada)
    if is_delivered:
        _deliver(ada)
    UndoService(ada.owner).undo(change.entries[0] if one_entry else change)
    assert len([one for one in _corrections(ada) if one[-1] is None]) == (1 if one_entry else 0)
    if is_delivered:
        _deliver(ada)

    for is_taught in (True, False, True):
        UndoService(ada.owner).undo(_newest_change(ada))
        if is_delivered:
            _deliver(ada)
        assert take_signals(ada.owner) == 0
        assert (_corrections(ada) == before) == is_taught
        assert ada.see(mails[0]).spam == (1 if is_taught else None)
        assert ada.see(mails[1]).spam == (1 if is_taught or one_entry else None)


def test_what_was_said_since_is_not_written_over_by_undoing_an_undo(ada: Pupil, mailboxes: dict[str, int]) -> None:
    mail = _put(ada, mailboxes["INBOX"])
    change = MessageCommands(ada.owner).move([mail], "Spam")
    take_signals(ada.owner)
    UndoService(ada.owner).undo(change)
    ada.opinions.correct([mail], spam=False)

    UndoService(ada.owner).undo(_newest_change(ada, kind="undo"))

    assert _said(ada) == {("spam", "no", "ui")}
    assert ada.see(mail).spam == 0


def test_models_made_between_an_undo_and_its_undo_are_made_again(ada: Pupil) -> None:
    pytest.importorskip("numpy")
    ada.teach(30)
    last = ada.opinions.correct([ada.mail(99, spam=True)], spam=True)
    ada.teach(10, first=40)
    ada.train()
    with_it = _live(ada)
    UndoService(ada.owner).undo(last)
    ada.train()
    without = _live(ada)

    UndoService(ada.owner).undo(_newest_change(ada))
    ada.train()

    assert _live(ada) == with_it != without
