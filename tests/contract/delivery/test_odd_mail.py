"""One message that cannot be spoken of, or not as others are, stops no other one of its account."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.testing import Bye, Interrupt
from tests.contract.delivery.conftest import World
from tests.contract.delivery.twins import (
    assert_places_are_true,
    box,
    carry_out,
    cut,
    held,
    id_of,
    in_all_shapes,
    put,
    twin,
)  # fmt: skip

NAMES = {
    "ascii": b"<plain@example.org>",
    "folded": b"\r\n <plain@example.org>",
    "no brackets": b"plain@example.org",
    "two": b"<plain@example.org> <other@example.org>",
    "8-bit": "<\u00fcmlaut@example.org>".encode(),
    "latin-1": b"<\xfcmlaut@example.org>",
    "rfc 2047": b"<=?utf-8?q?=C3=BC?=@example.org>",
    "blank": b"<>",
    "none": b"",
}


@in_all_shapes
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("action", [Bye(), Interrupt(at="tag")], ids=["never done", "answer lost"])
def test_a_target_that_was_renumbered_stops_nothing(bundled: World, name: bytes, action: Bye | Interrupt) -> None:
    field = b"Message-ID: " + name + b"\r\n" if name else b""
    ours = field + b"From: Bob <bob@example.org>\r\nSubject: one\r\n\r\nText\r\n"
    old, flagged = twin("old", "<old@example.org>"), twin("flagged", "<flagged@example.org>")
    put(bundled, ours, flagged)
    put(bundled, old, mailbox="Finance")
    bundled.sync()
    change = bundled.decide(MoveMessage(id_of(bundled, ours), "Finance"))

    cut(bundled, action)
    box(bundled, "Finance").renumber()
    others = bundled.decide(AddKeyword(id_of(bundled, flagged), FLAGGED))
    carry_out(bundled, synced=False)

    assert held(bundled) == {"INBOX": [flagged], "Finance": sorted([old, ours])}
    assert bundled.states(change) + bundled.states(others) == ["delivered", "delivered"]
    assert_places_are_true(bundled)


def test_what_our_own_side_cannot_do_ends_one_entry_alone(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = twin("bad"), twin("good", "<good@example.org>")
    put(home, bad, good)
    home.sync()
    [uid] = [mail.uid for mail in box(home, "INBOX").messages if mail.raw == bad]
    move = ImapSession.move

    def strict(self: ImapSession, uids: UidSet, mailbox: str) -> object:
        if uid in uids:
            raise InvalidError("not like this", code="odd")
        return move(self, uids, mailbox)

    monkeypatch.setattr(ImapSession, "move", strict)
    stuck = home.decide(MoveMessage(id_of(home, bad), "Finance"))
    free = home.decide(MoveMessage(id_of(home, good), "Finance"))

    report = home.deliver()

    assert (report.delivered, report.retried) == (1, 1)
    assert [note.code for note in report.errors] == ["odd"]
    assert home.states(stuck) + home.states(free) == ["waiting", "delivered"]
    home.pass_time(days=6)
    assert home.deliver().dead == 1
    assert home.states(stuck) == ["dead"]
