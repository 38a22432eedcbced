"""A Maildir is a source that can only be read: the same sync, without a server."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from mailhelper_core.model.source.account import Account, Endpoint
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.maildir import connect_maildir
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.contract.sync.written import written_rows
from tests.unit.sync.world import Clock, World, add_account, mail

FIRST_DELIVERY = 1_767_600_000


@dataclass(frozen=True)
class MaildirSources:
    """Opens one Maildir."""

    path: Path

    def open(self, account: Account) -> MailSession:
        return connect_maildir(Endpoint("maildir", "", 0, str(self.path), ""))


@dataclass
class MaildirWorld(World):
    """A world whose mail lies in files."""

    path: Path = field(kw_only=True)

    def folder(self, name: str) -> Path:
        folder = self.path if name == "INBOX" else self.path / f".{name}"
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        return folder / "cur"

    def deliver(self, number: int, *, mailbox: str = "INBOX", flags: str = "", raw: bytes = b"") -> Path:
        path = self.folder(mailbox) / f"{FIRST_DELIVERY + number}.M{number}.test:2,{flags}"
        path.write_bytes(raw or mail(number))
        os.utime(path, (FIRST_DELIVERY + number,) * 2)
        return path

    def shown(self) -> list[tuple[str, frozenset[str]]]:
        return sorted((name, keywords) for name, _, _, keywords in self.placed())


@pytest.fixture
def world(store: Store, clock: Clock, tmp_path: Path) -> MaildirWorld:
    path = tmp_path / "Maildir"
    world = MaildirWorld(store, MaildirSources(path), add_account(store), clock, path=path)
    world.folder("INBOX")
    world.folder("Archive")
    return world


def test_all_mail_is_stored_with_its_octets(world: MaildirWorld) -> None:
    for number in range(12):
        world.deliver(number)
    world.deliver(20, mailbox="Archive", flags="S")

    report = world.sync()

    assert (report.new, report.remaining, report.commands) == (13, 0, 0)
    assert set(world.contents().values()) == {sha256(mail(number)).digest() for number in (*range(12), 20)}
    assert ("Archive", frozenset({"\\Seen"})) in world.shown()


def test_a_sync_with_nothing_new_writes_the_lease_and_one_row_of_the_account(world: MaildirWorld) -> None:
    world.deliver(1)
    world.sync()

    with written_rows(world.store) as rows:
        report = world.sync()

    assert rows.keys() == {"leases", "accounts"}
    assert report.body_bytes == 0


def test_flags_change_with_the_file_name(world: MaildirWorld) -> None:
    path = world.deliver(1)
    world.sync()
    path.rename(path.with_name(path.name + "FS"))

    report = world.sync()

    assert (report.updated, report.new, report.body_bytes) == (1, 0, 0)
    assert world.shown() == [("INBOX", frozenset({"\\Seen", "\\Flagged"}))]


def test_a_file_that_moves_to_another_folder_is_a_move(world: MaildirWorld) -> None:
    path = world.deliver(1)
    world.sync()
    path.rename(world.folder("Archive") / path.name)

    report = world.sync()

    assert (report.moved, report.new, report.body_bytes) == (1, 0, 0)
    assert world.shown() == [("Archive", frozenset())]


def test_a_copy_under_another_time_is_recognized_by_its_octets(world: MaildirWorld) -> None:
    world.deliver(1)
    world.sync()
    world.deliver(50, mailbox="Archive", raw=mail(1))

    report = world.sync()

    assert (report.new, report.adopted) == (0, 1)
    assert len(world.messages()) == 1


def test_a_deleted_file_hides_its_message(world: MaildirWorld) -> None:
    path = world.deliver(1)
    world.deliver(2)
    world.sync()
    path.unlink()

    assert world.sync().deleted == 1
    assert world.visible() == {"Letter 2"}


def test_the_newest_come_first_and_nothing_is_skipped(world: MaildirWorld) -> None:
    world.settings = Settings(fetch_batch_messages=4, commit_batch_messages=2)
    for number in range(0, 1_000_000, 70_000):
        world.deliver(number)

    first = world.sync(max_messages=5)

    assert (first.new, first.remaining) == (5, 10)
    assert set(world.messages()) == {f"Letter {number}" for number in range(700_000, 1_000_000, 70_000)}
    assert world.sync().new == 10


def test_its_mailboxes_are_marked_as_read_only(world: MaildirWorld) -> None:
    world.deliver(1)

    world.sync()

    b = t.mailboxes.c
    assert world.rows(select(b.name, b.read_only).order_by(b.name)) == [("Archive", True), ("INBOX", True)]
