"""The same sync against a real Dovecot, with its capabilities hidden one family at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import pytest
from imapclient import IMAPClient

from mailhelper_core.model.source.account import Account, Endpoint
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.store.unit_of_work import Store
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.unit.sync.world import Clock, World, add_account, mail

COMMON = "IMAP4rev1 SASL-IR LITERAL+ ID IDLE NAMESPACE UIDPLUS MOVE UNSELECT LIST-EXTENDED SPECIAL-USE"
CAPABILITIES = {
    "qresync": "",
    "condstore": f"{COMMON} ENABLE CONDSTORE ESEARCH LIST-STATUS",
    "neither": COMMON,
}


@dataclass
class DovecotSources:
    """Opens sessions of one Dovecot user."""

    server: Dovecot
    user: str
    sessions: list[ImapSession] = field(default_factory=list)

    def open(self, account: Account) -> ImapSession:
        self.sessions.append(
            connect_imap(Endpoint("imap", "127.0.0.1", self.server.port, "", self.user, "none", PASSWORD))
        )
        return self.sessions[-1]


@dataclass
class DovecotWorld(World):
    """A world whose server is Dovecot; `client` is another program of the owner."""

    server: Dovecot = field(kw_only=True)
    client: IMAPClient = field(kw_only=True)

    def deliver(self, *numbers: int, mailbox: str = "INBOX") -> None:
        for number in numbers:
            self.client.append(mailbox, mail(number))

    def later(self) -> None:
        self.clock.advance(self.settings.flag_scan_seconds)

    def server_side(self) -> dict[tuple[str, int], tuple[frozenset[str], bytes]]:
        """Answer {(mailbox, uid): (keywords, digest)} as another client sees them."""
        found = {}
        for _, _, name in self.client.list_folders():
            self.client.select_folder(name, readonly=True)
            uids = self.client.search()
            for uid, data in (self.client.fetch(uids, ["FLAGS", "BODY.PEEK[]"]) if uids else {}).items():
                flags = frozenset(flag.decode() for flag in data[b"FLAGS"]) - {"\\Recent"}
                found[name, uid] = (flags, sha256(data[b"BODY[]"]).digest())
        return found

    def store_side(self) -> dict[tuple[str, int], tuple[frozenset[str], bytes]]:
        """Answer the same from the database."""
        digests = self.contents()
        return {(name, uid): (keywords, digests[name, uid]) for name, _, uid, keywords in self.placed()}


@pytest.fixture(params=CAPABILITIES)
def world(
    request: pytest.FixtureRequest,
    dovecot: Dovecot,
    dovecot_with: Callable[[str], Dovecot],
    dovecot_user: str,
    sqlite_store: Store,
    clock: Clock,
) -> Iterator[DovecotWorld]:
    """A fresh user of a Dovecot of each family, on SQLite: what syncs write in PostgreSQL the bundled server says."""
    capabilities = CAPABILITIES[request.param]
    server = dovecot_with(capabilities) if capabilities else dovecot
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        client.login(dovecot_user, PASSWORD)
        client.create_folder("Archive")
        client.create_folder("Work")
        sources = DovecotSources(server, dovecot_user)
        yield DovecotWorld(sqlite_store, sources, add_account(sqlite_store), clock, server=server, client=client)


def assert_converged(world: DovecotWorld) -> None:
    assert world.store_side() == world.server_side()
    again = world.sync()
    assert (again.new, again.updated, again.adopted, again.deleted, again.body_bytes) == (0, 0, 0, 0, 0)


def test_a_first_sync_and_one_without_news(world: DovecotWorld) -> None:
    world.deliver(*range(12))
    world.deliver(20, 21, mailbox="Archive")

    report = world.sync()

    assert (report.new, report.errors) == (14, ())
    assert_converged(world)


def test_one_command_says_that_nothing_is_new(world: DovecotWorld) -> None:
    world.deliver(*range(5))
    world.deliver(20, mailbox="Work")
    world.sync()

    report = world.sync()

    has_list_status = "LIST-STATUS" in world.sources.sessions[-1].info.capabilities  # type: ignore[attr-defined]
    assert report.commands == (1 if has_list_status else 1 + report.mailboxes)
    assert report.mailboxes_changed == 0


def test_flags_and_keywords_both_ways(world: DovecotWorld) -> None:
    world.deliver(*range(4))
    world.client.select_folder("INBOX")
    world.client.add_flags([1, 2], ["\\Seen", "$work"])
    world.sync()
    world.client.remove_flags([1], ["\\Seen", "$work"])
    world.client.add_flags([3], ["\\Flagged"])
    world.later()

    report = world.sync()

    assert (report.updated, report.body_bytes) == (2, 0)
    assert_converged(world)


def test_deletions_moves_and_copies_by_another_client(world: DovecotWorld) -> None:
    world.deliver(*range(10))
    world.sync()
    before = world.messages()
    world.client.select_folder("INBOX")
    world.client.move([1, 2, 3], "Archive")
    world.client.copy([4, 5], "Work")
    world.client.delete_messages([6, 7])
    world.client.expunge()

    report = world.sync()

    assert (report.moved, report.adopted, report.deleted, report.new, report.body_bytes) == (3, 5, 2, 0, 0)
    assert world.messages() == before
    assert_converged(world)


def test_a_mailbox_made_again_has_another_uid_validity_and_keeps_its_messages(world: DovecotWorld) -> None:
    world.deliver(*range(4), mailbox="Work")
    world.sync()
    before = world.messages()
    world.client.select_folder("Work")
    world.client.copy([1, 2, 3, 4], "Archive")
    world.client.unselect_folder() if world.client.has_capability("UNSELECT") else world.client.close_folder()
    world.client.delete_folder("Work")
    world.client.create_folder("Work")
    world.client.select_folder("Archive")
    world.client.copy([1, 2, 3], "Work")

    report = world.sync()

    assert (report.new, report.body_bytes) == (0, 0)
    assert world.messages() == before
    assert_converged(world)


def test_a_renamed_mailbox_keeps_its_messages(world: DovecotWorld) -> None:
    world.deliver(*range(4), mailbox="Work")
    world.sync()
    before = world.messages()
    world.client.rename_folder("Work", "Projects")

    report = world.sync()

    assert (report.new, report.body_bytes, report.deleted) == (0, 0, 0)
    assert world.messages() == before
    assert_converged(world)


def test_slices_of_a_first_sync_leave_no_gap(world: DovecotWorld) -> None:
    world.deliver(*range(25))

    news = [world.sync(max_messages=10).new for _ in range(3)]

    assert news == [10, 10, 5]
    assert_converged(world)
