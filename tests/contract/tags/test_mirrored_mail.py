"""Mirrored tags with a mail server: what another program sets or takes off is taken over, whatever else was synced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.testing import Answer, Fault, ImapServer, MailboxGenerator

KEYWORD = "bills"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(users={"ada": "secret"}) as running:
        MailboxGenerator(seed=7).fill(running.store.user("ada"), count=3)
        yield running


@pytest.fixture
def ada(database_url: str, server: ImapServer) -> Iterator[OwnerServices]:
    with MailHelper(database_url, key=b"k" * 32) as helper:
        helper.migrate()
        ada = helper.for_owner("ada")
        ada.accounts.add(server.url, username="ada", password="secret")
        ada.run(1)
        yield ada


def tagged(ada: OwnerServices) -> int:
    """Tag the newest message, and let the tag be a keyword."""
    id_ = ada.search("")[0].id
    ada.tags.assign([id_], "Bills")
    ada.tags.mirror("Bills", KEYWORD)
    return id_


def off_elsewhere(server: ImapServer) -> None:
    """Another program takes the keyword off."""
    for box in server.store.user("ada").mailboxes:
        box.remove_flags(box.uids, [KEYWORD])


@pytest.mark.parametrize("journey", ["run", "in steps"])
def test_a_keyword_taken_off_elsewhere_takes_the_tag_though_nothing_else_changed(
    ada: OwnerServices, server: ImapServer, journey: str
) -> None:
    id_ = tagged(ada)
    if journey == "run":
        ada.run(1)
    else:
        ada.outbox.deliver(1)
    assert KEYWORD in ada.messages.get(id_).keywords

    off_elsewhere(server)
    ada.sync(1)

    assert ada.messages.get(id_).keywords.isdisjoint({KEYWORD})
    assert ada.messages.get(id_).tag_names == frozenset()


def test_a_keyword_set_elsewhere_gives_the_tag_though_the_message_was_moved_as_well(
    ada: OwnerServices, server: ImapServer
) -> None:
    other = ada.search("")[1].id
    tagged(ada)
    ada.outbox.deliver(1)
    (uid,) = [place.uid for place in ada.messages.get(other).places]
    user = server.store.user("ada")
    box = user.mailbox(ada.messages.get(other).places[0].mailbox)
    box.add_flags([uid], [KEYWORD])
    box.move([uid], user.create("Elsewhere"))

    report = ada.sync(1)

    assert (report.new, report.updated, report.adopted) == (0, 0, 1)
    assert ada.messages.get(other).tag_names == {"Bills"}


def test_a_tag_whose_keyword_the_server_refuses_stays(ada: OwnerServices, server: ImapServer) -> None:
    id_ = tagged(ada)
    MailboxGenerator(seed=8).fill(server.store.user("ada"), count=1)
    ada.sync(1)  # has news while the keyword still waits
    server.faults.add(Fault("UID STORE", Answer(code="NOPERM"), times=None))
    ada.outbox.deliver(1)
    assert KEYWORD not in ada.messages.get(id_).keywords

    MailboxGenerator(seed=9).fill(server.store.user("ada"), count=1)
    ada.sync(1)

    assert ada.messages.get(id_).tag_names == {"Bills"}
