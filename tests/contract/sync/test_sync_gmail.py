"""Gmail's shape: one mail in several mailboxes, told by X-GM-MSGID, is fetched and stored once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.protocol.capabilities import GMAIL
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, fill, mail, on_server


@pytest.mark.parametrize("labels", [("Work",), ("Work", "Müller"), ("Work", "Müller", "Sent")])
def test_one_body_is_fetched_for_all_labels_of_a_mail(store: Store, clock: Clock, labels: tuple[str, ...]) -> None:
    with ImapServer(capabilities=GMAIL) as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.inbox, range(5))
        world.inbox.copy([2, 3], world.user.create("[Gmail]/All Mail", role="\\All"))
        for name in labels:
            target = world.user.mailbox(name) if name == "Sent" else world.user.create(name)
            world.inbox.copy([2], target)

        report = world.sync()

        assert (report.new, report.errors) == (5, ())
        served = sum(one.body_bytes for one in server.log.commands if "BODY.PEEK[]" in one.line)
        assert report.body_bytes == served == sum(one.size for one in world.inbox.messages)
        assert world.placed() == on_server(world.user)


def test_labels_come_and_go_without_a_body(store: Store, clock: Clock) -> None:
    with ImapServer(capabilities=GMAIL) as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.inbox, range(3))
        everything = world.user.create("[Gmail]/All Mail", role="\\All")
        world.inbox.copy([1, 2, 3], everything)
        world.sync()
        ids = world.messages()
        world.inbox.copy([1, 2], world.user.create("Work"))
        world.inbox.expunge([1, 3])  # Gmail's archiving

        report = world.sync()

        assert (report.new, report.body_bytes, report.deleted, report.errors) == (0, 0, 0, ())
        assert world.messages() == ids
        assert world.placed() == on_server(world.user)


def test_message_and_thread_are_asked_for_and_labels_are_not(store: Store, clock: Clock) -> None:
    with ImapServer(capabilities=GMAIL) as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
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
        asked = [one.line for one in server.log.commands if one.name == "UID FETCH"]

    assert first.remote_id == same.remote_id != second.remote_id
    assert first.remote_thread == same.remote_thread != ""
    assert ["X-GM-MSGID X-GM-THRID" in line for line in asked] == [True, True]
    assert not any("X-GM-LABELS" in line for line in asked)


def test_a_thread_by_objectid_is_told_too(store: Store, clock: Clock) -> None:
    with ImapServer() as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        for raw in (mail(1), mail(2, in_reply_to="<1@example.org>"), mail(3)):
            world.inbox.append(raw)
        session = world.sources.open(world.account)
        session.open("INBOX")
        first, answer, other = (one.remote_thread for one in session.metadata(UidSet.parse("1:3")))
        session.close()

    assert first == answer != other
    assert "" not in (first, other)


class Threading:
    """A session whose server sees two letters in one thread."""

    def __init__(self, session: ImapSession) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        for one in self._session.metadata(uids):
            yield replace(one, remote_thread="T1" if one.uid < 3 else "")


def test_the_server_s_thread_joins_what_the_mail_itself_does_not_name(store: Store, clock: Clock) -> None:
    with ImapServer() as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.inbox, range(1, 4))

        with closing(world.sources.open(world.account)) as session:
            world.sync(session=Threading(session))

    threads = world.threads()
    assert threads["Letter 1"] == threads["Letter 2"] != threads["Letter 3"]
