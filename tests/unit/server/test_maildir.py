"""Maildirs are read as they are: names, flags, uids that last, and nothing written."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.local import LocalSession
from mailhelper_core.server.maildir import connect_maildir
from mailhelper_core.server.url import parse_url

MAIL = b"From: ada@example.org\nMessage-ID: <1@example.org>\nSubject: one\n\nbody\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_maildir(tmp_path / "Maildir")
    return tmp_path / "Maildir"


def make_maildir(path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)


def put(folder: Path, name: str, raw: bytes = MAIL, *, part: str = "cur") -> Path:
    path = folder / part / name
    path.write_bytes(raw)
    return path


def opened(root: Path, mailbox: str = "INBOX") -> LocalSession:
    session = connect_maildir(parse_url(f"maildir://{root}"))
    session.open(mailbox)
    return session


def test_dotted_folders_are_mailboxes_with_decoded_names(root: Path) -> None:
    for name in (".Archive.2024", ".Entw&APw-rfe", ".Gelöscht", ".notes"):
        (root / name).mkdir()
        if name != ".notes":
            make_maildir(root / name)

    found = connect_maildir(parse_url(f"maildir://{root}")).mailboxes()

    assert [(box.name, box.role) for box in found] == [
        ("Archive.2024", ""),
        ("Entwürfe", "drafts"),
        ("Gelöscht", ""),
        ("INBOX", "inbox"),
    ]


def test_tree_of_maildirs_is_read_with_slashes(tmp_path: Path) -> None:
    for name in ("INBOX", "Archive", "Archive/2024", ".hidden"):
        make_maildir(tmp_path / name)

    found = connect_maildir(parse_url(f"maildir://{tmp_path}")).mailboxes()

    assert [(box.name, box.delimiter) for box in found] == [("Archive", "/"), ("Archive/2024", "/"), ("INBOX", "/")]


def test_flags_and_dovecot_keywords_are_keywords(root: Path) -> None:
    (root / "dovecot-keywords").write_text("0 $Junk\n1 Work\n")
    put(root, "1600000000.1.host,S=70:2,FRSTa")
    put(root, "1600000001.2.host:2,DPbz")
    put(root, "1600000002.3.host", part="new")

    session = opened(root)

    assert {found.keywords for found in session.flags(session.uids())} == {
        frozenset({"\\Flagged", "\\Answered", "\\Seen", "\\Deleted", "$Junk"}),
        frozenset({"\\Draft", "$Forwarded", "work"}),
        frozenset(),
    }


def test_message_keeps_its_uid_when_flags_change_and_others_come_and_go(root: Path) -> None:
    path = put(root, "1600000000.1.host", part="new")
    other = put(root, "1600000000.0.host:2,", b"other")
    session = opened(root)
    before = {raw: uid for uid, raw in session.bodies(session.uids())}

    path.rename(root / "cur" / "1600000000.1.host:2,FS")
    other.unlink()
    put(root, "1600000000.2.host:2,", b"new")
    session = opened(root)
    after = {raw: uid for uid, raw in session.bodies(session.uids())}

    assert set(after) == {MAIL, b"new"}
    assert after[MAIL] == before[MAIL]
    assert after[b"new"] != before[b"other"]


def test_message_renamed_while_it_is_read_is_found_again(root: Path) -> None:
    path = put(root, "1600000000.1.host:2,")
    session = opened(root)
    path.rename(root / "cur" / "1600000000.1.host:2,S")

    assert [raw for _, raw in session.bodies(session.uids())] == [MAIL]


def test_message_that_went_is_silently_absent(root: Path) -> None:
    path = put(root, "1600000000.1.host:2,")
    session = opened(root)
    path.unlink()

    assert list(session.metadata(session.uids())) == []


def test_metadata_names_time_size_and_deciding_fields(root: Path) -> None:
    path = put(root, "1600000000.1.host:2,S")
    os.utime(path, (1_500_000_000, 1_500_000_000))
    session = opened(root)

    (found,) = session.metadata(session.uids())

    assert found.received_at == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)
    assert found.size == len(MAIL)
    assert found.header == b"From: ada@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: one\r\n\r\n"


def test_long_header_is_read_whole(root: Path) -> None:
    head = b"X-Long: " + b"x" * 50_000 + b"\n\n"
    put(root, "1600000000.1.host:2,", head + b"body")
    session = opened(root)

    assert [block for _, block in session.headers(session.uids())] == [head]


def test_message_id_is_found(root: Path) -> None:
    put(root, "1600000000.1.host:2,")
    session = opened(root)

    assert session.find_message_id("1@example.org") == session.uids()
    assert session.find_message_id("2@example.org") == UidSet()


def test_nothing_is_written(root: Path) -> None:
    put(root, "1600000000.1.host", part="new")
    before = sorted(str(path) for path in root.rglob("*"))
    session = opened(root)
    list(session.bodies(session.uids()))
    session.close()

    assert sorted(str(path) for path in root.rglob("*")) == before


def test_changes_are_refused_for_good(root: Path) -> None:
    session = opened(root)
    uids = session.uids()
    changes: list[Callable[[], object]] = [
        lambda: session.store(uids, add=frozenset({"\\Seen"})),
        lambda: session.move(uids, "INBOX"),
        lambda: session.copy(uids, "INBOX"),
        lambda: session.append("INBOX", MAIL),
        lambda: session.create("New"),
    ]

    assert session.info.read_only
    for change in changes:
        with pytest.raises(ServerError) as caught:
            change()
        assert (caught.value.code, caught.value.transient) == ("read_only", False)


@pytest.mark.parametrize("path", ["/nonexistent", "/proc"])
def test_path_without_maildir_is_refused(path: str) -> None:
    with pytest.raises(ServerError) as caught:
        connect_maildir(parse_url(f"maildir://{path}"))

    assert caught.value.code == "path"


def test_unknown_mailbox_is_refused(root: Path) -> None:
    with pytest.raises(ServerError) as caught:
        opened(root, "../../etc")

    assert caught.value.code == "no_mailbox"
