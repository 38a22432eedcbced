"""Gmail's shape: one mail in several mailboxes, told by X-GM-MSGID, is fetched and stored once."""

from __future__ import annotations

import pytest

from mailhelper_core.model.uidset import UidSet
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.protocol.capabilities import GMAIL
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, fill, on_server


@pytest.mark.parametrize("labels", [("Work",), ("Work", "Müller", "Sent")])
def test_one_body_is_fetched_for_all_labels_of_a_mail(
    sqlite_store: Store, clock: Clock, labels: tuple[str, ...]
) -> None:
    with ImapServer(capabilities=GMAIL) as server:
        world = ServerWorld(sqlite_store, ImapSources(server), add_account(sqlite_store), clock, server=server)
        fill(world.inbox, range(5))
        world.inbox.copy([2, 3], world.user.create("[Gmail]/All Mail", role="\\All"))
        for name in labels:
            target = world.user.mailbox(name) if name == "Sent" else world.user.create(name)
            world.inbox.copy([2], target)

        report = world.sync()

        assert (report.new, report.errors) == (5, ())
        assert report.body_bytes == sum(message.size for message in world.inbox.messages)
        assert world.placed() == on_server(world.user)


def test_metadata_names_message_thread_and_labels(sqlite_store: Store, clock: Clock) -> None:
    with ImapServer(capabilities=GMAIL) as server:
        world = ServerWorld(sqlite_store, ImapSources(server), add_account(sqlite_store), clock, server=server)
        fill(world.inbox, range(2))
        everything = world.user.create("[Gmail]/All Mail", role="\\All")
        world.inbox.copy([1, 2], everything)
        world.inbox.copy([1], world.user.create("Müller"))
        session = world.sources.open(world.account)
        session.open("[Gmail]/All Mail")
        first, second = session.metadata(UidSet.parse("1:2"))
        session.open("INBOX")
        (same,) = session.metadata(UidSet.of([1]))
        session.close()

    assert (first.labels, second.labels, same.labels) == (("Müller", "\\Inbox"), ("\\Inbox",), ("Müller",))
    assert first.remote_id == same.remote_id != second.remote_id
    assert first.remote_thread == same.remote_thread != ""
