"""Mail that was stored without its body gets it later, and stays the message that it was."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest
from sqlalchemy import select

from mailhelper_core import AccountPolicy, MailHelper, NotFoundError, OwnerServices, ServerError
from mailhelper_core.store import tables as t
from mailhelper_core.store.search import search_index
from mailhelper_core.testing import Answer, Fault, ImapServer
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, mail

SMALL, LARGE = AccountPolicy(size_cap_bytes=10_000), AccountPolicy()
HUGE = mail(1, subject="Huge", body="A long story. " * 5_000)


def huge(world: ServerWorld, column: str) -> object:
    """Answer a column of the one message that was too large."""
    [(value,)] = world.rows(select(t.messages.c[column]).where(t.messages.c.subject == "Huge"))
    return value


def test_a_raised_size_cap_brings_the_body_to_the_message_that_is_there(world: ServerWorld) -> None:
    world.inbox.append(HUGE)
    fill(world.inbox, range(2, 4))
    world.with_policy(SMALL)
    world.sync()
    before = world.messages()
    with world.store.for_owner(OWNER).begin() as uow:
        search_index.add_batch(uow, search_index.rows(uow, list(before.values())))
        uow.execute(t.pending.delete())
    idle = world.sync()
    world.with_policy(LARGE)

    polled = world.sync(max_messages=0)
    report = world.sync()
    again = world.sync()

    assert (idle.completed, idle.remaining, idle.body_bytes) == (0, 0, 0)
    assert (polled.completed, polled.remaining) == (0, 1)
    assert (report.new, report.completed, report.adopted, report.remaining) == (0, 1, 0, 0)
    assert report.body_bytes == len(HUGE)
    assert (again.completed, again.body_bytes) == (0, 0)
    assert world.messages() == before
    assert (huge(world, "digest"), huge(world, "parse_status")) == (sha256(HUGE).digest(), "ok")
    assert "problems" not in world.facts("Huge")
    assert world.pending() == {"index": 1, "process": 1, "rules": 1}
    [(text,)] = world.rows(select(t.message_texts.c.text).where(t.message_texts.c.message_id == before["Huge"]))
    assert text.startswith("A long story.")


def test_the_same_large_mail_twice_becomes_one_message_that_keeps_what_both_had(world: ServerWorld) -> None:
    twin = mail(1, subject="Huge", message_id="", body="A long story. " * 5_000)
    for _ in range(2):
        world.inbox.append(twin)
    world.with_policy(SMALL)
    world.sync()
    m, tag, mt = t.messages.c, t.tags.c, t.message_tags.c
    first, second = sorted(id_ for (id_,) in world.rows(select(m.id)))
    with world.store.for_owner(OWNER).begin() as uow:
        for name, id_ in (("one", first), ("both", first), ("both", second), ("other", second)):
            known = uow.connection.scalar(select(tag.id).where(tag.folded == name))
            values = {"owner_id": uow.owner_id, "name": name, "folded": name, "created_at": uow.now}
            tag_id = known or uow.execute(t.tags.insert().values(values).returning(tag.id)).scalar()
            values = {"message_id": id_, "tag_id": tag_id, "set_by": "owner", "actor": "", "created_at": uow.now}
            uow.execute(t.message_tags.insert().values(values))
        for id_ in (first, second):
            key = {"owner_id": uow.owner_id, "message_id": id_}
            taught = {"kind": "spam", "correction_id": id_, "value": "yes", "weight": 1.0}
            uow.execute(t.learn_examples.insert().values(**key, **taught))
            uow.execute(t.learn_features.insert().values(**key, schema=1, features=b""))
    world.with_policy(LARGE)

    report = world.sync()

    assert (report.completed, report.deleted, report.errors) == (2, 0, ())
    [(left, digest, orphaned_at)] = world.rows(select(m.id, m.digest, m.orphaned_at))
    assert (left in (first, second), digest, orphaned_at) == (True, sha256(twin).digest(), None)
    assert len(world.placed()) == 2
    named = world.rows(select(tag.name).join(t.message_tags, mt.tag_id == tag.id).where(mt.message_id == left))
    assert sorted(name for (name,) in named) == ["both", "one", "other"]
    for learned in (t.learn_examples, t.learn_features):  # one mail teaches once
        assert world.rows(select(learned.c.message_id)) == [(left,)]
    assert world.sync().completed == 0


def test_of_a_large_mail_that_was_sent_and_lies_elsewhere_too_it_stays_known_that_it_was_sent(
    world: ServerWorld,
) -> None:
    twin = mail(1, subject="Huge", message_id="", body="A long story. " * 5_000)
    for _ in range(2):
        world.inbox.append(twin)
    world.with_policy(SMALL)
    world.sync()
    ids = sorted(id_ for (id_,) in world.rows(select(t.messages.c.id)))
    [account_id] = {id_ for (id_,) in world.rows(select(t.messages.c.account_id))}
    # Each of the two was sent as far as one recipient knows, so it does not matter which of them stays.
    noted = [
        {"account_id": account_id, "address": address, "message_id": id_, "received_at": 1, "answers": False,
         "sent": number == address}
        for address in range(2) for number, id_ in enumerate(ids)
    ]  # fmt: skip
    noted.append({**noted[-1], "address": 2, "sent": False})
    with world.store.for_owner(OWNER).begin() as uow:
        uow.execute(t.written_to.insert(), noted)
    world.with_policy(LARGE)

    world.sync()

    w = t.written_to.c
    assert sorted(map(tuple, world.rows(select(w.address, w.sent)))) == [(0, True), (1, True), (2, False)]


def test_a_body_that_is_refused_later_too_is_not_asked_for_again_and_again(world: ServerWorld) -> None:
    world.inbox.append(HUGE)
    world.with_policy(SMALL)
    world.sync()
    world.with_policy(LARGE)
    world.server.faults.add(Fault("UID FETCH", Answer("NO", "Broken", "SERVERBUG"), nth=2, times=5))

    report = world.sync()
    world.server.faults.clear()
    again = world.sync()

    assert (report.completed, again.completed, again.remaining) == (0, 0, 0)
    assert world.facts("Huge")["problems"] == ["body-refused"]


def test_mail_that_was_too_large_and_has_left_is_not_missed(world: ServerWorld) -> None:
    uid = world.inbox.append(HUGE)
    world.with_policy(SMALL)
    world.sync()
    world.inbox.expunge([uid])
    fill(world.inbox, range(2, 3))
    world.with_policy(LARGE)

    report = world.sync()

    assert (report.new, report.completed, report.deleted, report.remaining) == (1, 0, 1, 0)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with one large mail."""
    with ImapServer() as server:
        server.store.user("ada").mailbox("INBOX").append(HUGE)
        yield server


