"""A server whose names of mailboxes begin with a prefix (RFC 2342), as Courier, Cyrus and many Dovecots have them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.model.work.operation import CopyMessage, MoveMessage
from mailhelper_core.store.mail import accounts
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.mailstore.store import SPECIAL_USE, User
from tests.contract.delivery.conftest import World, make_world
from tests.contract.delivery.test_drafts import write_draft


@pytest.fixture(params=["sqlite", "postgres"])
def courier(request: pytest.FixtureRequest) -> Iterator[World]:
    """A server with INBOX alone, below which it wants all others."""
    with ImapServer(delimiter=".", prefix="INBOX.") as server:
        for name in SPECIAL_USE:
            server.store.user("ada").delete(f"INBOX.{name}")
        store = request.getfixturevalue(f"{request.param}_store")
        made = make_world(store, server.host, server.port, "ada", "secret")
        made.server = server
        yield made


def user(world: World) -> User:
    assert world.server is not None
    return world.server.store.user("ada")


def names(world: World) -> set[str]:
    return {mailbox.name for mailbox in user(world).mailboxes}


def asked(world: World) -> int:
    assert world.server is not None
    return len([line for line in world.server.log.commands if line.name == "NAMESPACE"])


def test_trash_archive_and_drafts_are_made_below_the_prefix(courier: World) -> None:
    for name in ("one", "two"):
        courier.put(name)
    courier.sync()
    change = courier.decide(
        MoveMessage(courier.id("one"), role="trash"), MoveMessage(courier.id("two"), role="archive")
    )
    written = write_draft(courier)

    courier.deliver()
    courier.sync()

    assert courier.states(change) == ["delivered", "delivered"]
    assert courier.states(written) == ["delivered"]
    assert names(courier) == {"INBOX", "INBOX.Trash", "INBOX.Archive", "INBOX.Drafts"}
    assert courier.shown() == courier.on_server()


def test_a_name_is_found_below_the_prefix_and_made_there_beside_a_public_namespace(courier: World) -> None:
    for name in ("one", "two", "three"):
        courier.put(name)
    user(courier).create("INBOX.Projects")
    user(courier).create("Public.news")
    courier.sync()
    change = courier.decide(
        MoveMessage(courier.id("one"), "Projects"),
        MoveMessage(courier.id("two"), "Bills"),
        CopyMessage(courier.id("three"), "Public.news"),
    )

    courier.deliver()
    courier.sync()

    assert courier.states(change) == ["delivered"] * 3
    assert names(courier) == {"INBOX", "INBOX.Projects", "INBOX.Bills", "Public.news"}
    assert courier.shown() == courier.on_server()


def test_what_was_decided_before_the_prefix_was_known_follows(courier: World) -> None:
    courier.put("one")
    courier.sync()
    with courier.owner.begin() as uow:
        accounts.change(uow, courier.account.id, personal_prefix=None, prefix_asked_at=None)
    change = courier.decide(MoveMessage(courier.id("one"), "Projects"))

    courier.sync()
    courier.deliver()
    courier.sync()

    assert courier.states(change) == ["delivered"]
    assert courier.shown() == courier.on_server() == {"INBOX.Projects": [("one", ())]}


def test_the_prefix_is_asked_for_once(courier: World) -> None:
    for _ in range(3):
        courier.sync()

    assert asked(courier) == 1


def test_a_special_mailbox_beside_inbox_answers_without_a_question(home: World) -> None:
    home.sync()

    assert asked(home) == 0
