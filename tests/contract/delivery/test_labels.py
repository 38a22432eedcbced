"""Servers whose mailboxes are labels beside one of everything: a move to a label that is there leaves the inbox."""

from __future__ import annotations

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import MoveMessage
from tests.contract.delivery.conftest import World


def test_a_move_to_a_label_that_is_there_leaves_the_inbox_and_comes_back(home: World) -> None:
    home.put("one")
    home.server.store.user("ada").create("All Mail", role="\\All")  # type: ignore[union-attr]
    home.put("old", mailbox="Work")
    with home.other_client() as session:
        session.copy(UidSet.of([1]), "Work")
        session.copy(UidSet.of([1]), "All Mail")
    home.sync()
    assert home.see("one").mailboxes == ("All Mail", "INBOX", "Work")

    change = home.decide(MoveMessage(home.id("one"), "Work"))
    assert home.see("one").mailboxes == ("All Mail", "Work")
    report = home.deliver()
    home.sync()

    assert (report.delivered, report.waiting, report.errors) == (1, 0, ())
    assert "INBOX" not in home.on_server()
    assert set(home.see("one").mailboxes) == {"All Mail", "Work"}

    assert UndoService(home.owner).undo(change).left == 0
    home.deliver()
    home.sync()
    assert [subject for subject, _ in home.on_server()["INBOX"]] == ["one"]
    assert "INBOX" in home.see("one").mailboxes