@pytest.fixture
def ada(server: ImapServer, database_url: str) -> Iterator[OwnerServices]:
    """Ada, who has stored the header of that mail."""
    with MailHelper(database_url, key=b"k" * 32) as helper:
        services = helper.for_owner("ada")
        account = services.accounts.add(server.url, username="ada", password="secret", policy=SMALL)
        services.sync(account.id)
        yield services


def test_who_wants_to_read_a_large_mail_gets_it(ada: OwnerServices) -> None:
    [message] = ada.search("")
    assert (message.parse_status, ada.count("story")) == ("headers_only", 0)
    assert ada.messages.get(message.id).problems == ("above-size-cap",)

    html = ada.messages.html(message.id)

    assert "A long story." in html
    assert ada.messages.raw(message.id) == HUGE
    assert ada.messages.get(message.id).parse_status == "ok"
    ada.sync(message.account_id)
    assert ada.count("story") == 1


def test_no_server_is_asked_while_reads_share_a_transaction(ada: OwnerServices) -> None:
    [message] = ada.search("")

    with ada.reading(), pytest.raises(NotFoundError) as not_here:
        ada.messages.raw(message.id)

    assert not_here.value.code == "no_body"
    assert ada.messages.raw(message.id) == HUGE


def test_a_large_mail_that_cannot_be_had_is_an_error_that_says_why(ada: OwnerServices, server: ImapServer) -> None:
    [message] = ada.search("")
    server.store.user("ada").mailbox("INBOX").expunge([1])

    with pytest.raises(NotFoundError) as gone:
        ada.messages.raw(message.id)
    server.stop()
    with pytest.raises(ServerError) as away:
        ada.messages.raw(message.id)

    assert (gone.value.code, away.value.transient) == ("no_body", True)
    assert ada.accounts.get(message.account_id).state == "unreachable"
