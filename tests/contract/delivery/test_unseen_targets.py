"""What our deliveries put into a mailbox before any sync saw mail there: it is known, and looked at like the rest."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mailhelper_core.model.source.remote import Placed
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.model.work.operation import CopyMessage, MoveMessage
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import ImapServer
from tests.contract.delivery.conftest import World, make_world
from tests.servers.dovecot import PASSWORD, Dovecot

FILED = "Filed"
# Without identities of the server's own, which would name any message without its body.
WITHOUT = {
    "qresync": ("OBJECTID",),
    "condstore": ("OBJECTID", "QRESYNC"),
    "neither": ("OBJECTID", "QRESYNC", "CONDSTORE", "UIDPLUS"),
}


@pytest.fixture(params=["sqlite-qresync", "sqlite-condstore", "sqlite-neither", "postgres-qresync", "sqlite-dovecot"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A world on each family of servers and on each database."""
    database, family = request.param.split("-")
    store: Store = request.getfixturevalue(f"{database}_store")
    if family == "dovecot":
        dovecot: Dovecot = request.getfixturevalue("dovecot")
        yield make_world(store, "127.0.0.1", dovecot.port, request.getfixturevalue("dovecot_user"), PASSWORD)
        return
    with ImapServer(without=WITHOUT[family]) as server:
        yield make_world(store, server.host, server.port, "ada", "secret")


def fill(world: World, count: int = 3, mailbox: str = "INBOX") -> list[str]:
    names = [f"letter {number}" for number in range(count)]
    for name in names:
        world.put(name, mailbox=mailbox)
    world.sync()
    return names


def move(world: World, names: Sequence[str], mailbox: str = FILED) -> None:
    world.decide(*(MoveMessage(world.id(name), mailbox) for name in names))
    world.deliver()


@contextmanager
def another_client(world: World) -> Iterator[imaplib.IMAP4]:
    server = imaplib.IMAP4(world.endpoint.host, world.endpoint.port)
    server.login(world.endpoint.username, world.endpoint.secret or "")
    yield server
    server.logout()


def others_flag(world: World, uids: str, flag: str) -> None:
    with another_client(world) as server:
        server.select(FILED)
        server.uid("STORE", uids, "+FLAGS", f"({flag})")
        server.expunge()


def later(world: World) -> None:
    world.pass_time(hours=1)


def assert_in_step(world: World) -> None:
    assert world.shown() == world.on_server()
    later(world)
    again = world.sync()
    assert (again.new, again.updated, again.adopted, again.deleted, again.body_bytes) == (0, 0, 0, 0, 0)
    assert world.shown() == world.on_server()


@pytest.mark.parametrize("was_listed", [False, True], ids=["new", "empty"])
def test_what_we_moved_into_a_mailbox_without_mail_is_not_fetched_again(world: World, was_listed: bool) -> None:
    names = fill(world)
    if was_listed:
        with world.other_client() as session:
            session.create(FILED)
        world.sync()
    move(world, names)
    later(world)

    report = world.sync()

    assert (report.new, report.adopted, report.body_bytes) == (0, 0, 0)
    assert_in_step(world)


def test_what_we_copied_there_is_not_fetched_again(world: World) -> None:
    names = fill(world)
    world.decide(*(CopyMessage(world.id(name), FILED) for name in names))
    world.deliver()
    later(world)

    assert world.sync().body_bytes == 0
    assert_in_step(world)


def test_beside_what_we_moved_there_others_mail_is_new(world: World) -> None:
    move(world, fill(world))
    world.put("another's", mailbox=FILED)
    later(world)

    report = world.sync()

    assert report.new == 1
    assert 0 < report.body_bytes < 200
    assert_in_step(world)


def test_flags_that_others_set_there_before_we_looked_are_seen(world: World) -> None:
    move(world, fill(world))
    others_flag(world, "1:2", "\\Flagged")
    later(world)

    report = world.sync()

    assert report.updated == 2
    assert_in_step(world)


def test_what_others_took_away_before_we_looked_is_gone(world: World) -> None:
    move(world, fill(world))
    others_flag(world, "2", "\\Deleted")
    later(world)

    assert world.sync().deleted == 1
    assert_in_step(world)


def test_that_others_emptied_it_before_we_looked_is_noticed(world: World) -> None:
    move(world, fill(world))
    others_flag(world, "1:*", "\\Deleted")
    later(world)

    assert world.sync().deleted == 3
    assert world.shown() == {}
    assert_in_step(world)


def test_one_answer_that_says_empty_takes_nothing_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    move(world, fill(world))
    later(world)
    lies = [NO_UIDS]
    honest = ImapSession.uids
    monkeypatch.setattr(ImapSession, "uids", lambda session: lies.pop() if lies else honest(session))

    assert world.sync().deleted == 0

    assert_in_step(world)


def test_a_mailbox_that_others_made_anew_meanwhile_is_read_anew(world: World) -> None:
    move(world, fill(world))
    with another_client(world) as server:
        server.delete(FILED)
        server.create(FILED)
    world.put("another's", mailbox=FILED)
    later(world)

    world.sync()

    assert_in_step(world)


def test_uids_that_the_server_named_wrongly_are_put_right(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    names = fill(world)
    honest = ImapSession.move

    def wrong(session: ImapSession, uids: UidSet, mailbox: str) -> Placed:
        placed = honest(session, uids, mailbox)
        return replace(placed, uids=tuple((before, after + 100) for before, after in placed.uids))

    monkeypatch.setattr(ImapSession, "move", wrong)
    move(world, names)
    later(world)

    report = world.sync()

    assert (report.new, report.body_bytes) == (0, 0)
    assert_in_step(world)


def test_what_we_moved_into_a_mailbox_that_others_made_anew_is_not_fetched_again(world: World) -> None:
    world.put("old", mailbox=FILED)
    names = fill(world)
    with another_client(world) as server:
        server.delete(FILED)
        server.create(FILED)
    move(world, names)
    later(world)

    report = world.sync()

    assert (report.deleted, report.body_bytes) == (1, 0)
    assert_in_step(world)


def test_a_repair_before_we_looked_hides_nothing_of_that(world: World) -> None:
    move(world, fill(world))
    others_flag(world, "2", "\\Deleted")
    others_flag(world, "3", "\\Flagged")
    with leases.holding(world.owner.store, account_resource(world.account.id), seconds=20) as lease:
        VerifyService(world.owner).forget(world.account, lease)
    later(world)

    assert world.sync().deleted == 1
    assert_in_step(world)
