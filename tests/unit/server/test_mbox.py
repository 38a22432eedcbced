"""mbox files: separators, quoting, flags, and uids that last."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import ServerError
from mailhelper_core.server.local import LocalSession
from mailhelper_core.server.mbox import connect_mbox
from mailhelper_core.server.url import parse_url

FROM = b"From ada@example.org Thu Jan  2 03:04:05 2020\n"
ONE = b"From: ada\nSubject: one\n\nbody\n"
TWO = b"From: ada\nSubject: two\n\nbody\n"


def opened(path: Path, mailbox: str = "INBOX") -> LocalSession:
    session = connect_mbox(parse_url(f"mbox://{path}"))
    session.open(mailbox)
    return session


def bodies(path: Path) -> list[bytes]:
    session = opened(path)
    return [raw for _, raw in session.bodies(session.uids())]


def test_messages_end_at_separators_and_quoting_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "box"
    tricky = b"Subject: t\n\nFrom here on\n>From there\n>>From x\nFrom 10:30 without empty line\n\nFrom now on\n"
    quoted = tricky.replace(b">>From", b">>>From").replace(b"\n>From", b"\n>>From")
    path.write_bytes(FROM + ONE + b"\n" + FROM + quoted + b"\n" + FROM + TWO)

    assert sorted(bodies(path)) == sorted([ONE, tricky, TWO])


@given(st.lists(st.binary().map(lambda raw: b"Subject: x\n\n" + raw.replace(b"\r", b"") + b"\n"), max_size=6))
def test_every_mail_comes_back_from_mboxrd(tmp_path: Path, mails: list[bytes]) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"".join(FROM + b"\n".join(_quoted(line) for line in raw.split(b"\n")) + b"\n" for raw in mails))

    assert sorted(bodies(path)) == sorted(mails)


def _quoted(line: bytes) -> bytes:
    return b">" + line if line.lstrip(b">").startswith(b"From ") else line


def test_state_fields_are_keywords_and_do_not_change_the_uid(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(FROM + ONE + b"\n" + FROM + TWO)
    before = opened(path).uids()

    read = b"From: ada\nStatus: RO\nX-Status: AF\nX-Keywords: Work\nSubject: one\n\nbody\n"
    path.write_bytes(FROM + read + b"\n" + FROM + TWO)
    session = opened(path)

    assert session.uids() == before
    assert frozenset({"\\Seen", "\\Answered", "\\Flagged", "work"}) in {
        found.keywords for found in session.flags(session.uids())
    }


def test_equal_mails_have_uids_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes((FROM + ONE + b"\n") * 3)

    assert len(opened(path).uids()) == 3


def test_mail_appended_while_reading_does_not_mix_things_up(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(FROM + ONE)
    session = opened(path)
    path.write_bytes(FROM + TWO + b"\n" + FROM + ONE)
    os.utime(path, (1, 1))

    assert [raw for _, raw in session.bodies(session.uids())] == [ONE]


def test_metadata_takes_its_time_from_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(FROM + b"Subject: q\n\n>From\n>From x\n")
    session = opened(path)

    (found,) = session.metadata(session.uids())

    assert found.received_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.size == len(b"Subject: q\n\n>From\nFrom x\n")
    assert found.header == b"Subject: q\r\n\r\n"


def test_directory_of_files_is_a_tree_of_mailboxes(tmp_path: Path) -> None:
    (tmp_path / "Inbox.sbd").mkdir()
    (tmp_path / "Inbox").write_bytes(FROM + ONE)
    (tmp_path / "Inbox.msf").write_bytes(b"// index")
    (tmp_path / "Inbox.sbd" / "Work").write_bytes(b"")
    (tmp_path / "Sent.mbox").write_bytes(FROM + TWO)

    found = connect_mbox(parse_url(f"mbox://{tmp_path}")).mailboxes()

    assert [(box.name, box.role) for box in found] == [("INBOX", "inbox"), ("Inbox/Work", ""), ("Sent", "sent")]


def test_what_is_no_mbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes(b"Dear")

    for path in (tmp_path / "letter.txt", tmp_path / "absent"):
        with pytest.raises(ServerError) as caught:
            connect_mbox(parse_url(f"mbox://{path}"))
        assert caught.value.code == "path"
