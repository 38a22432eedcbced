"""Numbers that no honest server says: an error of ours or nothing, and no memory for what is not there."""

from __future__ import annotations

import tracemalloc
from itertools import islice

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import Placed
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.server.imap.stream import Stream
from mailhelper_core.server.imap.wire import Wire
from tests.unit.server.test_wire import _Socket

UIDPLUS = frozenset({"IMAP4REV1", "UIDPLUS", "ESEARCH", "LITERAL+"})
MOST = "9" * 19
THREE = UidSet.parse("1:3")


def session_with(answer: bytes) -> ImapSession:
    return ImapSession(Wire(Stream(_Socket(answer), timeout=1.0), UIDPLUS), UIDPLUS)  # type: ignore[arg-type]


@pytest.mark.parametrize("told", ["1:2:3 5", "1: 5", ",1 5", "1" * 5_000 + " 5", "1:3 5:" + "7" * 5_000, "3:1 5:7"])
def test_a_copy_whose_uids_cannot_be_read_was_made_all_the_same(told: str) -> None:
    session = session_with(b"M1 OK [COPYUID 9 %s] done\r\n" % told.encode())

    assert session.copy(THREE, "Archive") == Placed()


def test_an_appended_message_whose_uid_cannot_be_read_is_there_all_the_same() -> None:
    session = session_with(b"M1 OK [APPENDUID 9 1:2:3] done\r\n")

    assert session.append("Drafts", b"x").uids == ()


def test_the_uids_of_a_copy_are_no_more_than_were_copied() -> None:
    thousand = UidSet.parse("1:1000")
    told = b",".join([b"1:1000"] * 1_000)
    session = session_with(b"M1 OK [COPYUID 9 %s %s] done\r\n" % (told, told))
    tracemalloc.start()

    assert session.copy(thousand, "Archive") == Placed()

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    "answer",
    [
        f"* VANISHED 1:{MOST}\r\n* ESEARCH UID ALL 1:{MOST}\r\n",
        f'* ESEARCH (TAG "M1") UID ALL 1:{MOST}\r\n',
    ],
)
def test_a_listing_that_no_mailbox_can_have_is_an_error(answer: str) -> None:
    session = session_with(answer.encode() + b"M1 OK done\r\n")

    with pytest.raises(ServerError):
        session.uids()


def test_a_mailbox_without_end_is_not_listed_window_by_window() -> None:
    told = b"* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT 4294967295] .\r\nM1 OK done\r\n"
    session = session_with(told)
    session.open("INBOX")

    with pytest.raises(ServerError):
        session.uids()

    assert session.commands == 1


def test_uids_without_end_are_asked_for_command_by_command() -> None:
    session = session_with(b"* 7 FETCH (UID 7 BODY[] {1}\r\nx)\r\n")
    tracemalloc.start()

    assert list(islice(session.bodies(UidSet.parse("1:99999999")), 1)) == [(7, b"x")]

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
